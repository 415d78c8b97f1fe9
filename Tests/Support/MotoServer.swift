/// The S3 of moto, a model of Amazon's services that is not ours, as a process.
package enum MotoServer {
  /// Serves one request at a time, as its conditional writes look first and write then; says its port.
  private static let script = """
    import signal
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    from moto.server import DomainDispatcherApplication, create_backend_app
    from moto.s3.models import s3_backends
    from werkzeug.serving import make_server
    s3_backends["123456789012"]["aws"].create_bucket("states", "us-east-1")
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
    print(server.port, flush=True)
    server.serve_forever()
    """

  /// The interpreter that has moto, or nil.
  package static func python() async -> String? {
    guard let python = BinaryUnderTest.tool("python3"),
      let ended = try? await BinaryUnderTest.run(
        ["-c", "import moto.server, flask"], in: "/", executable: python), ended.exitCode == 0
    else { return nil }
    return python
  }

  /// Runs `body` with the port of a server that has the bucket `states`.
  package static func with<Value>(python: String, _ body: (Int) async throws -> Value) async throws -> Value {
    let workspace = try Workspace()
    let server = try BinaryUnderTest.start(["-c", script], in: workspace.path, executable: python)
    do {
      try await server.wait { $0.output.contains("\n") }
      guard let port = Int(server.output.prefix { $0 != "\n" }) else {
        throw BinaryUnderTest.Problem(description: "moto said \(server.output)")
      }
      let value = try await body(port)
      try await server.stop()
      return value
    } catch {
      try? await server.stop()
      throw error
    }
  }
}
