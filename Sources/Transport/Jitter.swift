import Synchronization

/// Draws waits from a generator that tasks share.
final class Jitter: Sendable {
  private let generator: Mutex<any RandomNumberGenerator & Sendable>

  init(_ generator: any RandomNumberGenerator & Sendable) {
    self.generator = Mutex(generator)
  }

  /// A duration from the range, each microsecond as likely as the next.
  func draw(_ range: ClosedRange<Duration>) -> Duration {
    let low = Jitter.microseconds(range.lowerBound)
    let high = Jitter.microseconds(range.upperBound)
    return .microseconds(generator.withLock { $0.draw(low...max(low, high)) })
  }

  private static func microseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
  }
}

extension RandomNumberGenerator {
  /// Opens the existential that `Int64.random` does not take.
  fileprivate mutating func draw(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &self)
  }
}
