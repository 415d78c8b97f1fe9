import ArgumentParser
import AsyncHTTPTransport
import Provisioning
import Support
import TestServers
import Testing

@testable import kitform
import Wiring

/// How the commands of `state` reach a server: `--ca-file` and `--timeout`.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct StateConnectionTests {
  /// Every command that reaches a state, with what it ends with in a project of two applied channels.
  private static let commands: [(code: Int32, command: String)] = [
    (0, "state list"), (0, "state show"), (0, "state show ok.community"), (0, "show state"), (0, "output"),
    (0, "state pull"), (0, "state mv ok.community ok.people"), (0, "state mv ok.people ok.community"),
    (0, "state push old.json --force"), (0, "state unlock x"), (0, "state migrate"),
    (0, "state rebind --confirm-account acme"), (0, "state rm ok.community"),
  ]

  @Test func `a state behind one's own authority is reached with its certificates, by every command`() async throws {
    let certificates = try TestCertificates.all()
    let kit = try await LocalKitProcess()
    try await StateServer.with(.plain, tls: try certificates.server("good")) { server in
      let project = try kit.project(state: server.section())
      try await project.expect(0, "apply --auto-approve --ca-file \(certificates.authority)")
      let pulled = try await project.expect(0, "state pull --ca-file \(certificates.authority)")
      try project.workspace.write(pulled.output, to: "old.json")
      for (_, command) in Self.commands {
        let refused = try await project.expect(1, command)
        #expect(refused.errors.contains("not a trusted authority"), "\(command): \(refused.errors)")
      }
      for (code, command) in Self.commands {
        try await project.expect(code, "\(command) --ca-file \(certificates.authority)")
      }
    }
    try await kit.stop()
  }

  @Test func `a server that never answers is given up when the time for the whole run is over`() async throws {
    try await RawServer.with({ _, _ in .silence }) { server in
      let address = "http://127.0.0.1:\(server.port)/state"
      let project = try TestProject(
        Manifests.header + "state: {backend: http, address: \"\(address)\", lockAddress: \"\(address)/lock\"}\n",
        options: [])
      for command in ["state list", "state pull", "state unlock x", "state rm ok.community"] {
        let requests = server.log.requests.count
        let ended = try await project.expect(1, "\(command) --timeout 1s")
        #expect(ended.errors.contains(address) && ended.errors.contains("in time"), "\(command): \(ended.errors)")
        // Nothing is repeated once the time is over; a lock that may have been taken is given back all the same.
        #expect(server.log.requests.count - requests <= 2, "\(command)")
      }
    }
  }

  @Test func `an apply keeps to its time until it writes, and says that the time was up`() async throws {
    // The lock is never granted; or it is, and then nothing is read.
    for grants in [false, true] {
      try await RawServer.with({ _, text in
        grants && !text.hasPrefix("GET") ? .write(RawServer.answer()) : .silence
      }) { server in
        let address = "http://127.0.0.1:\(server.port)/state"
        var project = try TestProject(
          Manifests.two.calling("http://127.0.0.1:9")
            .replacing("channels:\n", with: "state: {backend: http, address: \"\(address)\"}\nchannels:\n"),
          options: [])
        project.environment = LocalKitProcess.credentials
        let ended = try await project.expect(1, "apply --auto-approve --timeout 1s")
        #expect(ended.errors.contains("the time of --timeout ran out"), "\(ended.errors)")
        let methods = server.log.requests.map { String($0.prefix { $0 != " " }) }
        #expect(methods == (grants ? ["LOCK", "GET", "UNLOCK"] : ["LOCK", "UNLOCK"]))
      }
    }
  }

  @Test func `no attempt to connect lasts longer than the whole run may`() throws {
    let session = Session(Invocation("plan", try GlobalOptions.parse([])), isSandbox: false)
    let short = try session.transportSettings(ConnectionOptions.parse(["--timeout", "1s"]).settings, parallelism: 1)
    #expect(short.connectTimeout == .seconds(1) && short.requestTimeout == .seconds(1))
    let long = try session.transportSettings(ConnectionOptions.parse(["--timeout", "1h"]).settings, parallelism: 1)
    #expect(long.connectTimeout == .seconds(10) && long.requestTimeout == .seconds(60))
  }

  @Test func `an answer without end is cut off at the greatest length of a state, and asked for once`() async throws {
    let chunk = String(repeating: "x", count: 65_536)
    try await RawServer.with({ _, _ in .endless(head: "HTTP/1.1 200 OK\r\n\r\n", chunk: chunk) }) { server in
      let project = try TestProject(
        Manifests.header + "state: {backend: http, address: \"http://127.0.0.1:\(server.port)/state\"}\n", options: [])
      let ended = try await project.expect(1, "state list")
      #expect(ended.errors.contains("the answer is longer than 24 MiB"), "\(ended.errors)")
      #expect(server.log.requests.count == 1)
    }
  }

  @Test func `a sign-in page in front of a state is not written over`() async throws {
    try await RawServer.with({ _, text in
      .write(text.hasPrefix("GET") ? RawServer.answer(body: "<html>Sign in</html>") : RawServer.answer())
    }) { server in
      let address = "http://127.0.0.1:\(server.port)/state"
      let project = try TestProject(
        Manifests.header + "state: {backend: http, address: \"\(address)\"}\n", options: [])
      try project.workspace.write(
        String(decoding: StateCodec().encode(StateSamples.empty()), as: UTF8.self), to: "copy.json")
      for command in ["state list", "plan", "state push --force copy.json"] {
        let ended = try await project.run(command.split(separator: " ").map(String.init))
        #expect(ended.exitCode != 0)
        #expect(!ended.errors.contains("damaged"), "\(ended.errors)")
      }
      #expect(!server.log.requests.contains { $0.hasPrefix("POST") })
    }
  }

  @Test func `a password from a variable is one line`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with(authorization: "Basic Y2k6c3RhdGUtcGFzc3dvcmQtMQ==") { server in
      var project = try kit.project(state: server.section(", username: ci"))
      project.environment["TF_HTTP_PASSWORD"] = "state-password-1\n"
      try await project.expect(0, "plan")
      project.environment["TF_HTTP_PASSWORD"] = "state-password-1\n\n"
      let refused = try await project.expect(1, "plan")
      #expect(refused.errors.contains("TF_HTTP_PASSWORD holds a control character or a second line"))
      #expect(!refused.all.contains("state-password-1"))
    }
    try await kit.stop()
  }

  @Test(arguments: ["http://localhost:9", "http://127.0.0.1:9"])
  func `a bucket cannot stand before a host that has no names below it`(endpoint: String) async throws {
    var project = try TestProject(
      Manifests.header
        + "state: {backend: s3, bucket: acme-kitform, path: a.json, endpoint: \"\(endpoint)\", pathStyle: false}\n",
      options: [])
    project.environment = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s"]
    let refused = try await project.expect(1, "state list")
    #expect(refused.errors.contains("`state.pathStyle: false` puts the bucket before"), "\(refused.errors)")
  }
}
