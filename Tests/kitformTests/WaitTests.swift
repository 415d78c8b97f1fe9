import Support
import TestServers
import Testing
import Transport

/// What a command that waits says of it, and how it ends when a lock cannot be given back.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct WaitTests {
  @Test func `a lock that is waited for is named with its holder and the end of the wait, once`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with(.plain) { server in
      let project = try kit.project(state: server.section())
      server.lockByAnother()
      for command in ["apply --auto-approve --lock-timeout 3s", "state rm ok.community --lock-timeout 3s"] {
        let held = try await project.run(command.split(separator: " ").map(String.init))
        #expect(held.exitCode == 7)
        #expect(held.errors.ranges(of: "Waiting for the lock on").count == 1, "\(held.errors)")
        #expect(held.errors.contains("ann@laptop") && held.errors.contains(" UTC, "), "\(held.errors)")
      }
      let impatient = try await project.expect(7, "apply --auto-approve")
      #expect(!impatient.errors.contains("Waiting for"))
    }
    try await kit.stop()
  }

  @Test func `a pause that the server asks for is said with its length and its end`() async throws {
    let kit = try await LocalKitProcess(options: ["--fault", "429:2@1"])
    let project = try kit.project()
    let ended = try await project.expect(0, "plan")
    #expect(ended.errors.contains("429; try 2 of 4 in 2.000 s, at "), "\(ended.errors)")
    try await kit.stop()
  }

  @Test func `with -v each call is listed, without query, fields or secrets`() async throws {
    let kit = try await LocalKitProcess(options: ["--fault", "503@1"])
    let project = try kit.project()
    let ended = try await project.expect(0, "plan -v")
    let host = kit.url.dropFirst("http://".count)
    let lines = ended.errors.split(separator: "\n").filter { $0.hasPrefix("POST \(host)/api/v3/") }
    #expect(lines.contains { $0.contains(": 200 (") && $0.hasSuffix(" s)") }, "\(ended.errors)")
    #expect(lines.contains { $0.contains(": 503 (") }, "\(ended.errors)")
    #expect(lines.contains { $0.contains(": 503; try 2 of 4 in ") }, "\(ended.errors)")
    #expect(lines.contains { $0.contains("(page 1)") })
    #expect(!ended.errors.contains("?") && !ended.errors.contains("domain="))
    for secret in LocalKitProcess.credentials.values { #expect(!ended.errors.contains(secret)) }
    let quiet = try await project.expect(0, "plan")
    #expect(!quiet.errors.contains("POST "))
    try await kit.stop()
  }

  @Test func `a long listing says once how many calls are answered and which page is next`() async throws {
    let kit = try await DocumentedKit(many: 997)
    let project = try kit.project()
    let ended = try await project.expect(0, "plan -v --parallelism 2")
    let lines = ended.errors.split(separator: "\n").filter { $0.hasPrefix("Reading from ") }
    #expect(lines.count == 1, "\(ended.errors)")
    let words =
      #/Reading from 127\.0\.0\.1:\d+ for \d\.\d{3} s: \d+ calls are answered, POST .*searchChannels \(page \d+ of 20\) is next\. It goes on until the last page\./#
    #expect(try lines.first.map { try words.wholeMatch(in: $0) != nil } == true, "\(lines)")
    let pages = kit.calls.filter { $0[0].hasSuffix("searchChannels") }
    #expect(pages.count >= 20)
    try await kit.stop()
  }

  @Test(arguments: ["", " -v"])
  func `a server that is silent is named, with the end of the wait`(_ option: String) async throws {
    try await RawServer.with({ _, _ in .silence }) { server in
      let host = "http://127.0.0.1:\(server.port)"
      var project = try TestProject(Manifests.two.calling(host), options: [])
      project.environment = LocalKitProcess.credentials
      let ended = try await project.expect(1, "plan --timeout 3s\(option)")
      #expect(ended.errors.contains("Waiting for an answer to POST 127.0.0.1:\(server.port)/"), "\(ended.errors)")
      #expect(ended.errors.contains("at most until "), "\(ended.errors)")
    }
  }

  @Test func `a place of the state that is silent is named, with the end of the wait`() async throws {
    try await RawServer.with({ _, _ in .silence }) { server in
      let kit = try await LocalKitProcess()
      let section = "state: {backend: http, address: \"http://127.0.0.1:\(server.port)/state\"}\n"
      let ended = try await kit.project(state: section).expect(1, "plan --timeout 3s")
      #expect(ended.errors.contains("Waiting for an answer to GET 127.0.0.1:\(server.port)/state"), "\(ended.errors)")
      try await kit.stop()
    }
  }

  @Test func `a proxy's refusal of the password ends the command after one tunnel`() async throws {
    try await RawServer.with({ _, _ in .write(RawServer.answer("407 Proxy Authentication Required")) }) { proxy in
      var project = try TestProject(Manifests.two, options: [])
      project.environment = LocalKitProcess.credentials
      project.environment["HTTPS_PROXY"] = "http://user:pr0xy-s3cret@127.0.0.1:\(proxy.port)"
      let ended = try await project.expect(1, "plan -v")
      #expect(ended.errors.contains("wants a user name and password, or other ones"), "\(ended.errors)")
      #expect(!ended.all.contains("pr0xy-s3cret"))
      #expect(proxy.log.requests.count == 1)
    }
  }

  /// The answer of a server that gives no lock back; nil for other requests.
  @Sendable private func keepsLocks(_ request: HTTPRequest) -> HTTPResponse? {
    request.path.hasSuffix("/lock") && ["DELETE", "UNLOCK"].contains(request.method) ? HTTPResponse(status: 501) : nil
  }

  @Test func `a lock that cannot be given back is a warning with its remedy, and exit 7`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with(.plain, disturb: keepsLocks) { server in
      let project = try kit.project(state: server.section())
      let applied = try await project.json(7, "apply --auto-approve")
      #expect(applied["outcome"].string == "locked")
      #expect(server.bytes != nil)
      let id = try #require(server.holder)
      let next = try await project.expect(7, "apply --auto-approve")
      #expect(next.errors.contains("kitform state unlock \(id)"))
    }
    try await StateServer.with(.plain, disturb: keepsLocks) { server in
      let project = try kit.project(state: server.section())
      let doctor = try await project.run(["doctor"])
      #expect(doctor.output.contains("it can be taken but not freed"), "\(doctor.output)")
    }
    try await kit.stop()
  }
}
