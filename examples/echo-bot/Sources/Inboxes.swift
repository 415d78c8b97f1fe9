import Foundation
import KitMessaging
import Synchronization

/// What customers would see in their messenger.
final class Inboxes: Sendable {
  private let all = Mutex<[String: [String]]>([:])

  /// The last lines of a customer, at most a hundred.
  func lines(of client: String) -> [String] { all.withLock { $0[client] ?? [] } }

  /// Keeps what an event says, and returns the echo to an agent's message.
  ///
  /// Bots get none: two bots that answer each other never end.
  func take(_ event: KitEvent) -> ClientEvent? {
    switch event.content {
    case .message(let message, let sender):
      let text = message.text ?? ""
      keep("\(sender?.displayName ?? "agent"): \(text)", for: event.clientID)
      guard sender?.isBot != true else { return nil }
      let id = UUID().uuidString
      return ClientEvent(
        client: Client(id: event.clientID), id: id, message: Message(id: id, text: "Echo: \(text)"))
    case .conversationClosed(let reason, _):
      keep("closed: \(reason.wireName)", for: event.clientID)
      return nil
    case .unknown: return nil
    }
  }

  private func keep(_ line: String, for client: String) {
    all.withLock { $0[client, default: []] = ($0[client, default: []] + [line]).suffix(100) }
  }
}
