import AsyncHTTPTransport
import Foundation
import Support
import Synchronization
import TestServers
import Transport

/// One process of the fuzzer: servers, and a client that calls them.
struct Serving {
  let seed: UInt64

  /// The answer of that number.
  static func answer(seed: UInt64, number: Int) -> RandomAnswer {
    var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(number))
    return RandomAnswer(using: &random)
  }

  /// Makes so many requests, or as many as there is time for.
  func run(requests: Int, until end: ContinuousClock.Instant) async throws {
    let certificates = try TestCertificates.all()
    let tls = try certificates.server("good")
    let count = Mutex(0)
    let next: @Sendable () -> RandomAnswer = { [seed] in
      let number = count.withLock { count in
        count += 1
        return count
      }
      FileHandle.standardOutput.write(Data("\(number)\n".utf8))
      return Serving.answer(seed: seed, number: number)
    }
    var settings = AsyncHTTPTransport.TransportSettings()
    settings.parallelism = Serving.workers
    settings.idleTimeout = .milliseconds(60)
    settings.requestTimeout = .milliseconds(400)
    settings.connectTimeout = .milliseconds(400)
    settings.bodyLimit = 1 << 16
    settings.trustRoots = try TrustRoots(caFile: certificates.authority, environment: [:])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for front in [RandomServer.Front.plain, .tls(tls), .proxy(tls)] {
        group.addTask { [settings] in try await serve(front, settings, requests / 3, until: end, next) }
      }
      try await group.waitForAll()
    }
  }

  /// How many requests to one server run at once: most of them wait.
  private static let workers = 8

  private func serve(
    _ front: RandomServer.Front, _ settings: AsyncHTTPTransport.TransportSettings, _ requests: Int,
    until end: ContinuousClock.Instant, _ next: @escaping @Sendable () -> RandomAnswer
  ) async throws {
    try await RandomServer.with(front, next: next) { server in
      var settings = settings
      if case .proxy = front {
        settings.proxies = try ProxySettings(environment: ["HTTPS_PROXY": "http://u:p@127.0.0.1:\(server.port)"])
      }
      try await AsyncHTTPTransport.withTransport(settings) { transport in
        try await withThrowingTaskGroup(of: Void.self) { group in
          for worker in 0..<Serving.workers {
            group.addTask {
              var random = SeededGenerator(seed: seed &+ UInt64(worker))
              for _ in 0..<requests / Serving.workers where ContinuousClock.now < end {
                try await call(front, server.port, transport, &random)
              }
            }
          }
          try await group.waitForAll()
        }
      }
    }
  }

  /// One request; what comes of it is an answer of 200 or more, or a failure.
  private func call(
    _ front: RandomServer.Front, _ port: Int, _ transport: AsyncHTTPTransport, _ random: inout SeededGenerator
  ) async throws {
    let method = ["GET", "POST", "POST", "PUT", "HEAD", "DELETE"].randomElement(using: &random) ?? "GET"
    let size = method == "POST" || method == "PUT" ? [0, 10, 300_000].randomElement(using: &random) ?? 0 : 0
    var request = HTTPRequest(
      method: method, scheme: "https", host: "127.0.0.1", port: port, path: "/x",
      body: [UInt8](repeating: UInt8(ascii: "r"), count: size))
    switch front {
    case .plain: request.scheme = "http"
    case .tls: break
    case .proxy: (request.host, request.port) = ("kit.example.test", nil)
    }
    // A failure is as good as an answer: only the process must not end.
    guard let response = try? await transport.send(request) else { return }
    guard response.status >= 200, response.body.count <= 1 << 16 else {
      throw BinaryUnderTest.Problem(description: "status \(response.status), \(response.body.count) bytes")
    }
  }
}
