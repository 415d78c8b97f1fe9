import AsyncHTTPClient
import Basics
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Transport

/// Reads the errors of the network libraries as `TransportFailure`.
///
/// What decides between *not sent* and *ambiguous* is never the error's kind but how far the request came.
struct FailureReader {
  let progress: AnswerCollector.RequestProgress
  let host: String
  let proxy: ProxySettings.Proxy?

  /// A failure, or a certificate whose fault has still to be put in words.
  enum FailureReading {
    case settled(TransportFailure)
    case certificate(CertificateWords.CertificateFault)
  }

  func read(_ error: any Error) -> FailureReading {
    if let error = error as? AnswerCollector.TooLarge { return .settled(.ambiguous(.tooLarge(limit: error.limit))) }
    if progress.sent { return .settled(.ambiguous(ambiguous(error))) }
    if let error = error as? HTTPClientError, error == .cancelled { return .settled(.cancelled) }
    if let fault = FailureReader.certificateFault(error) { return .certificate(fault) }
    return .settled(.notSent(notSent(error)))
  }

  private static func certificateFault(_ error: any Error) -> CertificateWords.CertificateFault? {
    if let error = error as? NIOSSLExtraError {
      if error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch { return .wrongHost }
      return nil
    }
    switch error as? NIOSSLError {
    case .unableToValidateCertificate: return .wrongHost
    case .noCertificateToValidate: return .notTrusted
    case .handshakeFailed(let reason):
      return String(describing: reason).contains("CERTIFICATE_VERIFY_FAILED") ? .notTrusted : nil
    default: return nil
    }
  }

  // MARK: before the request left

  private func notSent(_ error: any Error) -> TransportFailure.NotSentReason {
    let reason = connection(error)
    guard let proxy else { return reason }
    let words: String
    switch reason {
    case .proxy, .proxyCredentials, .tls, .certificate, .unsendable: return reason
    case .nameNotFound: words = "the host's name was not found"
    case .connectionRefused: words = "it refused the connection"
    case .connectTimeout: words = "it did not answer in time"
    case .other(let message): words = message
    }
    return .proxy("the proxy \(proxy.description): \(words)")
  }

  private func connection(_ error: any Error) -> TransportFailure.NotSentReason {
    switch error {
    case let error as HTTPClientError: return client(error)
    case let error as NIOConnectionError:
      if let first = error.connectionErrors.first { return connection(first.error) }
      return error.dnsAError != nil || error.dnsAAAAError != nil ? .nameNotFound : .other("no address to connect to")
    case is SocketAddressError, is SocketAddressError.UnknownHost: return .nameNotFound
    case ChannelError.connectTimeout: return .connectTimeout
    case let error as IOError:
      switch error.errnoCode {
      case ECONNREFUSED: return .connectionRefused
      case ETIMEDOUT: return .connectTimeout
      case ENETUNREACH, EHOSTUNREACH: return .other("there is no route to the server")
      case EMFILE, ENFILE: return .other("too many files and connections are open on this machine")
      case ECONNRESET, EPIPE: return .other("the server reset the connection before the request was sent")
      default: return .other("the connection failed (errno \(error.errnoCode))")
      }
    case let error as NIOSSLError: return .tls(FailureReader.tls(error))
    default: return .other("the connection failed (\(type(of: error)))")
    }
  }

  private func client(_ error: HTTPClientError) -> TransportFailure.NotSentReason {
    let proxy = proxy.map { "the proxy \($0.description)" } ?? "the proxy"
    switch error {
    case .connectTimeout, .getConnectionFromPoolTimeout, .deadlineExceeded, .tlsHandshakeTimeout: return .connectTimeout
    case .httpProxyHandshakeTimeout: return .proxy("\(proxy) did not open the tunnel in time")
    case .proxyAuthenticationRequired:
      return .proxyCredentials("\(proxy) wants a user name and password, or other ones")
    case .invalidProxyResponse: return .proxy("\(proxy) refused to open a tunnel to the server")
    case .remoteConnectionClosed: return .other("the server closed the connection before the request was sent")
    case .alreadyShutdown: return .other("the connections were closed already")
    default: return .other(error.shortDescription)
    }
  }

  /// What a broken handshake means; BoringSSL's words are matched, never shown.
  private static func tls(_ error: NIOSSLError) -> String {
    guard case .handshakeFailed(let reason) = error else { return "TLS could not be set up" }
    let words = String(describing: reason)
    let table: [(mark: String, meaning: String)] = [
      ("EOF during handshake", "it closed the connection while TLS was being set up"),
      ("PROTOCOL_VERSION", "it speaks no TLS 1.2 or later"), ("UNSUPPORTED_PROTOCOL", "it speaks no TLS 1.2 or later"),
      ("WRONG_VERSION_NUMBER", "it does not speak TLS on this port"),
      ("HTTP_REQUEST", "it does not speak TLS on this port"),
      ("HANDSHAKE_FAILURE", "it and Kitform have no TLS cipher in common"),
      ("UNRECOGNIZED_NAME", "it serves no such host name"), ("CERTIFICATE_REQUIRED", "it wants a client certificate"),
    ]
    return table.first { words.contains($0.mark) }?.meaning ?? "the TLS handshake failed"
  }

  // MARK: after the request may have left

  private func ambiguous(_ error: any Error) -> TransportFailure.AmbiguousReason {
    let end: TransportFailure.AmbiguousReason =
      progress.answered ? .badAnswer("the answer broke off before its end") : .endOfStream
    switch error {
    case let error as HTTPClientError:
      switch error {
      case .deadlineExceeded, .readTimeout, .writeTimeout: return .timeout
      case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled: return end
      case .cancelled: return .other("cancelled while the answer was outstanding")
      default: return .other(error.shortDescription)
      }
    case let error as IOError:
      return error.errnoCode == ECONNRESET || error.errnoCode == EPIPE
        ? .reset : .other("the connection failed (errno \(error.errnoCode))")
    case let error as HTTPParserError:
      switch error {
      case .invalidEOFState, .closedConnection: return end
      case .headerOverflow: return .badAnswer("the answer's header is too large")
      default: return .badAnswer("the answer is not HTTP")
      }
    case is NIOHTTPDecoderError: return .badAnswer("the server sent more than one answer")
    case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.eof, ChannelError.inputClosed:
      return end
    case let error as NIOSSLError:
      return error == .uncleanShutdown ? end : .other("TLS failed while the answer was outstanding")
    default: return .other("the connection failed (\(type(of: error)))")
    }
  }
}
