import KitAPI
import KitProfile
import Manifest
import Provisioning
import Testing
import Transport

/// Every way in which a call can fail, with the words that users read.
@Suite struct KitFailureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var answer: ScriptedTransport.Answer
    var message: String
    var remedy: String?
    var status: Int?
    var code: Int?
    var testDescription: String { message }

    init(
      _ answer: ScriptedTransport.Answer, _ message: String, _ remedy: String?, status: Int? = nil, code: Int? = nil
    ) {
      self.answer = answer
      self.message = message
      self.remedy = remedy
      self.status = status
      self.code = code
    }
  }

  private static func kit(_ status: Int, _ words: String = "no", _ code: Int = 7) -> ScriptedTransport.Answer {
    .json("{\"success\": false, \"result\": {\"error\": \"\(words)\", \"code\": \(code)}}", status: status)
  }

  private static let host = "check account.apiHost"
  private static var line: String { "the profile kit-v3, line \(APIProfile.builtIn[.listChannels]?.line ?? 0)" }
  private static let hostHelp =
    "check account.region or account.apiHost: Kit shows the host under Administration > Security > API tokens"

  static var cases: [Case] {
    [
      Case(.failure(.notSent(.nameNotFound)), "no such host", hostHelp),
      Case(
        .failure(.notSent(.connectionRefused)), "no server listens at this address",
        "check the host and the port, and that the server runs"),
      Case(
        .failure(.notSent(.connectTimeout)), "no connection in time",
        "check the network, a firewall and the proxy's variables"),
      Case(
        .failure(.notSent(.certificate("expired\u{1B}[2J"))), "its certificate is not trusted (expired\\u{001B}[2J)",
        "check account.apiHost; give an authority of your own with --ca-file"),
      Case(
        .failure(.notSent(.tls("version"))), "no secure connection (version)",
        "check account.apiHost, and whether a proxy intervenes"),
      Case(.failure(.notSent(.proxy("407"))), "the proxy refuses (407)", "check the proxy's variables"),
      Case(.failure(.notSent(.other("limit"))), "the request could not leave (limit)", nil),
      Case(.failure(.cancelled), "it was stopped before the request left", nil),
      Case(.failure(.ambiguous(.reset)), "the connection broke before the answer came", "try again"),
      Case(
        .failure(.ambiguous(.endOfStream)), "the server closed the connection before the answer was complete",
        "try again"),
      Case(.failure(.ambiguous(.timeout)), "no answer in time", "try again later"),
      Case(.failure(.ambiguous(.tooLarge(limit: 8 << 20))), "the answer is larger than 8 MiB", host),
      Case(.failure(.ambiguous(.badAnswer("x"))), "x", host),
      Case(.failure(.ambiguous(.other("x"))), "the answer did not come (x)", "try again"),
      Case(
        .json("", status: 302), "the server answered with a redirect (302), which Kitform does not follow", host,
        status: 302),
      Case(
        kit(401), "the API token is not accepted (401): “no” (code 7)",
        "check account.name and account.token; Kit makes tokens under Administration > Security > API tokens",
        status: 401, code: 7),
      Case(
        kit(402), "the account's balance does not allow it (402): “no” (code 7)", "top up the account, then try again",
        status: 402, code: 7),
      Case(
        kit(403), "the API token may not do this (403): “no” (code 7)",
        "give the role of the token's user this right, or switch the feature on in Kit", status: 403, code: 7),
      Case(
        .json("<html>", status: 404), "/api/v3/channel/searchChannels is not there (404)",
        "\(line), names this path: correct it, or check account.apiHost", status: 404),
      Case(
        kit(422, "bad \\u001b[31m name"), "Kit refuses the values (422): “bad \\u{001B}[31m name” (code 7)",
        "correct what Kit names, then try again", status: 422, code: 7),
      Case(
        kit(429), "Kit has had too many calls (429): “no” (code 7)", "try again later, or lower --rate", status: 429,
        code: 7),
      Case(
        .json("<html>", status: 401), "the answer is 401, and not in Kit's form",
        "check account.apiHost, and whether a proxy or a gateway in between refuses the call; else check account.token",
        status: 401),
      Case(
        .json("<html>", status: 403), "the answer is 403, and not in Kit's form",
        "check account.apiHost, and whether a proxy or a gateway in between refuses the call; else check account.token",
        status: 403),
      Case(
        .json("", status: 408), "the server did not get the whole request in time (408)", "try again later", status: 408
      ),
      Case(.json("", status: 423), "the server does not take the call now (423)", "try again later", status: 423),
      Case(
        .json("", status: 505), "the server does not take this version of HTTP (505)",
        "check account.apiHost, and whether a proxy is in between", status: 505),
      Case(
        .json("", status: 511), "a network in between asks for a sign-in (511)",
        "sign in to the network, or use one that leads to kitapi-eu.voximplant.com", status: 511),
      Case(.json("oops", status: 500), "Kit failed (500)", "try again later", status: 500),
      Case(kit(503), "Kit failed (503): “no” (code 7)", "try again later", status: 503, code: 7),
      Case(.json("", status: 418), "Kit answered 418", "check account.apiHost and \(line)", status: 418),
      Case(
        .success(HTTPResponse(status: 200, body: Array(" \n<!doctype html>".utf8))),
        "the answer is a web page, not JSON",
        "check account.apiHost, and whether a proxy or a sign-in page is in between"),
      Case(
        .json("{\"success\": tr"), "the answer is not valid JSON: a value is expected here (`success`, byte 12)",
        "check account.apiHost and \(line)"),
      Case(.json("[]"), "the answer is not valid JSON", "check account.apiHost and \(line)"),
      Case(
        .json("{\"success\": true, \"result\": \(String(repeating: "[", count: 70))"),
        "the answer is nested more than 64 levels deep", host),
      Case(
        .json(String(repeating: " ", count: 8 << 20) + "{}"),
        "the answer is larger than Kitform reads (8 MiB, 400,000 values)", host),
      Case(
        .json("{\"success\": true, \"result\": [\(String(repeating: "0,", count: 400_000))0]}"),
        "the answer is larger than Kitform reads (8 MiB, 400,000 values)", host),
      Case(kit(200), "Kit refuses it: “no” (code 7)", "correct what Kit names, then try again", code: 7),
      misfit("{\"result\": []}", APIProfile.builtIn.envelope.success, "it has no `success`; it has `result`"),
      misfit("{\"success\": true}", APIProfile.builtIn.envelope.result, "it has no `result`; it has `success`"),
      misfit(
        "{\"success\": true, \"result\": {}}", APIProfile.builtIn.envelope.result, "`result` is an object, not a list"),
      misfit(
        "{\"success\": true, \"result\": [], \"_meta\": {\"pageCount\": 1}}", APIProfile.builtIn.paging.total ?? [],
        "it has no `_meta.totalCount`; it has `pageCount`"),
    ]
  }

  /// An answer that does not fit a member of the profile: its own line, and how to correct it.
  private static func misfit(_ body: String, _ member: ReadMember, _ what: String) -> Case {
    Case(
      .json(body), "the answer is not as the profile kit-v3, line \(member.line), says: \(what)",
      "correct line \(member.line) in a profile of your own: `kitform profile show > kit-profile.yaml`, and `account.profile: ./kit-profile.yaml`"
    )
  }

  @Test(arguments: cases)
  func `a failure names operation, host and remedy`(_ one: Case) async {
    let remote = TestKit.remote(ScriptedTransport(always: one.answer))
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect(failure?.message == "could not list the channels at kitapi-eu.voximplant.com: \(one.message)")
    #expect(failure?.remedy == one.remedy)
    #expect(failure?.status == one.status)
    #expect(failure?.code == one.code)
  }

  @Test func `an operation that the profile leaves out says so without a call`() async throws {
    let profile = try TestKit.profile([("  listChannels: /api/v3/channel/searchChannels\n", "")])
    let transport = ScriptedTransport(always: .json("{}"))
    let remote = TestKit.remote(transport, profile: profile)
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect(failure?.message.hasSuffix("the profile kit-v3 leaves the operation `listChannels` out") == true)
    #expect(transport.requests.isEmpty)
  }

  @Test func `neither the token nor a sent secret stands in a failure or a URL`() async {
    let transport = ScriptedTransport(
      always: Self.kit(422, "token t0ken+secret/value and key tkn:A1 are bad"))
    let draft = ChannelDraft(
      kind: TestKit.ok, fields: [("accessToken", .secret(.environment("OK")))],
      secrets: ["accessToken": Secret("tkn:A1")])
    guard case .refused(let failure) = await TestKit.remote(transport).create(draft).outcome else {
      Issue.record("not refused")
      return
    }
    #expect(failure.message.hasSuffix("“token ••• and key ••• are bad” (code 7)"), "\(failure.message)")
    for request in transport.requests {
      let visible = request.path + request.query + request.headers.map { $0.name + $0.value }.joined()
      #expect(!visible.contains("t0ken") && !visible.contains("tkn"))
    }
  }

  @Test func `an answer that repeats the request shows no secret of it, however it is encoded`() async {
    let transport = ScriptedTransport(
      always: Self.kit(422, "bad request: access_token=t0ken%2Bsecret%2Fvalue, dDBrZW4rc2VjcmV0L3ZhbHVl"))
    let failure = await failure { () throws(RemoteFailure) in try await TestKit.remote(transport).channels() }
    #expect(
      failure?.message.hasSuffix("“bad request: access_token=•••, •••” (code 7)") == true, "\(failure?.message ?? "")")
  }

  @Test func `an answer with half of a character names the member`() async {
    let body =
      #"{"success": true, "result": [{"id": 1, "channel_name": "A", "extra": {"a": [1, {"b": 2}], "note": "x \ud83d y"}}]}"#
    let remote = TestKit.remote(ScriptedTransport { _, _ in .json(body) })
    let failure = await #expect(throws: RemoteFailure.self) { try await remote.channels() }
    let words = "the answer is not valid JSON: this escape is half of a character (`result.extra.note`, byte 101)"
    #expect(failure?.message.hasSuffix(words) == true, "\(failure?.message ?? "")")
  }

  @Test func `Kit's words are cut when they are long`() async {
    let remote = TestKit.remote(
      ScriptedTransport(always: Self.kit(422, String(repeating: "ä", count: 100_000))))
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect((failure?.message.unicodeScalars.count ?? .max) < 450)
  }
}
