import Support
import TestServers
import Testing

/// How the commands of `state` reach a server: `--ca-file` and `--timeout`.
@Suite(.startsProcesses, .timeLimit(.minutes(20)))
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
}
