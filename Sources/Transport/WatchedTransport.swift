import Synchronization

/// Passes every request on, and reports when it went out and what came of it.
package struct WatchedTransport: Transport {
  private let transport: any Transport
  private let report: @Sendable (CallEvent) -> Void
  private let numbers = Numbers()

  /// - Parameter report: called from any task, and often from an event loop: it must not block.
  package init(_ transport: any Transport, report: @escaping @Sendable (CallEvent) -> Void) {
    self.transport = transport
    self.report = report
  }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let number = numbers.next()
    let start = ContinuousClock.now
    report(.sent(number, CallLabel(request)))
    do throws(TransportFailure) {
      let response = try await transport.send(request)
      report(.ended(number, CallLabel(request), outcome: "\(response.status)", after: start.duration(to: .now)))
      return response
    } catch {
      report(.ended(number, CallLabel(request), outcome: error.description, after: start.duration(to: .now)))
      throw error
    }
  }

  private final class Numbers: Sendable {
    private let count = Mutex(0)

    func next() -> Int {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }
}

/// Something that people wait for, as it happens.
package enum CallEvent: Sendable, Equatable {
  /// An attempt was handed to the network; the number is its own.
  case sent(Int, CallLabel)
  /// It has an answer, whose status the outcome is, or none.
  case ended(Int, CallLabel, outcome: String, after: Duration)
  /// The call rests for so long before its next attempt; the outcome is that of the last one.
  case resting(CallLabel, outcome: String, for: Duration, attempt: Int)
}

/// How a call is named in messages: never by its query, its fields or its body, which may hold secrets.
package struct CallLabel: Sendable, Equatable {
  package var method: String
  /// With the port where the URL has one.
  package var host: String
  package var path: String
  /// Which part of a listing it reads; nil for anything else.
  package var part: String?

  package init(_ request: HTTPRequest) {
    method = request.method
    host = request.host + (request.port.map { ":\($0)" } ?? "")
    path = request.path
    part = request.part
  }
}
