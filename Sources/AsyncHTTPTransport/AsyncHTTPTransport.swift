import AsyncHTTPClient
import Basics
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Transport

/// The real transport: HTTP/1.1 over TCP and TLS 1.2 or later, through async-http-client.
///
/// A request goes out once: the library repeats neither requests nor, as set here, the setting up of connections, and follows
/// no redirect. Everything of one transport runs on one event loop, so that "did the request leave?" has one order of
/// events and one answer.
///
/// It owns its connections: `shutdown()` has to be called on every path, or `withTransport` used, which does.
package final class AsyncHTTPTransport: Transport {
  /// What a transport is made with.
  package struct TransportSettings: Sendable {
    /// How many requests are in progress at once; more wait for their turn.
    package var parallelism = 4
    /// The longest time for name look-up, TCP, proxy and TLS together.
    package var connectTimeout: Duration = .seconds(10)
    /// The longest silence of a server that owes an answer or the rest of one.
    package var idleTimeout: Duration = .seconds(30)
    /// The longest time from dialling to the end of the answer.
    package var requestTimeout: Duration = .seconds(60)
    /// How long a connection is kept for the next request: less than the five seconds after which common servers close
    /// theirs, because a create on a connection that dies under it has an unknown outcome.
    package var keptIdle: Duration = .seconds(4)
    /// The greatest length of an answer's body in bytes.
    package var bodyLimit = 8 << 20
    package var trustRoots = TrustRoots.system
    package var proxies = ProxySettings.none
    /// How long a server may owe the first byte of an answer.
    package var answerLimit: Duration { min(idleTimeout, requestTimeout) }

    package init() {}
  }

  /// What requests call themselves.
  package static let userAgent = "kitform"

  private let settings: TransportSettings
  private let eventLoop: any EventLoop
  private let direct: HTTPClient
  private let proxied: HTTPClient?
  private let turnstile: Turnstile
  private let admission = ProxyAdmission()
  private let departures = Departures()
  /// Where a request is sent and its answer taken without a change of threads; nothing may block there.
  package let executor: any TaskExecutor

  package init(_ settings: TransportSettings = TransportSettings()) {
    self.settings = settings
    let eventLoop = MultiThreadedEventLoopGroup.singleton.any()
    self.eventLoop = eventLoop
    executor = EventLoopExecutor(eventLoop)
    turnstile = Turnstile(places: settings.parallelism)
    var configuration = HTTPClient.Configuration(
      tlsConfiguration: settings.trustRoots.configuration,
      redirectConfiguration: .disallow,
      timeout: .init(connect: TimeAmount(settings.connectTimeout), read: TimeAmount(settings.idleTimeout)),
      connectionPool: .init(
        idleTimeout: TimeAmount(settings.keptIdle),
        concurrentHTTP1ConnectionsPerHostSoftLimit: max(1, settings.parallelism)),
      decompression: .disabled)
    configuration.httpVersion = .http1Only
    configuration.tracing.tracer = nil
    configuration.connectionPool.retryConnectionEstablishment = false
    configuration.http1_1ConnectionDebugInitializer = { [departures] channel in
      DepartureGate.add(to: channel, departures).flatMap { AnswerGuard.add(to: channel) }
    }
    direct = HTTPClient(eventLoopGroup: eventLoop, configuration: configuration)
    proxied = settings.proxies.https.map { proxy in
      configuration.proxy = .server(
        host: proxy.host, port: proxy.port,
        authorization: proxy.credentials.map { .basic(username: $0.user, password: $0.password) })
      return HTTPClient(eventLoopGroup: eventLoop, configuration: configuration)
    }
  }

  /// Runs `body` with a transport and shuts it down afterwards, whatever `body` does.
  package static func withTransport<Value>(
    _ settings: TransportSettings = TransportSettings(), _ body: (AsyncHTTPTransport) async throws -> Value
  ) async rethrows -> Value {
    let transport = AsyncHTTPTransport(settings)
    do {
      let value = try await body(transport)
      await transport.shutdown()
      return value
    } catch {
      await transport.shutdown()
      throw error
    }
  }

  /// Closes every connection; requests in progress fail. A second call does nothing.
  package func shutdown() async {
    try? await direct.shutdown()
    try? await proxied?.shutdown()
  }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let outgoing = try OutgoingRequest(request)
    let result: Result<HTTPResponse, TransportFailure>
    do {
      result = try await turnstile.pass {
        guard self.proxy(for: outgoing) != nil else { return await self.attempt(outgoing) }
        return try await self.admission.attempt { await self.attempt(outgoing) }
      }
    } catch {
      throw .cancelled
    }
    return try result.get()
  }

  private func proxy(for outgoing: OutgoingRequest) -> ProxySettings.Proxy? {
    settings.proxies.proxy(scheme: outgoing.scheme, host: outgoing.host, port: outgoing.port)
  }

  /// Sends a request from its place in the turnstile.
  private func attempt(_ outgoing: OutgoingRequest) async -> Result<HTTPResponse, TransportFailure> {
    guard !Task.isCancelled else { return .failure(.cancelled) }
    var wasKept = false
    let proxy = proxy(for: outgoing)
    let collector = AnswerCollector(limit: settings.bodyLimit)
    let departure = outgoing.mayLeave.map { departures.announce($0) }
    do {
      defer { if let departure { wasKept = departures.forget(departure) } }
      let client = proxy == nil ? direct : proxied ?? direct
      let task = client.execute(
        request: try outgoing.libraryRequest(departure: departure), delegate: collector,
        deadline: .now() + TimeAmount(settings.requestTimeout))
      return .success(
        try await withTaskCancellationHandler {
          try await task.get()
        } onCancel: {
          task.cancel()
        })
    } catch {
      if wasKept { return .failure(.cancelled) }
      let reader = FailureReader(progress: collector.progress, host: outgoing.host, proxy: proxy)
      switch reader.read(error) {
      case .settled(let failure): return .failure(failure)
      case .certificate(let fault):
        var chain: [CertificateFacts] = []
        if proxy == nil {
          chain = await CertificateProbe(
            host: outgoing.host, port: outgoing.port, trustRoots: settings.trustRoots, eventLoop: eventLoop,
            timeout: TimeAmount(settings.connectTimeout)
          ).presentedChain()
        }
        return .failure(
          .notSent(.certificate(CertificateWords.describe(fault, chain: chain, host: outgoing.host, proxy: proxy))))
      }
    }
  }
}

/// A request that was checked and waits to be handed to the library.
private struct OutgoingRequest: Sendable {
  let scheme: String
  let host: String
  let port: Int
  private let url: String
  private let method: String
  private let headers: HTTPHeaders
  private let body: [UInt8]
  let mayLeave: (@Sendable () -> Bool)?

  /// - Throws: `TransportFailure.notSent` for plain http beyond this machine and for a target or field that HTTP does not
  ///   allow.
  init(_ request: HTTPRequest) throws(TransportFailure) {
    guard request.scheme == "https" || request.scheme == "http" else {
      throw .notSent(.unsendable("the scheme is neither https nor http"))
    }
    guard request.scheme == "https" || HostClass.isLoopback(request.host) else {
      throw .notSent(.unsendable("plain http is allowed to this machine only; use https"))
    }
    let host = request.host.utf8.contains(UInt8(ascii: ":")) ? "[\(request.host)]" : request.host
    let query = request.query.isEmpty ? "" : "?\(request.query)"
    url = "\(request.scheme)://\(host)" + (request.port.map { ":\($0)" } ?? "") + request.path + query
    do {
      let parts = try URLParts(url, limit: .max)
      guard parts.userInfo == nil, parts.fragment == nil, parts.path == request.path, parts.path.hasPrefix("/") else {
        throw URLParts.Problem.host
      }
      scheme = parts.scheme
      self.host = parts.host
      port = parts.effectivePort
    } catch {
      throw .notSent(.unsendable("the request's host, path or query holds characters that are not allowed in a URL"))
    }
    let isToken: (String) -> Bool = { text in
      !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }
    guard isToken(request.method) else {
      throw .notSent(.unsendable("the method has characters that HTTP does not allow"))
    }
    var headers = HTTPHeaders()
    for (name, value) in request.headers {
      guard isToken(name), value.utf8.allSatisfy({ $0 == 9 || ($0 >= 0x20 && $0 != 0x7f) }) else {
        throw .notSent(.unsendable("a header field has a control character or a name that HTTP does not allow"))
      }
      headers.add(name: name, value: value)
    }
    if !headers.contains(name: "User-Agent") { headers.add(name: "User-Agent", value: AsyncHTTPTransport.userAgent) }
    self.headers = headers
    method = request.method
    body = request.body
    mayLeave = request.mayLeave
  }

  /// - Parameter departure: the name by which the gate knows the request.
  func libraryRequest(departure: String?) throws -> HTTPClient.Request {
    var headers = headers
    if let departure { headers.add(name: Departures.field, value: departure) }
    return try HTTPClient.Request(
      url: url, method: HTTPMethod(rawValue: method), headers: headers, body: body.isEmpty ? nil : .bytes(body))
  }
}

extension TimeAmount {
  /// A duration in whole nanoseconds.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
  }
}
