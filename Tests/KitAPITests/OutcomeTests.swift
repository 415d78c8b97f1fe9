import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Testing
import Transport

/// What a write's answer means: done, refused, unknown.
@Suite struct OutcomeTests {
  enum Verdict: String, Sendable { case done, refused, unknown, keptBack }

  typealias Case = (answer: ScriptedTransport.Answer, create: Verdict, update: Verdict, delete: Verdict)

  private static let refusal = "{\"success\": false, \"result\": {\"error\": \"no\", \"code\": 1}}"

  static var cases: [Case] {
    [
      (.json("{\"success\": true, \"result\": {\"id\": 5, \"channel_uuid\": \"u\"}}"), .done, .done, .done),
      (.json("{\"success\": true, \"result\": 5}"), .done, .done, .done),
      (.json("{\"success\": true, \"result\": true}"), .unknown, .done, .done),
      (.json("{\"success\": true, \"result\": {}}"), .unknown, .done, .done),
      (.json("{\"success\": true}"), .unknown, .unknown, .unknown),
      (.json("{\"success\": true, \"resu"), .unknown, .unknown, .unknown),
      (.json("<html>"), .unknown, .unknown, .unknown),
      (.json(""), .unknown, .unknown, .unknown),
      (.json("", status: 204), .unknown, .unknown, .unknown),
      (.json(refusal), .refused, .refused, .refused),
      (.json("{\"success\": false, \"result\": {\"id\": 5}}"), .unknown, .unknown, .unknown),
      (.json("{\"success\": false, \"result\": {\"channel_uuid\": \"u\"}}"), .unknown, .unknown, .unknown),
      (.json("{\"success\": false, \"result\": {\"channel\": {\"id\": 5}}}"), .unknown, .unknown, .unknown),
      (.json("{\"success\": false, \"result\": {\"new\": [{\"channel_id\": 5}]}}"), .unknown, .unknown, .unknown),
      (
        .json("{\"success\": false, \"result\": {\"error\": \"no\", \"request_id\": \"r-7\"}}"), .refused, .refused,
        .refused
      ),
      (.json("{\"success\": false, \"result\": {\"id\": 5}}", status: 422), .unknown, .unknown, .unknown),
      (.json("{\"success\": false, \"result\": 5}"), .unknown, .unknown, .unknown),
      (.json("{\"success\": false, \"result\": null}"), .unknown, .unknown, .unknown),
      (.json("{\"success\": false}"), .unknown, .unknown, .unknown),
      (.json(refusal, status: 401), .refused, .refused, .refused),
      (.json(refusal, status: 404), .refused, .refused, .done),
      (.json("<html>", status: 404), .unknown, .unknown, .unknown),
      (.json("{\"success\": false}", status: 404), .unknown, .unknown, .unknown),
      (.json("{\"error\": \"no\"}", status: 400), .unknown, .unknown, .unknown),
      (.json("{\"success\": true, \"result\": {}}", status: 400), .unknown, .unknown, .unknown),
      (.json("", status: 401), .unknown, .unknown, .unknown),
      (.json(refusal, status: 409), .unknown, .refused, .refused),
      (.json(refusal, status: 422), .refused, .refused, .refused),
      (.json("", status: 302), .unknown, .unknown, .unknown),
      (.json(refusal, status: 302), .unknown, .unknown, .unknown),
      (.json("", status: 429), .unknown, .unknown, .unknown),
      (.json(refusal, status: 429), .unknown, .unknown, .unknown),
      (.json("", status: 500), .unknown, .unknown, .unknown),
      (.json(refusal, status: 500), .unknown, .unknown, .unknown),
      (.json("", status: 408), .unknown, .unknown, .unknown),
      (.json(refusal, status: 408), .unknown, .unknown, .unknown),
      (.json("", status: 501), .unknown, .unknown, .unknown),
      (.json(refusal, status: 505), .unknown, .unknown, .unknown),
      (.json("", status: 503), .unknown, .unknown, .unknown),
      (.failure(.notSent(.nameNotFound)), .refused, .refused, .refused),
      (.failure(.cancelled), .refused, .refused, .refused),
      (.failure(.ambiguous(.reset)), .unknown, .unknown, .unknown),
      (.failure(.ambiguous(.tooLarge(limit: 8 << 20))), .unknown, .unknown, .unknown),
    ]
  }

  private static let draft = ChannelDraft(kind: TestKit.custom, fields: [("name", .text("n"))], secrets: [:])
  private static let current = RemoteChannel(
    id: 5, uuid: "u", kind: TestKit.custom, kindLabel: "custom", name: "n", values: [], raw: .object([]))

  private func verdict<Success>(_ attempt: Attempt<Success>) -> Verdict {
    switch attempt.outcome {
    case .done: .done
    case .refused: .refused
    case .unknown: .unknown
    case .keptBack: .keptBack
    }
  }

  @Test(arguments: cases.indices)
  func `each answer has one meaning`(_ index: Int) async {
    let one = Self.cases[index]
    #expect(verdict(await TestKit.remote(ScriptedTransport(always: one.answer)).create(Self.draft)) == one.create)
    #expect(
      verdict(await TestKit.remote(ScriptedTransport(always: one.answer)).update(Self.current, to: Self.draft))
        == one.update)
    #expect(
      verdict(
        await TestKit.remote(ScriptedTransport(always: one.answer)).delete(ChannelIdentity(id: 5, uuid: "u")))
        == one.delete)
  }

  @Test func `a write that may not leave is kept back, and one of a cancelled task is refused`() async {
    let transport = ScriptedTransport(always: .json("{\"success\": true, \"result\": 5}"))
    let remote = TestKit.remote(transport, mayWrite: { false })
    #expect(verdict(await remote.create(Self.draft)) == .keptBack)
    #expect(verdict(await remote.update(Self.current, to: Self.draft)) == .keptBack)
    #expect(verdict(await remote.delete(ChannelIdentity(id: 5, uuid: "u"))) == .keptBack)
    let cancelled = Task {
      while !Task.isCancelled { await Task.yield() }
      return await remote.create(Self.draft)
    }
    cancelled.cancel()
    #expect(verdict(await cancelled.value) == .refused)
    #expect(transport.requests.isEmpty)
  }

  @Test func `a create is sent once, whatever becomes of it`() async {
    for answer: ScriptedTransport.Answer in [
      .failure(.ambiguous(.reset)), .json("", status: 503), .json("", status: 501), .json("", status: 408), .json("{"),
      .json("", status: 429), .json(Self.refusal, status: 429), .json("", status: 302), .json("<html>", status: 404),
    ] {
      let transport = ScriptedTransport(always: answer)
      let attempt = await TestKit.remote(transport).create(Self.draft)
      #expect(transport.requests.count == 1)
      #expect(attempt.calls == 1)
    }
  }

  @Test(arguments: [400, 401, 402, 403, 404, 405, 413, 422])
  func `Kit's own envelope refuses a creation, and nobody else's does`(status: Int) async {
    let own = TestKit.remote(ScriptedTransport(always: .json(Self.refusal, status: status)))
    #expect(verdict(await own.create(Self.draft)) == .refused)
    for body in ["", "<html>", "{\"error\": {\"message\": \"no\"}}", "{\"success\": \"no\"}", "{\"success\": tr"] {
      let other = TestKit.remote(ScriptedTransport(always: .json(body, status: status)))
      #expect(verdict(await other.create(Self.draft)) == .unknown, "\(body)")
    }
  }

  @Test(arguments: [404, 405, 501])
  func `somebody else's answer that a path is not there is told as one, with the profile's line`(status: Int) async {
    let line = APIProfile.builtIn[.createChannel]?.line ?? 0
    let remote = TestKit.remote(ScriptedTransport(always: .json("<html>", status: status)))
    guard case .unknown(let failure) = await remote.create(Self.draft).outcome else {
      Issue.record("\(status)")
      return
    }
    #expect(failure.pathIsWrong)
    #expect(failure.remedy?.contains("line \(line)") == true, "\(failure)")
    let own = TestKit.remote(ScriptedTransport(always: .json(Self.refusal, status: status)))
    switch await own.create(Self.draft).outcome {
    case .refused(let failure), .unknown(let failure): #expect(!failure.pathIsWrong)
    case .done, .keptBack: Issue.record("\(status)")
    }
  }

  @Test func `a creation's identity is read, with and without the UUID`() async {
    let answers: [(String, ChannelIdentity)] = [
      ("{\"id\": 5, \"channel_uuid\": \"u\"}", ChannelIdentity(id: 5, uuid: "u")),
      ("{\"id\": 5}", ChannelIdentity(id: 5, uuid: nil)), ("5", ChannelIdentity(id: 5, uuid: nil)),
    ]
    for (result, identity) in answers {
      let remote = TestKit.remote(ScriptedTransport(always: .json("{\"success\": true, \"result\": \(result)}")))
      guard case .done(identity) = await remote.create(Self.draft).outcome else {
        Issue.record("\(result)")
        continue
      }
    }
  }

  @Test func `a delete that is repeated after a lost answer and finds nothing is done`() async {
    let transport = ScriptedTransport { _, number in
      number == 0 ? .failure(.ambiguous(.reset)) : .json(Self.refusal, status: 404)
    }
    let attempt = await TestKit.remote(transport).delete(ChannelIdentity(id: 5, uuid: nil))
    #expect(verdict(attempt) == .done)
    #expect(attempt.calls == 2)
  }

  @Test func `a refusal after an attempt that was lost leaves the outcome unknown`() async {
    let transport = ScriptedTransport { _, number in
      number == 0 ? .failure(.ambiguous(.reset)) : .json(Self.refusal, status: 422)
    }
    #expect(verdict(await TestKit.remote(transport).update(Self.current, to: Self.draft)) == .unknown)
  }

  @Test func `calls are counted, repeats included`() async throws {
    let transport = ScriptedTransport { _, number in
      number == 0 ? .json("", status: 503) : .json(TestKit.page([], total: 0))
    }
    let remote = TestKit.remote(transport)
    _ = try await remote.channels()
    #expect(remote.callsMade == 2)
  }
}
