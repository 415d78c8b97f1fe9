import Synchronization
package import Transport

/// A transport that fails one request, or every one from there on, in a way that a test chooses.
package final class FaultyTransport: Transport {
  /// What becomes of a request.
  package enum Fault: Sendable, CaseIterable {
    /// It never leaves.
    case notSent
    /// It is lost on its way, and nobody knows.
    case lost
    /// It takes effect, and the answer is lost.
    case unanswered
    /// It takes effect, and the answer is 500.
    case failedAfter
    /// It takes no effect, and the answer is 503.
    case unavailable
  }

  private let inner: any Transport
  private let fault: Fault
  private let numbers: ClosedRange<Int>
  private let count = Mutex(0)

  /// - Parameter numbers: the requests that fail, counted from 1.
  package init(_ inner: any Transport, _ fault: Fault, at numbers: ClosedRange<Int>) {
    self.inner = inner
    self.fault = fault
    self.numbers = numbers
  }

  /// How many requests came.
  package var calls: Int { count.withLock { $0 } }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let number = count.withLock { count in
      count += 1
      return count
    }
    guard numbers.contains(number) else { return try await inner.send(request) }
    switch fault {
    case .notSent: throw .notSent(.connectionRefused)
    case .lost: throw .ambiguous(.timeout)
    case .unanswered:
      _ = try await inner.send(request)
      throw .ambiguous(.reset)
    case .failedAfter:
      _ = try await inner.send(request)
      return HTTPResponse(status: 500)
    case .unavailable: return HTTPResponse(status: 503)
    }
  }
}
