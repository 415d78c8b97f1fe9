import Manifest
import Support
import Synchronization
import Testing

@testable import Provisioning

/// A run that dies, and the one after it.
@Suite(.computes) struct CrashTests {
  /// What is left of the journal when the next run begins.
  enum Remains: CaseIterable, Sendable {
    case journal, nothing
  }

  @Test(arguments: Checkpoint.allCases, Remains.allCases)
  func `after a crash at a named step one more run converges`(checkpoint: Checkpoint, remains: Remains) throws {
    var crashes = 0
    for passing in 1...12 {
      let world = ApplyWorld(wantsCheckpoints: true, latency: .seconds(6))
      _ = try world.apply([Bot("a"), Bot("b"), Bot("old"), Bot("older")])
      let wanted = [Bot("a", closing: 90), Bot("b", token: "new"), Bot("c"), Bot("d", name: "Bot c", closing: 61)]
      let passed = Mutex(0)
      let point: CrashPoint = { (point: Checkpoint) throws(Crash) in
        guard point == checkpoint else { return }
        let count = passed.withLock { passed in
          passed += 1
          return passed
        }
        if count == passing { throw Crash(at: point) }
      }
      do {
        _ = try world.apply(wanted, .init(crashPoint: point))
      } catch let failure as ApplyFailure {
        #expect(failure == .crashed(Crash(at: checkpoint)))
        crashes += 1
      }
      if remains == .nothing { world.disturb { $0.loseJournal() } }
      _ = try world.apply(wanted)
      world.check(wanted)
    }
    #expect(crashes > 0)
  }

  @Test func `what a crash step is called is what the environment variable says`() {
    #expect(CrashPlan("answered:3")?.checkpoint == .answered)
    #expect(CrashPlan("answered:3")?.passing == 3)
    #expect(CrashPlan("sent")?.passing == 1)
    for text in ["", "nowhere", "sent:0", "sent:x", "sent:1:2", "sent:"] { #expect(CrashPlan(text) == nil) }
  }

  @Test func `a seed takes every step again as it took it before`() throws {
    var traces: Set<UInt64> = []
    for seed in 0..<UInt64(250) {
      let (first, second) = (try traced(seed), try traced(seed))
      #expect(first.trace == second.trace, "seed \(seed)")
      #expect(first.calls == second.calls && first.writes == second.writes, "seed \(seed)")
      traces.insert(first.trace)
    }
    #expect(traces.count > 240)
  }

  private func traced(_ seed: UInt64) throws -> (trace: UInt64, calls: [String], writes: [State]) {
    var trial = CrashTrial(seed: seed)
    try trial.run()
    return (trial.world.world.trace, trial.world.account.snapshot.calls, trial.world.store.contents.writes)
  }

  /// The whole of "nothing lost, nothing twice" on random projects: any step may be a process's last, answers get lost,
  /// channels list late, the journal stays, loses its last lines, or is gone.
  @Test(arguments: 0..<8)
  func `random projects survive random crashes and lost answers`(block: Int) {
    var worlds = 0
    for seed in UInt64(block * CrashTrial.perBlock)..<UInt64((block + 1) * CrashTrial.perBlock) {
      var trial = CrashTrial(seed: seed)
      do { try trial.run() } catch { Issue.record("seed \(seed): \(error)") }
      worlds += 1
    }
    Scorecard.count(7, ["worlds": worlds])
  }
}

/// One random project on its way through random crashes.
private struct CrashTrial {
  /// Trials in each of eight blocks; `TRIALS` asks for more of them.
  static let perBlock = (Scorecard.trials(2_400) + 7) / 8

  let seed: UInt64
  var random: SeededGenerator
  let world: ApplyWorld
  let hasJournal: Bool

  init(seed: UInt64) {
    self.seed = seed
    random = SeededGenerator(seed: seed &+ 77)
    hasJournal = Bool.random(using: &random)
    world = ApplyWorld(
      seed: seed, hasJournal: hasJournal, wantsCheckpoints: Bool.random(using: &random),
      latency: .milliseconds([5, 400, 7000].randomElement(using: &random) ?? 5))
  }

  mutating func run() throws {
    let names = (0..<4).map { "Bot \($0)" }
    var bots = (0..<Int.random(in: 0...5, using: &random)).map { bot($0, names) }
    _ = try world.apply(bots)
    world.check(bots, "first apply of seed \(seed)")
    bots = change(bots, names)
    let delay = [Duration.zero, .seconds(3), .seconds(29)].randomElement(using: &random) ?? .zero
    let finishes = Bool.random(using: &random)
    world.arrange {
      $0.visibilityDelay = delay
      $0.finishesInFlight = finishes
      $0.chance = faults()
    }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      world.power.restore(last: Int.random(in: 0...50, using: &random))
      _ = try? world.apply(bots, .init(parallelism: Int.random(in: 1...4, using: &random)))
      dieAfterwards()
    }
    world.power.restore()
    world.arrange { $0.chance = nil }
    _ = try world.apply(bots)
    world.check(bots, "seed \(seed)")
  }

  /// What happens to the disk between two processes.
  private mutating func dieAfterwards() {
    switch Int.random(in: 0...2, using: &random) {
    case 0: world.disturb { $0.loseJournal() }
    case 1:
      // The machine itself went down: it takes longer to come back than a channel takes to show.
      world.disturb { $0.loseUnflushedLines() }
      world.world.pass(.seconds(60))
    default: break
    }
  }

  private mutating func faults() -> @Sendable (String, Int) -> AccountContents.Fault? {
    let share = Int.random(in: 0...40, using: &random)
    let random = Mutex(random)
    return { label, _ in
      random.withLock { random in
        guard Int.random(in: 0..<100, using: &random) < share else { return nil }
        let lost: [AccountContents.Fault] = [.refused, .dropped, .answerLost]
        guard label.hasPrefix("create") else { return lost.randomElement(using: &random) }
        return (lost + [.throttled, .throttledAfterwards, .foreignPath, .foreignPathAfterwards])
          .randomElement(using: &random)
      }
    }
  }

  private mutating func bot(_ number: Int, _ names: [String]) -> Bot {
    // Names collide on purpose, but channels of one name differ in what can be read or are the same altogether.
    let name = Int.random(in: 0..<3, using: &random) == 0 ? names.randomElement(using: &random) : nil
    return Bot(
      "bot-\(number)", name: name, closing: Int.random(in: 60...62, using: &random),
      token: "token \(Int.random(in: 0...2, using: &random))",
      callback: Bool.random(using: &random) ? "https://bots.example/\(number)" : nil)
  }

  private mutating func change(_ bots: [Bot], _ names: [String]) -> [Bot] {
    var changed: [Bot] = []
    for number in 0..<7 {
      let present = bots.first { $0.key == "bot-\(number)" }
      switch (present, Int.random(in: 0..<4, using: &random)) {
      case (nil, 0), (nil, 1): changed.append(bot(number, names))
      case (let present?, 0):
        var new = bot(number, names)
        if present.callback != nil, new.callback == nil { new.callback = present.callback }
        changed.append(new)
      case (let present?, 1), (let present?, 2): changed.append(present)
      default: break
      }
    }
    return changed
  }
}

extension ApplyWorld {
  /// Account, state and manifests agree: nothing lost, nothing twice.
  func check(_ bots: [Bot], _ label: String = "", sourceLocation: SourceLocation = #_sourceLocation) {
    let contents = account.snapshot
    let note = Comment(rawValue: label)
    #expect(contents.channels.count == bots.count, note, sourceLocation: sourceLocation)
    #expect(
      state?.channels.map(\.id).sorted() ?? [] == contents.channels.map(\.id).sorted(), note,
      sourceLocation: sourceLocation)
    #expect(state?.run == nil, note, sourceLocation: sourceLocation)
    for bot in bots {
      let entry = state?.channels.first { $0.address == bot.address }
      let channel = contents.channels.first { $0.id == entry?.id }
      #expect(channel?.name == bot.name, note, sourceLocation: sourceLocation)
      #expect(entry?.uuid == channel?.uuid, note, sourceLocation: sourceLocation)
      #expect(
        channel.map { contents.secrets["\($0.id) token"] } == bot.token, note, sourceLocation: sourceLocation)
      if case .seconds(let closing)? = channel?.values[2] ?? nil {
        #expect(closing == bot.closing, note, sourceLocation: sourceLocation)
      }
    }
    #expect(plan(bots).isEmpty, note, sourceLocation: sourceLocation)
  }
}
