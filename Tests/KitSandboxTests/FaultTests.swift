import Basics
import Documents
import KitSandbox
import Testing
import Transport

@Suite struct FaultTests {
  private func kit(_ rules: String...) -> LocalKit {
    var faults = Faults()
    faults.rules = rules.compactMap { Faults.FaultRule($0) }
    #expect(faults.rules.count == rules.count)
    return LocalKit(faults: faults)
  }

  @Test(arguments: [
    ("drop-before@create:1", false, TransportFailure.ambiguous(.endOfStream)),
    ("drop-after@create:1", true, .ambiguous(.endOfStream)),
    ("reset-before@create:1", false, .ambiguous(.reset)),
    ("reset@create:1", true, .ambiguous(.reset)),
    ("half-body@create:1", true, .ambiguous(.endOfStream)),
    ("slow-body@create:1", true, .ambiguous(.timeout)),
    ("silence@create:1", true, .ambiguous(.timeout)),
  ])
  func `a fault loses the answer, after the account has carried the call out or before`(
    rule: String, isCommitted: Bool, failure: TransportFailure
  ) async throws {
    let kit = kit(rule)
    let transport = SandboxTransport(kit.sandbox)
    await #expect(throws: failure) {
      try await transport.send(LocalKit.request("/api/v3/channel/addChannel", LocalKit.ok))
    }
    #expect(kit.sandbox.snapshot.account.channels.count == (isCommitted ? 1 : 0))
    #expect(kit.create(LocalKit.ok).status == 200)
  }

  @Test(arguments: [
    ("500-after@write:1", 500, nil, true), ("500-before@write:1", 500, nil, false), ("503@write:1", 503, nil, false),
    ("429@write:1", 429, nil, false), ("429:7@write:1", 429, "7", false),
  ])
  func `a fault answers with a failure`(rule: String, status: Int, retryAfter: String?, isCommitted: Bool) {
    let kit = kit(rule)
    let answer = kit.create(LocalKit.ok)
    #expect(answer.status == status)
    #expect(answer.retryAfter == retryAfter)
    #expect(answer.json["success"] == false)
    #expect(kit.sandbox.snapshot.account.channels.count == (isCommitted ? 1 : 0))
  }

  @Test(arguments: [
    ("429-after@create:1", 429, true), ("redirect@create:1", 302, false), ("redirect-after@create:1", 302, true),
    ("html-after@create:1", 200, true), ("foreign-400@create:1", 400, false), ("foreign-400-after@create:1", 400, true),
    ("foreign-404@create:1", 404, false), ("foreign-404-after@create:1", 404, true),
    ("empty-after@create:1", 200, true),
    ("denied-after@create:1", 200, true),
  ])
  func `a creation is answered in another way than by Kit`(rule: String, status: Int, isCommitted: Bool) {
    let kit = kit(rule)
    let answer = kit.create(LocalKit.ok)
    #expect(answer.status == status)
    #expect(kit.sandbox.snapshot.account.channels.count == (isCommitted ? 1 : 0))
    if rule.hasPrefix("denied") {
      #expect(answer.json["success"] == false)
      #expect(answer.json["result"]?["id"] != nil)
    }
  }

  @Test func `a proxy's page comes with status 200`() {
    let answer = kit("html@every").list()
    #expect(answer.status == 200)
    #expect(answer.text.hasPrefix("<html>"))
  }

  @Test func `calls are counted by all, reads, writes and creations`() {
    let kit = kit("500-before@2", "429@read:2", "503@write:2", "reset@create:3")
    #expect(kit.list().status == 200)
    #expect(kit.create(LocalKit.ok).status == 500)
    #expect(kit.list().status == 429)
    #expect(kit.delete(1).status == 503)
    #expect(kit.create(LocalKit.ok).status == 200)
    #expect(kit.create(LocalKit.ok).status == nil)
    #expect(kit.list().items.count == 2)
  }

  @Test(arguments: [
    "", "reset", "reset@", "reset@0", "reset@write:x", "boom@1", "429:x@1", "reset@delete:1", "reset@1@2",
  ])
  func `a rule that is none is refused`(text: String) {
    #expect(Faults.FaultRule(text) == nil)
  }

  @Test func `latency is told, not waited for`() {
    var faults = Faults()
    faults.latency = 250
    #expect(LocalKit(faults: faults).list().exchange.milliseconds == 250)
  }
}
