import Basics
import Documents
import Manifest
import Support
import Testing

@testable import Provisioning

/// The pure core of recovery.
struct RecoveryTests {
  private static func fields(_ name: String, closing: Int = 60) -> [State.AppliedField] {
    [
      State.AppliedField(name: "name", value: .string(name)),
      State.AppliedField(name: "closing.agent", value: .integer(closing)),
      State.AppliedField(
        name: "token", value: ["env": "TOKEN"], fingerprint: SecretFingerprint(key: "k", digest: name)),
    ]
  }

  private static func operation(
    _ number: Int, _ action: Action, _ key: String, name: String = "Bot", id: Int? = nil, closing: Int = 60
  ) -> RunRecord.RunOperation {
    RunRecord.RunOperation(
      number: number, address: SampleKind.address(key), action: action, name: name, channelID: id,
      uuid: id.map { "uuid-\($0)" }, source: nil, isProtected: false,
      wanted: action == .delete ? [] : fields(name, closing: closing))
  }

  private static func channel(_ id: Int, name: String = "Bot", closing: Int = 60) -> RemoteChannel {
    RemoteChannel(
      id: id, uuid: "uuid-\(id)", kind: SampleKind.bot, kindLabel: "bot", name: name,
      values: [.text(name), nil, .seconds(closing), nil, nil], raw: .object([]))
  }

  private static func entry(_ key: String, _ id: Int, name: String = "Bot", closing: Int = 30) -> State.Entry {
    State.Entry(
      address: SampleKind.address(key), id: id, uuid: "uuid-\(id)", name: name, source: nil,
      applied: fields(name, closing: closing), isProtected: false)
  }

  private static func recover(
    _ operations: [RunRecord.RunOperation], known: [Int] = [], entries: [State.Entry] = [], journal: [JournalEntry]?,
    channels: [RemoteChannel]
  ) throws -> Recovered {
    var state = State(
      lineage: "l", serial: 7, environment: "default", account: ApplyWorld.binding, channels: entries)
    state.run = RunRecord(
      id: "run", command: "apply", digest: "kf1-0", started: "2026-05-04T12:04:09Z", who: "ci-7", known: known,
      operations: operations)
    let recovered = Recovery(comparison: ApplyWorld.comparison).recover(
      state, journal: journal, channels: channels, ended: "later")
    return try #require(recovered)
  }

  @Test func `a state without a run record is left alone`() {
    let state = State(lineage: "l", serial: 1, environment: "e", account: ApplyWorld.binding)
    #expect(
      Recovery(comparison: ApplyWorld.comparison).recover(state, journal: nil, channels: [], ended: "") == nil)
  }

  @Test func `the journal's outcomes count without a look at the account`() throws {
    let recovered = try Self.recover(
      [
        Self.operation(1, .create, "a"), Self.operation(2, .create, "b", name: "B"),
        Self.operation(3, .update, "c", name: "C", id: 5, closing: 90), Self.operation(4, .delete, "d", id: 6),
      ], known: [5, 6], entries: [Self.entry("c", 5, name: "C"), Self.entry("d", 6)],
      journal: [
        .sent(operation: 1), .sent(operation: 2), .done(operation: 1, id: 9, uuid: "uuid-9"), .refused(operation: 2),
        .sent(operation: 3), .done(operation: 3, id: nil, uuid: nil), .sent(operation: 4),
        .done(operation: 4, id: nil, uuid: nil),
      ], channels: [Self.channel(5, name: "C"), Self.channel(6), Self.channel(9)])
    #expect(recovered.findings.map(\.verdict) == [.done, .open, .done, .done])
    #expect(recovered.state.channels.map(\.address.key) == ["a", "c"])
    #expect(recovered.state.channels.map(\.id) == [9, 5])
    #expect(recovered.state.channels[1].applied == Self.fields("C", closing: 90))
    #expect(recovered.state.run == nil)
    #expect(recovered.state.serial == 7)
    #expect(recovered.state.history.map(\.outcome) == ["interrupted"])
    #expect(!recovered.needsSettling)
    #expect(
      recovered.words == [
        "the apply of 2026-05-04 12:04 UTC by ci-7 did not finish", "bot.a was created", "bot.b was not created",
        "bot.c was updated", "bot.d was deleted",
      ])
  }

  @Test(arguments: [(nil, 60), (0, 3), (20, 20), (60, 60), (Int.max, 60)])
  func `who takes a lock over waits by the record of the run that held it`(_ fence: Int?, _ seconds: Int) async throws {
    let world = ApplyWorld(latency: .zero)
    var state = State(lineage: "l", serial: 7, environment: "default", account: ApplyWorld.binding)
    state.run = RunRecord(
      id: "run", command: "apply", digest: "", started: "2026-05-04T12:04:09Z", who: "ci-7", known: [],
      operations: [Self.operation(1, .delete, "a", id: 4)], fence: fence)
    // The mark holds for the next holder of the lock, also where it was free by then.
    for (isTakenOver, isMarked) in [(true, false), (false, true), (false, false)] {
      state.run?.isTakenOver = isMarked
      world.disturb { [state] contents in
        contents.state = state
        contents.holder = nil
        contents.isTakenOver = isTakenOver
      }
      let waited = try #require(
        world.world.run { () -> Duration? in
          let start = world.world.clock.now
          guard
            let lock = try? await world.store.lock(
              LockInformation(id: "l", who: "", host: "", processID: 1, since: "", command: "")),
            let ended = try? await Recovery(comparison: ApplyWorld.comparison).run(
              lock: lock, remote: world.account, clock: world.world.clock, settleWindow: .zero, now: { "" }),
            ended.recovered.state.run == nil
          else { return nil }
          return start.duration(to: world.world.clock.now)
        } ?? nil)
      #expect(waited == (isTakenOver || isMarked ? .seconds(seconds) : .zero))
    }
  }

  @Test func `a run's record says for how long a written state proves its lock, in whole seconds`() throws {
    for (window, seconds) in [
      (Duration.zero, 3), (.milliseconds(3001), 4), (.seconds(30), 30), (.milliseconds(59_001), 60),
      (.milliseconds(60_001), 60), (.seconds(Int64.max), 60),
    ] {
      #expect(RunFence.validity(settleWindow: window) == seconds)
    }
    let world = ApplyWorld(wantsCheckpoints: true)
    _ = try world.apply([Bot("a")])
    #expect(world.store.contents.writes.first?.run?.fence == 30)
  }

  @Test func `a channel that the run made and that does not show yet is waited for`() throws {
    let lines: [JournalEntry] = [.sent(operation: 1), .done(operation: 1, id: 9, uuid: nil)]
    let early = try Self.recover([Self.operation(1, .create, "a")], journal: lines, channels: [])
    #expect(early.needsSettling)
    #expect(early.state.channels.map(\.id) == [9])
    let later = try Self.recover([Self.operation(1, .create, "a")], journal: lines, channels: [Self.channel(9)])
    #expect(!later.needsSettling)
    #expect(later.state.channels.map(\.uuid) == ["uuid-9"])
    let checkpointed = try Self.recover(
      [Self.operation(2, .delete, "z", id: 3)], known: [3], entries: [Self.entry("a", 9)], journal: [], channels: [])
    #expect(checkpointed.needsSettling)
  }

  @Test func `without a journal a creation is found by name and fields among the channels that were not known`() throws
  {
    let recovered = try Self.recover(
      [Self.operation(1, .create, "a")], known: [3], journal: nil, channels: [Self.channel(3), Self.channel(8)])
    #expect(recovered.state.channels.map(\.id) == [8])
    #expect(recovered.state.channels[0].applied == Self.fields("Bot"))
    #expect(recovered.needsSettling)
  }

  @Test func `a candidate that is managed under another address is none any more`() throws {
    for (entries, verdict) in [
      ([Self.entry("y", 9)], Recovered.OperationEnding.done), ([Self.entry("y", 9), Self.entry("z", 8)], .open),
    ] {
      let recovered = try Self.recover(
        [Self.operation(4, .create, "a")], known: [2], entries: entries, journal: [.sent(operation: 4)],
        channels: [Self.channel(8), Self.channel(9)])
      #expect(recovered.findings.map(\.verdict) == [verdict])
      #expect(recovered.uncertain.isEmpty)
    }
  }

  @Test func `an unfinished run says what is open, and names the way out of a creation in doubt`() {
    var run = RunRecord(
      id: "run", command: "destroy", digest: "", started: "2026-05-04T12:04:09Z", who: "ci-7", known: [],
      operations: [Self.operation(1, .delete, "a"), Self.operation(2, .delete, "b")])
    #expect(run.unfinished == "the destroy of 2026-05-04 12:04 UTC by ci-7 has not finished (it may still be running)")
    #expect(run.open == "`bot.a` and `bot.b`")
    #expect(run.remedy == "run `kitform apply`, which finds out what was done")
    run.operations = (1...12).map { Self.operation($0, .create, "c\($0)") }
    #expect(run.open.hasSuffix("`bot.c10` and 2 more"))
    #expect(run.remedy.contains("`kitform state resolve bot.c1 --uuid UUID` settles it"))
  }

  @Test func `a creation that shows nowhere is open, and a later look could say more`() throws {
    let recovered = try Self.recover([Self.operation(1, .create, "a")], journal: nil, channels: [])
    #expect(recovered.findings.map(\.verdict) == [.open])
    #expect(recovered.state.run == nil)
    #expect(recovered.needsSettling)
  }

  @Test func `a creation that never left needs no second look, and is not in doubt beside a foreign channel`() throws {
    let recovered = try Self.recover(
      [Self.operation(1, .create, "a")], journal: [], channels: [Self.channel(8, closing: 61)])
    #expect(recovered.findings.map(\.verdict) == [.open])
    #expect(recovered.uncertain.isEmpty)
    #expect(!recovered.needsSettling)
  }

  @Test func `a candidate that differs, or one too many, leaves the creation uncertain and in the record`() throws {
    for channels in [[Self.channel(8, closing: 61)], [Self.channel(8), Self.channel(9)]] {
      let recovered = try Self.recover(
        [Self.operation(4, .create, "a"), Self.operation(5, .create, "b", name: "B")], known: [2],
        journal: [.sent(operation: 4)], channels: channels)
      #expect(recovered.findings.map(\.verdict) == [.uncertain, .open])
      #expect(recovered.uncertain.map { $0.candidates.map(\.id) } == [channels.map(\.id)])
      #expect(recovered.state.run?.operations.map(\.number) == [4])
      #expect(recovered.state.run?.known == [2])
      #expect(!recovered.needsSettling)
    }
  }

  @Test func `two creations of one name are told apart by their fields, and their secrets are sent again`() throws {
    let recovered = try Self.recover(
      [Self.operation(1, .create, "a", closing: 60), Self.operation(2, .create, "b", closing: 61)], journal: nil,
      channels: [Self.channel(8, closing: 61), Self.channel(9, closing: 60)])
    #expect(recovered.state.channels.map(\.id) == [9, 8])
    #expect(
      recovered.state.channels.map { $0.applied.map(\.name) } == [
        ["name", "closing.agent"], ["name", "closing.agent"],
      ])
  }

  @Test func `one of two creations of a name is adopted and the other is open`() throws {
    let recovered = try Self.recover(
      [Self.operation(1, .create, "a", closing: 60), Self.operation(2, .create, "b", closing: 61)], journal: nil,
      channels: [Self.channel(8, closing: 61)])
    #expect(recovered.findings.map(\.verdict) == [.open, .done])
    #expect(recovered.state.channels.map(\.address.key) == ["b"])
  }

  @Test func `a name that the account spells in another Unicode form is a candidate, never overlooked`() throws {
    let recovered = try Self.recover(
      [Self.operation(1, .create, "a", name: "Caf\u{E9}")], journal: nil,
      channels: [Self.channel(8, name: "Cafe\u{301}")])
    #expect(recovered.findings.map(\.verdict) == [.uncertain])
  }

  @Test func `a secret that an update may have changed is not known any more, so that it is sent again`() throws {
    let former = Self.entry("c", 5, name: "Old")
    let recovered = try Self.recover(
      [Self.operation(1, .update, "c", name: "New", id: 5, closing: 90)], known: [5], entries: [former], journal: nil,
      channels: [Self.channel(5, name: "New", closing: 90)])
    #expect(recovered.findings.map(\.verdict) == [.open])
    let entry = recovered.state.channels[0]
    #expect(entry.name == "New")
    #expect(entry.applied("closing.agent")?.value == 90)
    #expect(entry.applied("token") == nil)
  }

  @Test func `a secret stays known where it was the same, or its update was certainly not done`() throws {
    let former = Self.entry("c", 5, name: "Old")
    let update = Self.operation(1, .update, "c", name: "New", id: 5, closing: 90)
    for (journal, channel) in [
      ([JournalEntry.sent(operation: 1), .refused(operation: 1)], Self.channel(5, name: "Old")),
      ([], Self.channel(5, name: "Old")), ([], Self.channel(5, name: "New", closing: 90)),
    ] {
      let recovered = try Self.recover([update], known: [5], entries: [former], journal: journal, channels: [channel])
      #expect(recovered.state.channels[0].applied("token") == former.applied("token"))
    }
    let same = try Self.recover(
      [Self.operation(1, .update, "c", id: 5, closing: 90)], known: [5], entries: [Self.entry("c", 5)], journal: nil,
      channels: [Self.channel(5, closing: 90)])
    #expect(same.state.channels[0].applied("token") == Self.entry("c", 5).applied("token"))
    // Nothing of it shows, and the secret may have arrived all the same.
    let unseen = try Self.recover(
      [update], known: [5], entries: [former], journal: nil, channels: [Self.channel(5, name: "Old")])
    #expect(unseen.state.channels[0].applied("token") == nil)
  }

  @Test func `an update that the account does not show leaves the state as it was`() throws {
    let former = Self.entry("c", 5)
    let recovered = try Self.recover(
      [Self.operation(1, .update, "c", id: 5, closing: 90)], known: [5], entries: [former], journal: nil,
      channels: [Self.channel(5, closing: 30)])
    #expect(recovered.state.channels == [former])
  }

  @Test func `a deletion is done when the channel is gone`() throws {
    let recovered = try Self.recover(
      [Self.operation(1, .delete, "c", id: 5), Self.operation(2, .delete, "d", id: 6)], known: [5, 6],
      entries: [Self.entry("c", 5), Self.entry("d", 6)], journal: nil, channels: [Self.channel(6)])
    #expect(recovered.findings.map(\.verdict) == [.done, .open])
    #expect(recovered.state.channels.map(\.address.key) == ["d"])
  }

  @Test func `resolving refuses what cannot be right`() throws {
    let recovered = try Self.recover(
      [Self.operation(1, .create, "a")], known: [3], entries: [Self.entry("z", 3)], journal: nil,
      channels: [Self.channel(8), Self.channel(9)])
    let channels = [
      Self.channel(3), Self.channel(8),
      RemoteChannel(
        id: 4, uuid: "uuid-4", kind: nil, kindLabel: "telegram", name: "Bot", values: [], raw: .object([])),
    ]
    let resolution = Resolution(comparison: ApplyWorld.comparison)
    let expected: [(String, String, ResolutionFailure)] = [
      ("b", "uuid-8", .notUncertain(SampleKind.address("b"), open: [SampleKind.address("a")])),
      ("a", "uuid-7", .notFound(uuid: "uuid-7")),
      ("a", "uuid-4", .otherKind(SampleKind.address("a"), label: "telegram")),
      ("a", "uuid-3", .managed(by: SampleKind.address("z"))),
    ]
    for (key, uuid, failure) in expected {
      #expect(throws: failure) {
        try resolution.resolve(SampleKind.address(key), uuid: uuid, in: recovered.state, channels: channels)
      }
      #expect(!failure.words.isEmpty)
    }
  }
}
