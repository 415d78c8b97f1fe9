import Basics
import Documents
import Manifest
import Support
import Testing

@testable import Provisioning

@Suite struct CanaryTests {
  private static let keys = ["a", "b", "c", "d", "e", "f"]

  private static func bots(_ closing: Int) -> [Bot] { keys.map { Bot($0, closing: closing) } }

  /// A world with six applied bots, under a profile that no update has confirmed.
  private func world(profile: String? = "p1") throws -> ApplyWorld {
    let world = ApplyWorld()
    world.arrange { $0.profile = profile }
    #expect(try world.apply(Self.bots(60)).result.outcome == .done)
    #expect(world.state?.profiles == [:])
    world.arrange {
      $0.mostRunning = 0
      $0.listings = 0
      $0.calls = []
    }
    return world
  }

  /// The id of a bot; which one a bot gets depends on the order of its creation.
  private func id(_ key: String, in world: ApplyWorld) throws -> Int {
    try #require(world.state?[SampleKind.address(key)]?.id)
  }

  @Test func `the first update under a profile goes alone, is read again, and lets the rest follow`() throws {
    let world = try world()
    let report = try world.apply(Self.bots(90))
    #expect(report.result.outcome == .done)
    #expect(world.state?.profiles == ["bot": "p1"])
    let account = world.account.snapshot
    let first = try id("a", in: world)
    #expect(account.calls.count == 6 && account.calls[0] == "update \(first)")
    // One listing for the plan, one after the first update, one at the end.
    #expect(account.listings == 3)

    world.arrange { $0.listings = 0 }
    #expect(try world.apply(Self.bots(120)).result.outcome == .done)
    #expect(world.account.snapshot.listings == 2)
  }

  @Test func `another profile has its own first update`() throws {
    let world = try world()
    _ = try world.apply(Self.bots(90))
    world.arrange {
      $0.profile = "p2"
      $0.listings = 0
    }
    _ = try world.apply(Self.bots(120))
    #expect(world.account.snapshot.listings == 3)
    #expect(world.state?.profiles == ["bot": "p2"])
  }

  @Test func `an update that changes more than the plan stops the run, and nothing more is sent`() throws {
    let world = try world()
    let first = try id("a", in: world)
    world.arrange { $0.sideEffects = [first: ["settings": "gone"]] }
    let report = try world.apply(Self.bots(90))
    #expect(report.result.outcome == .unverified)
    #expect(world.account.snapshot.calls == ["update \(first)"])
    #expect(report.result.changes.map(\.verdict) == [.done] + Array(repeating: .notAttempted, count: 5))
    let unverified = try #require(report.result.unverified.first)
    #expect(unverified.address == SampleKind.address("a"))
    #expect(
      unverified.reason
        == "first write under this profile: the update changed more than the plan: settings.salt; a secret that Kit never shows cannot be seen this way"
    )
    #expect(report.result.changes[1].error?.message.contains("first write under this profile") == true)
    #expect(world.state?.profiles == [:] && world.state?.run == nil)

    // The next run begins with one again.
    world.arrange { $0.sideEffects = [:] }
    #expect(try world.apply(Self.bots(90)).result.outcome == .done)
    #expect(world.state?.profiles == ["bot": "p1"])
  }

  @Test func `a first update that is refused proves nothing, and the next one takes its place`() throws {
    let world = try world()
    let (first, second) = (try id("a", in: world), try id("b", in: world))
    world.arrange {
      $0.faults = ["update \(first)": [.refused]]
      $0.sideEffects = [second: ["settings": "gone"]]
    }
    let report = try world.apply(Self.bots(90))
    #expect(world.account.snapshot.calls == ["update \(first)", "update \(second)"])
    #expect(report.result.outcome == .unverified)
  }

  @Test func `an account that cannot be read again stops the run too`() throws {
    let world = try world()
    let first = try id("a", in: world)
    world.arrange { contents in
      contents.onAnswer = { [account = world.account] _ in
        var contents = account.snapshot
        contents.listingFailures = 1
        account.snapshot = contents
      }
    }
    let report = try world.apply(Self.bots(90))
    #expect(report.result.outcome == .unverified)
    #expect(world.account.snapshot.calls == ["update \(first)"])
    #expect(report.result.unverified.first?.reason.contains("could not be read again") == true)
  }

  @Test func `deletions and creations wait for the first update`() throws {
    let world = try world()
    let first = try id("a", in: world)
    world.arrange { $0.sideEffects = [first: ["settings": "gone"]] }
    let report = try world.apply(Self.bots(90).dropLast() + [Bot("new")])
    #expect(world.account.snapshot.calls == ["update \(first)"])
    #expect(report.result.changes.filter { $0.verdict == .notAttempted }.count == 6)
  }

  @Test func `an account without a profile has no first update`() throws {
    let world = try world(profile: nil)
    #expect(try world.apply(Self.bots(90)).result.outcome == .done)
    #expect(world.account.snapshot.listings == 2)
  }

  @Test func `a plan names the first update of each kind`() throws {
    let world = try world()
    let plan = world.plan(Self.bots(90))
    #expect(plan.canaries(after: world.state, under: "p1") == [SampleKind.address("a")])
    #expect(plan.canaries(after: world.state, under: nil) == [])
    _ = try world.apply(Self.bots(90))
    #expect(world.plan(Self.bots(95)).canaries(after: world.state, under: "p1") == [])
    #expect(world.plan(Self.bots(95)).canaries(after: world.state, under: "p2") == [SampleKind.address("a")])
  }

  @Test func `a state without profiles is read as it is, and one with them comes back`() throws {
    var state = State(lineage: "l", serial: 1, environment: "default", account: ApplyWorld.binding)
    let old = StateCodec().encode(state)
    #expect(!String(decoding: old, as: UTF8.self).contains("profiles"))
    #expect(try StateCodec().decode(old, label: "s") == state)
    state.profiles = ["ok": "b", "custom": "a"]
    #expect(try StateCodec().decode(StateCodec().encode(state), label: "s") == state)
  }
}
