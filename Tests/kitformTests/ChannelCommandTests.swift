import Provisioning
import Support
import TestServers
import Testing

/// `kitform channel` as the shipped binary runs it.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct ChannelCommandTests {
  static let manifest =
    Manifests.header + """
      channels:
        ok:
          community:
            name: OK community
            accessToken: {env: OK_COMMUNITY_TOKEN}
            redirect: {queue: Support}
        custom:
          partner-bot:
            name: Partner bot
            callbackURL: https://bots.example.com/kit/partner
            apiToken: {id: 42, value: {env: PARTNER_TOKEN}}
            redirect: {queue: Support}
          silent-bot:
            name: Silent bot
            callbackURL: https://bots.example.com/kit/silent
            apiToken: {id: 42}
            redirect: {queue: Support}

      """

  static let account = LocalKitProcess.account.replacing(
    "{id: 42, name: Bots}", with: "{id: 42, name: Bots, value: partner-token-5Hx8}")

  private func applied() async throws -> TestProject {
    let project = try TestProject(Self.manifest)
    try await project.expect(0, "apply --auto-approve")
    return project
  }

  @Test func `verify logs in and refreshes, and sends a marked message when asked to`() async throws {
    let project = try await applied()
    let plain = try await project.json(0, "channel verify custom.partner-bot")
    #expect(plain["checks"].items.map { $0["id"].string } == ["channel.login", "channel.refresh", "channel.message"])
    #expect(plain["checks"].items.map { $0["result"].string } == ["ok", "ok", "skipped"])
    #expect(plain["checks"][0]["address"].string == "custom.partner-bot")
    #expect(plain["account"]["sandbox"].bool == true)
    let full = try await project.json(0, "channel verify custom.partner-bot --message")
    #expect(full["checks"].items.allSatisfy { $0["result"].string == "ok" })
    let text = try await project.expect(0, "channel verify custom.partner-bot --message -v")
    #expect(text.output.contains("logged in: host, account name, API token and UUID belong together"))
    let calls = text.errors.split(separator: "\n").filter { $0.hasPrefix("sandbox: call ") }
    #expect(calls.count == 3, "\(text.errors)")
  }

  @Test func `what cannot be verified says why`() async throws {
    let project = try await applied()
    let silent = try await project.expect(1, "channel verify custom.silent-bot")
    #expect(silent.output.contains("does not say where its API token's text is"))
    #expect(silent.output.contains("apiToken: {id: 42, value: {env: NAME}}"))
    let both = try await project.json(1, "channel verify custom.partner-bot custom.silent-bot")
    #expect(
      both["checks"].items.map { "\($0["id"].string ?? "") \($0["result"].string ?? "")" } == [
        "channel.login ok", "channel.refresh ok", "channel.message skipped", "channel.login failed",
      ], "what was found out of the first stays")
    let other = try await project.expect(64, "channel verify custom.partner-bit")
    #expect(other.errors.contains("did you mean `custom.partner-bot`?"))
    try await project.expect(64, "channel verify ok.community")
    try await project.expect(64, "channel verify nonsense")
    try await project.expect(64, "channel verify")
    let early = try await TestProject(Self.manifest).expect(64, "channel verify custom.partner-bot")
    #expect(early.errors.contains("is not applied yet"))
  }

  @Test func `login prints times, and the token only when asked to`() async throws {
    let project = try await applied()
    let silent = try await project.json(0, "channel login custom.partner-bot")
    #expect(silent.names.contains("accessTokenExpires") && !silent.names.contains("accessToken"))
    let text = try await project.expect(0, "channel login custom.partner-bot")
    #expect(!text.all.contains("eyJ"))
    let shown = try await project.json(0, "channel login custom.partner-bot --show-token")
    #expect(shown["accessToken"].string?.hasPrefix("eyJ") == true)
    #expect((shown["accessTokenExpires"].string ?? "") < (shown["refreshTokenExpires"].string ?? ""))
  }

  @Test func `send takes a text or a whole event`() async throws {
    let project = try await applied()
    let sent = try await project.run([
      "channel", "send", "custom.partner-bot", "--client", "7", "--text", "Good day \u{1B}[31m", "-v",
    ])
    #expect(sent.exitCode == 0, "\(sent.errors)")
    #expect(sent.errors.contains(#"7 writes "Good day \u{001B}[31m""#))
    try project.workspace.write(
      #"{"client_data":{"client_id":"8"},"event_id":"e-9","event_type":"send_message","event_data":{"message":{"message_id":"m","text":"file"}}}"#,
      to: "event.json")
    let json = try await project.expect(0, "channel send custom.partner-bot --event event.json --format json -v")
    #expect(try ParsedJSON(json.output)["eventID"].string == "e-9")
    #expect(json.errors.contains(#"8 writes "file""#))
  }

  @Test func `a bad event is invalid, and what is wrong is told by path`() async throws {
    let project = try await applied()
    try project.workspace.write(
      #"{"client_data":{"client_nmae":"8"},"event_id":"e","event_type":"send_message","event_data":{"message":{"message_id":"m"}}}"#,
      to: "event.json")
    let ended = try await project.expect(3, "channel send custom.partner-bot --event event.json")
    #expect(ended.errors.contains("`client_data.client_id` is required, as a string"))
    #expect(ended.errors.contains("`client_data.client_nmae` is not a documented member"))
    try project.workspace.write(String(repeating: " ", count: 10_000_000), to: "large.json")
    try await project.expect(3, "channel send custom.partner-bot --event large.json")
    try await project.expect(3, "channel send custom.partner-bot --event missing.json")
    try await project.expect(64, "channel send custom.partner-bot --client 7")
    try await project.expect(64, "channel send custom.partner-bot --client 7 --text x --event event.json")
  }

  @Test func `sign and check-signature agree with the documented vectors`() async throws {
    var project = try TestProject(Self.manifest, options: [])
    project.environment = ["SALT": "salt", "TOKEN": "token"]
    let keys = "--salt env:SALT --token env:TOKEN"
    #expect(
      try await project.expect(0, "channel sign \(keys) --event-id 123").output == "4ed92c55868890f7370d601e46a7a1c8\n")
    #expect(try await project.expect(0, "channel sign \(keys)").output == "a090cb180a2443e95363025f5c5e206b\n")
    #expect(
      try await project.expect(0, "channel sign \(keys) --event-id 123 --spaces").output
        == "940b06c0745261d03d4470eae6a633cc\n")
    let valid = try await project.json(
      0, "channel check-signature 4ED92C55868890F7370D601E46A7A1C8 \(keys) --event-id 123")
    #expect(valid["valid"].bool == true)
    for (value, words) in [
      ("940b06c0745261d03d4470eae6a633cc", "a space after each colon"),
      ("a090cb180a2443e95363025f5c5e206b", "the signature of the test request"),
      ("Bearer", "no MD5 signature"), ("00000000000000000000000000000000", "compare salt, API token and event id"),
    ] {
      let wrong = try await project.json(3, "channel check-signature \(value) \(keys) --event-id 123")
      #expect(wrong["valid"].bool == false)
      #expect(wrong["diagnostics"][0]["suggestion"].string?.contains(words) == true, "\(value)")
    }
    try await project.expect(
      0, "channel check-signature 940b06c0745261d03d4470eae6a633cc \(keys) --event-id 123 --accept-spaces")
    let mixed = "--salt env:TOKEN --token env:SALT"
    let swapped = try await project.expect(
      3, "channel check-signature 4ed92c55868890f7370d601e46a7a1c8 \(mixed) --event-id 123")
    #expect(swapped.errors.contains("mixed up"))
    #expect(!swapped.all.contains("env:"), "no reference is repeated as a value")
    try await project.expect(64, "channel sign --salt env:SALT")
    try await project.expect(64, "channel sign --salt SALT --token TOKEN")
    try await project.expect(64, "channel sign")
    try await project.expect(1, "channel sign --salt env:NOTHING --token env:TOKEN")
  }

  @Test func `the keys of a channel are read from account and manifest`() async throws {
    let project = try await applied()
    let event = try await project.json(0, "channel sign --channel custom.partner-bot --event-id 1")
    let signature = try #require(event["signature"].string)
    try await project.expect(
      0, "channel check-signature \(signature) --channel custom.partner-bot --event-id 1")
    let other = try await project.expect(
      3, "channel check-signature \(signature) --channel custom.partner-bot --event-id 2")
    #expect(other.errors.contains("a channel that was created again has a new salt"))
    let early = try await TestProject(Self.manifest).expect(64, "channel sign --channel custom.partner-bot")
    #expect(early.errors.contains("has no salt yet"))
  }

  @Test func `apply --verify logs in to the custom channels that it touched, or to all where it has nothing to do`()
    async throws
  {
    let project = try TestProject(Self.manifest)
    let early = try await project.expect(1, "apply --auto-approve --verify")
    #expect(early.errors.contains("`custom.silent-bot` does not say where its API token's text is"))
    #expect(try await project.json(0, "plan")["summary"]["create"].int == 3, "nothing was written")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("name: Partner bot", with: "name: Partner robot", in: "kitform.yaml")
    let second = try await project.json(0, "apply --auto-approve --verify")
    #expect(second["outcome"].string == "done")
    #expect(second["checks"].items.count == 3, "the silent bot was not touched")
    let third = try await project.json(0, "apply --auto-approve --verify")
    #expect(third["outcome"].string == "no-changes")
    #expect(third["checks"].items.map { $0["address"].string } == Array(repeating: "custom.partner-bot", count: 3))
    let other = try await project.json(0, "apply --auto-approve --verify --target ok.community")
    #expect(other["checks"].items.isEmpty)
  }

  @Test func `an apply that could not be verified is not so the next time either`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    var project = try kit.project(Self.manifest)
    project.environment["PARTNER_TOKEN"] = "wrong-token-Qw91"
    for outcome in ["applied, not verified", "nothing to apply, not verified"] {
      let ended = try await project.expect(8, "apply --auto-approve --verify --target custom.partner-bot")
      #expect(ended.errors.contains(outcome), "\(ended.errors)")
    }
    try await kit.stop()
  }

  @Test func `--timeout ends a verification, a message and the reads of an apply`() async throws {
    let project = try await applied()
    try await RawServer.with({ _, _ in .silence }) { server in
      let host = "http://127.0.0.1:\(server.port)"
      var slow = try TestProject(Self.manifest.calling(host), options: [])
      slow.environment = LocalKitProcess.credentials.merging(["PARTNER_TOKEN": "partner-token-5Hx8"]) { $1 }
      var state = try StateCodec().decode(
        Array(try project.workspace.read(".kitform/sandbox/default/state.json").utf8), label: "state")
      state.account = State.AccountBinding(host: "127.0.0.1:\(server.port)", name: "acme", isSandbox: false)
      try slow.workspace.write(
        String(decoding: StateCodec().encode(state), as: UTF8.self), to: ".kitform/default/state.json")
      for (command, words) in [
        ("channel verify custom.partner-bot --timeout 2s", "no complete answer in time"),
        ("channel send custom.partner-bot --client 7 --text x --timeout 2s", "no complete answer in time"),
        ("apply --auto-approve --timeout 2s", "the time of --timeout ran out before anything was changed"),
      ] {
        let start = ContinuousClock.now
        let ended = try await slow.expect(1, command)
        #expect(ended.all.contains(words), "\(ended.all)")
        #expect(start.duration(to: .now) < .seconds(8), "four attempts of 2 s each take longer")
      }
    }
  }

  @Test func `a wrong or revoked token fails, and no output shows one`() async throws {
    let kit = try await LocalKitProcess(account: Self.account)
    var project = try kit.project(Self.manifest)
    project.environment["PARTNER_TOKEN"] = "partner-token-5Hx8"
    try await project.expect(0, "apply --auto-approve --verify --target custom.partner-bot")
    try await project.expect(0, "channel verify custom.partner-bot --message")
    project.environment["PARTNER_TOKEN"] = "wrong-token-Qw91"
    let wrong = try await project.expect(1, "channel verify custom.partner-bot -v")
    #expect(wrong.output.contains("failed"))
    #expect(wrong.output.contains("check the account name and the API token"))
    #expect(!wrong.all.contains("wrong-token-Qw91"))
    let json = try await project.json(1, "channel verify custom.partner-bot")
    #expect(json["checks"].items.map { $0["result"].string } == ["failed", "skipped", "skipped"])
    project.environment["PARTNER_TOKEN"] = nil
    let unset = try await project.expect(1, "channel login custom.partner-bot")
    #expect(unset.errors.contains("PARTNER_TOKEN is needed and has no value"))
    try await kit.stop()
    project.environment["PARTNER_TOKEN"] = "partner-token-5Hx8"
    let gone = try await project.expect(1, "channel send custom.partner-bot --client 7 --text x")
    #expect(gone.errors.contains("nothing was sent"))
    let unsent = try await project.json(1, "channel send custom.partner-bot --client 7 --text x")
    #expect(unsent["eventID"].string?.isEmpty == false)
  }

  @Test func `listen shows signed events and refuses others`() async throws {
    let project = try TestProject(Self.manifest, options: [])
    let listener = try BinaryUnderTest.start(
      [
        "channel", "listen", "--port", "0", "--count", "4", "--salt", "env:SALT", "--token", "env:TOKEN", "--format",
        "json",
      ], in: project.workspace.path, environment: ["SALT": "salt", "TOKEN": "token"])
    try await listener.wait { $0.output.contains("\n") }
    let url = try #require(try ParsedJSON(String(listener.output.prefix { $0 != "\n" }))["url"].string)
    let event =
      #"{"client_data":{"client_id":"7"},"event_id":"123","event_type":"send_message","event_data":{"sender_data":{"sender_display_name":"Ann"},"message":{"message_id":"1","text":"Hi \u001b[2J"}}}"#
    let signed = "4ed92c55868890f7370d601e46a7a1c8"
    try await WebCall.withCalls { web async throws in
      #expect(try await web.call("GET", url, authorization: "a090cb180a2443e95363025f5c5e206b").body == "OK")
      #expect(try await web.call("POST", "\(url)/kit", event, authorization: signed).body == "OK")
      #expect(try await web.call("POST", url, event, authorization: "Bearer \(signed)").body == "OK")
      #expect(try await web.call("POST", url, event, authorization: signed.replacing("4", with: "5")).status == 401)
    }
    let ended = try await listener.end(seconds: 30)
    #expect(ended.exitCode == 0)
    let lines = try ended.output.split(separator: "\n").map { try ParsedJSON(String($0)) }
    #expect(lines.map { $0["kind"].string } == [nil, "test-request", "event", "duplicate", "refused", nil])
    #expect(lines[2]["text"].string == "Hi \u{1B}[2J")
    #expect(lines[2]["path"].string == "/kit")
    #expect(!ended.output.unicodeScalars.contains("\u{1B}"))
    #expect(lines.last?["format"].string == "kitform.channel/v1")
    #expect(!ended.all.contains("salt") || !ended.all.contains("\"token\""))
  }

  @Test func `listen takes the salt of a channel that is applied while it listens`() async throws {
    let project = try TestProject(Self.manifest)
    let listener = try BinaryUnderTest.start(
      ["channel", "listen", "--count", "2", "--channel", "custom.partner-bot", "--sandbox"],
      in: project.workspace.path)
    try await listener.wait { $0.output.contains("\n") }
    let url = listener.output.split(separator: " ").first { $0.hasPrefix("http") }.map(String.init) ?? ""
    try await project.expect(0, "apply --auto-approve")
    let signature = try #require(
      try await project.json(0, "channel sign --channel custom.partner-bot --event-id 123")["signature"].string)
    let event =
      #"{"client_data":{"client_id":"7"},"event_id":"123","event_type":"send_message","event_data":{"message":{"message_id":"1","text":"Hi"}}}"#
    try await WebCall.withCalls { web async throws in
      #expect(try await web.call("POST", url, event, authorization: signature).body == "OK")
      #expect(
        try await web.call("POST", url, event, authorization: "00000000000000000000000000000000").status == 401)
    }
    let ended = try await listener.end(seconds: 30)
    #expect(ended.exitCode == 0)
    #expect(ended.errors.contains("There is no salt yet"))
  }

  @Test func `listen without keys answers the test request alone`() async throws {
    let project = try TestProject(Self.manifest)
    let listener = try BinaryUnderTest.start(
      ["channel", "listen", "--count", "3", "--channel", "custom.partner-bot", "--sandbox"],
      in: project.workspace.path)
    try await listener.wait { $0.output.contains("\n") }
    let url = listener.output.split(separator: " ").first { $0.hasPrefix("http") }.map(String.init) ?? ""
    try await WebCall.withCalls { web async throws in
      // What a web page causes does not count.
      for field in [(name: "Origin", value: "https://evil.example"), (name: "Sec-Fetch-Site", value: "cross-site")] {
        #expect(try await web.call("GET", url, fields: [field]).status == 403)
        #expect(try await web.call("POST", url, "{}", authorization: "forged", fields: [field]).status == 403)
      }
      #expect(try await web.call("HEAD", url).status == 503)
      #expect(
        try await web.call("GET", url, authorization: "unknown", fields: [(name: "Host", value: "tunnel.example")])
          .status
          == 200)
      #expect(try await web.call("POST", url, "{}", authorization: "unknown").status == 503)
    }
    let ended = try await listener.end(seconds: 30)
    #expect(ended.exitCode == 0)
    #expect(ended.errors.contains("There is no salt yet"))
    #expect(ended.output.contains("test request, not verified"))
  }
}
