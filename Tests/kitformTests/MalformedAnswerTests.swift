import Support
import TestServers
import Testing

/// Servers whose answers are no HTTP: an error like any other.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct MalformedAnswerTests {
  private static let heads = ["HTTP/1.1 000 x", "HTTP/1.1 099 x\r\nContent-Length: 0", "HTTP/1.1 101 x"]

  @Test(arguments: heads)
  func `from Kit`(head: String) async throws {
    try await RawServer.with({ _, _ in .write(head + "\r\n\r\n") }) { server in
      var project = try TestProject(Manifests.two.calling("http://127.0.0.1:\(server.port)"), options: [])
      project.environment = LocalKitProcess.credentials
      let ended = try await project.expect(1, "plan")
      #expect(ended.errors.contains("the answer is not HTTP"), "\(ended.errors)")
    }
  }

  @Test(arguments: heads, ["http", "s3"])
  func `from a state's server`(head: String, backend: String) async throws {
    try await RawServer.with({ _, _ in .write(head + "\r\n\r\n") }) { server in
      let host = "http://127.0.0.1:\(server.port)"
      let section =
        backend == "http" ? "address: \"\(host)/state\"" : "bucket: states, path: a.json, endpoint: \"\(host)\""
      var project = try TestProject(
        Manifests.two.calling("http://127.0.0.1:9").replacing(
          "channels:\n", with: "state: {backend: \(backend), \(section)}\nchannels:\n"),
        options: [])
      project.environment = LocalKitProcess.credentials.merging(
        ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]) { $1 }
      for command in ["plan", "apply --auto-approve"] {
        let ended = try await project.run(command.split(separator: " ").map(String.init))
        #expect((1..<100).contains(ended.exitCode), "\(ended.exitCode)")
        #expect(ended.errors.contains("the answer is not HTTP"), "\(ended.errors)")
      }
    }
  }
}
