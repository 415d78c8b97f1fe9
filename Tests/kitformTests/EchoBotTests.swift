import Support
import Testing

/// `examples/echo-bot` end to end: a local Kit, the shipped binary, and the bot, each a process of its own.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct EchoBotTests {
  private static let token = "echo-token-9Tz4"
  private static let account = """
    format: kitform.account/v1
    name: acme
    apiTokens:
      - {id: 41, name: Deploy, value: full-token-Zq7vK2-of-thirty-two-bytes}
      - {id: 42, name: Echo bot, value: \(token)}
    queues: [{id: 12, title: Support, maxWaitingTime: 600}]

    """

  /// The bot as a process, once it listens.
  private struct Bot {
    let running: BinaryUnderTest.Running
    let url: String

    init(_ environment: [String: String], in directory: String) async throws {
      running = try BinaryUnderTest.start([], in: directory, environment: environment, executable: "EchoBot")
      try await running.wait { $0.output.contains("Listening on ") && $0.output.hasSuffix("\n") }
      let line = running.output.split(separator: "\n").first { $0.hasPrefix("Listening on ") } ?? ""
      url = String(line.dropFirst("Listening on ".count))
    }

    var port: String { String(url.split(separator: ":").last ?? "") }
  }

  @Test func `plan, apply, test request, message in, answer out, closed`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    var project = try TestProject(example: "echo-bot", options: ["--env", "local"])
    project.environment = ["KIT_API_TOKEN": "full-token-Zq7vK2-of-thirty-two-bytes", "ECHO_BOT_TOKEN": Self.token]
    var environment = ["PORT": "0", "KIT_HOST": kit.url, "ECHO_BOT_TOKEN": Self.token]

    // The bot first, without keys: Kit will call it.
    let first = try await Bot(environment, in: project.workspace.path)
    try project.workspace.replace("http://127.0.0.1:8020", with: kit.url, in: "kitform.yaml")
    try project.workspace.replace("http://127.0.0.1:8021", with: first.url, in: "kitform.yaml")
    try await project.expect(2, "plan --detailed-exitcode")
    let applied = try await project.json(0, "apply --auto-approve --verify")
    #expect(applied["outcome"].string == "done")
    #expect(applied["checks"][0]["result"].string == "ok")
    let test = try await event("testRequest", of: kit)
    #expect(test["outcome"].string == "the callback answered 200")
    #expect(test["signed"].bool == true)

    // Then the bot with what `output` tells, at the same address.
    let output = try await project.json(0, "output --show-secrets")
    let channel = output["channels"]["custom.echo"]
    environment["ECHO_BOT_UUID"] = channel["uuid"].string
    environment["ECHO_BOT_SALT"] = channel["salt"].string
    environment["PORT"] = first.port
    try await first.running.stop()
    let bot = try await Bot(environment, in: project.workspace.path)

    try await WebCall.withCalls { web async throws in
      #expect(try await web.call("POST", "\(bot.url)/clients/7", "Is anybody there?").body == "sent\n")
      let conversations = try ParsedJSON(try await web.call("GET", "\(kit.url)/sandbox/conversations").body)
      #expect(conversations["conversations"][0]["clientID"].string == "7")
      #expect(conversations["conversations"][0]["messages"][0]["text"].string == "Is anybody there?")

      func desk(_ path: String, _ body: String) async throws -> ParsedJSON {
        let answer = try await web.call("POST", "\(kit.url)/sandbox/\(path)", body)
        #expect(answer.status == 200, "\(answer.body)")
        return try ParsedJSON(answer.body)
      }
      let reply = try await desk("conversations/1/reply", #"{"text":"Good day"}"#)
      #expect(reply["deliveries"][0]["outcome"].string == "the callback answered 200")
      #expect(try await web.call("GET", "\(bot.url)/clients/7").body == "Sandbox agent: Good day\n")
      let answered = try ParsedJSON(try await web.call("GET", "\(kit.url)/sandbox/conversations/1").body)
      #expect(
        answered["conversation"]["messages"].items.map { $0["text"].string } == [
          "Is anybody there?", "Good day", "Echo: Good day",
        ])

      // A repeated event is handled once.
      #expect(
        try await desk("conversations/1/repeat", "{}")["deliveries"][0]["outcome"].string
          == "the callback answered 200")
      #expect(try await web.call("GET", "\(bot.url)/clients/7").body == "Sandbox agent: Good day\n")

      // Somebody who has not the keys gets nowhere.
      let forged =
        #"{"client_data":{"client_id":"7"},"event_id":"x","event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#
      let callback = "\(bot.url)/kit/fA8sq2"
      #expect(
        try await web.call("POST", callback, forged, authorization: String(repeating: "0", count: 32)).status == 401)

      // The closing time of the manifest (an hour) elapses on the sandbox's clock.
      #expect(try await desk("clock", #"{"advance":3590}"#)["deliveries"].items.isEmpty)
      let closed = try await desk("clock", #"{"advance":20}"#)
      #expect(closed["deliveries"][0]["type"].string == "close_conversation")
      #expect(
        try await web.call("GET", "\(bot.url)/clients/7").body
          == "Sandbox agent: Good day\nclosed: CLOSED_BY_CLIENT_TIMEOUT\n")

      // More than 15 minutes have passed for the bot's session: it renews it by itself.
      #expect(try await web.call("POST", "\(bot.url)/clients/7", "Once more").body == "sent\n")
      #expect(try await desk("conversations/2/close", "{}")["conversation"]["status"].string == "closed")
      #expect(try await web.call("GET", "\(bot.url)/clients/7").body.hasSuffix("closed: CLOSED_BY_AGENT\n"))
    }
    try await bot.running.stop()
    let text = try kit.events.map { $0["event"].string ?? "" }
    #expect(text.contains("message") && text.contains("delivery") && text.contains("closed"))
    let saved = try await kit.stop()
    #expect(!saved.contains(Self.token), "tokens are in the file as hashes")
  }

  private func event(_ name: String, of kit: LocalKitProcess) async throws -> ParsedJSON {
    for _ in 0..<500 {
      if let found = try? kit.events.first(where: { $0["event"].string == name }) { return found }
      try await Task.sleep(for: .milliseconds(20))
    }
    throw BinaryUnderTest.Problem(description: "no event \(name)")
  }

  @Test func `the example is valid in both environments, and stands in a sandbox`() async throws {
    let project = try TestProject(example: "echo-bot", options: [])
    #expect(try await project.json(0, "validate --strict")["channels"].int == 1)
    try await project.expect(0, "apply --env production --sandbox --auto-approve --verify")
  }

  @Test func `a local Kit made from the project says how to set its tokens`() async throws {
    let project = try TestProject(example: "echo-bot", options: [])
    let kit = try BinaryUnderTest.start(["sandbox", "--env", "local"], in: project.workspace.path)
    try await kit.wait { $0.output.contains("Listening") }
    let exports = kit.errors.split(whereSeparator: { $0 == " " || $0 == "\n" }).filter { $0.contains("TOKEN=") }
    #expect(exports.map { $0.prefix { $0 != "=" } } == ["KIT_API_TOKEN", "ECHO_BOT_TOKEN"])
    try await kit.stop()
  }
}
