import KitMessaging
import Synchronization

/// A receiver that may learn its keys while it listens: a signed event waits while they are looked up.
final class LateReceiver: Sendable {
  private struct State {
    var receiver: Receiver
    /// Until when the keys are not looked up again, so that forged events do not become calls to the account.
    var pauseEnds: ContinuousClock.Instant?
    var wantsKeys = false
  }

  private static let pause = Duration.seconds(5)
  private let canLearn: Bool
  private let state: Mutex<State>

  /// - Parameter canLearn: whether the caller answers `wantsKeys` with `learn`.
  init(_ receiver: Receiver, canLearn: Bool) {
    self.canLearn = canLearn
    state = Mutex(State(receiver: receiver))
  }

  /// Whether an event waits for keys.
  var wantsKeys: Bool { state.withLock { $0.wantsKeys } }

  /// Continues with the keys that were found, or without any.
  func learn(_ signature: Signature?) {
    state.withLock { state in
      state.receiver.signature = signature
      state.wantsKeys = false
      state.pauseEnds = .now + LateReceiver.pause
    }
  }

  /// Judges one request, once the keys were looked up that it needs.
  func receive(method: String, headers: [(name: String, value: String)], body: [UInt8]) async -> Reception {
    let isSigned = method.uppercased() == "POST" && headers.contains { $0.name.lowercased() == "authorization" }
    if canLearn, isSigned, !Receiver.isFromPage(headers) {
      state.withLock { state in
        guard state.receiver.signature == nil, state.pauseEnds.map({ $0 <= .now }) ?? true else { return }
        state.wantsKeys = true
      }
      while wantsKeys, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
    }
    return state.withLock { $0.receiver }.receive(method: method, headers: headers, body: body)
  }
}
