import Basics
import Documents
import Manifest
import Support
import Testing

@testable import Provisioning

/// Updates that send back more of a channel than the plan changes.
@Suite struct WholeObjectTests {
  private static func bots(_ closing: Int, _ count: Int) -> [Bot] {
    (0..<count).map { Bot("b\($0)", closing: closing) }
  }

  private func world(seed: UInt64 = 1, bots: Int, latency: Duration) throws -> ApplyWorld {
    let world = ApplyWorld(seed: seed, latency: latency)
    _ = try world.apply(Self.bots(60, bots))
    world.arrange {
      $0.takesWholeObjects = true
      $0.listings = 0
      for index in $0.channels.indices { $0.channels[index].raw = ["salt": .integer(index)] }
    }
    return world
  }

  @Test func `one listing serves the updates of a minute, and later ones get a new one`() throws {
    let quick = try world(bots: 20, latency: .milliseconds(20))
    #expect(try quick.apply(Self.bots(90, 20)).result.outcome == .done)
    #expect(quick.account.snapshot.listings == 2)

    let slow = try world(bots: 40, latency: .seconds(10))
    #expect(try slow.apply(Self.bots(90, 40)).result.outcome == .done)
    #expect(slow.account.snapshot.listings > 2)
    #expect(slow.account.snapshot.staleUpdates == 0)
  }

  @Test func `what somebody else writes more than a minute before an update survives it`() throws {
    let world = try world(bots: 40, latency: .seconds(10))
    // The last one in the order of addresses: its turn comes when the first listing is too old.
    let last = try #require(world.state?[SampleKind.address("b9")]?.id)
    let place = try #require(world.account.snapshot.channels.firstIndex { $0.id == last })
    world.arrange { contents in
      contents.onAnswer = { [account = world.account] number in
        guard number == 44 else { return }
        var contents = account.snapshot
        contents.channels[place].raw = ["salt": "written by hand"]
        account.snapshot = contents
      }
    }
    _ = try world.apply(Self.bots(90, 40))
    #expect(world.account.snapshot.channels[place].raw == ["salt": "written by hand"])
    for index in 0..<40 where index != place {
      #expect(world.account.snapshot.channels[index].raw == ["salt": .integer(index)])
    }
  }

  @Test func `another channel under the same id gets nothing`() throws {
    let world = try world(bots: 40, latency: .seconds(10))
    // The last one in the order of addresses: its turn comes when the first listing is too old.
    let last = try #require(world.state?[SampleKind.address("b9")]?.id)
    let place = try #require(world.account.snapshot.channels.firstIndex { $0.id == last })
    world.arrange { contents in
      contents.onAnswer = { [account = world.account] number in
        guard number == 44 else { return }
        var contents = account.snapshot
        contents.channels[place].uuid = "another"
        account.snapshot = contents
      }
    }
    let report = try world.apply(Self.bots(90, 40))
    #expect(!world.account.snapshot.calls.contains("update \(last)"))
    let failed = report.result.changes.filter { $0.verdict == .failed }
    #expect(failed.count == 1)
    #expect(failed.first?.error?.message.contains("another channel") == true)
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `no member is lost and no listing is stale, whatever the order and the faults`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let count = Int.random(in: 1...30, using: &random)
    let world = try world(seed: seed, bots: count, latency: .seconds(Int.random(in: 1...20, using: &random)))
    world.arrange { contents in
      contents.profile = "p"
      contents.chance = { label, number in
        var random = SeededGenerator(seed: seed &* 1000 &+ UInt64(number))
        guard label.hasPrefix("update"), Int.random(in: 0..<6, using: &random) == 0 else { return nil }
        return [.refused, .dropped, .answerLost].randomElement(using: &random)
      }
    }
    let report = try world.apply(Self.bots(90, count))
    #expect(report.result.outcome != .unverified, "\(report.result.unverified)")
    let contents = world.account.snapshot
    #expect(contents.staleUpdates == 0)
    for (index, channel) in contents.channels.enumerated() { #expect(channel.raw == ["salt": .integer(index)]) }
  }

  @Test func `an update that would lose something that the plan did not know of is refused before the first write`()
    throws
  {
    let world = try world(bots: 3, latency: .milliseconds(20))
    let id = try #require(world.state?[SampleKind.address("b1")]?.id)
    world.arrange { $0.hidden = [id: [HiddenMember("salt", isCertain: true)]] }
    let calls = world.account.snapshot.calls
    do {
      _ = try world.apply(Self.bots(90, 3))
      Issue.record("not refused")
    } catch let failure as ApplyFailure {
      guard case .unusable(let address, let reason) = failure else {
        Issue.record("\(failure)")
        return
      }
      #expect(address == SampleKind.address("b1") && reason.contains("salt"))
    }
    #expect(world.account.snapshot.calls == calls)
  }
}
