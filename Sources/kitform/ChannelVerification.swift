import Documents
import Foundation
import KitMessaging
import Manifest

/// Proves that a custom channel works at run time: a login, a refresh, and on demand a marked test message.
struct ChannelVerification {
  /// One step and what it proves.
  struct Check {
    /// `channel.login`, `channel.refresh` or `channel.message`.
    var id: String
    var address: Address
    var result: Result
    var message: String
    var remedy: String?

    enum Result: String { case ok, failed, skipped }

    var json: JSONValue {
      [
        "id": .string(id), "address": .string(address.description), "result": .string(result.rawValue),
        "message": .string(message), "remedy": .text(remedy),
      ]
    }

    /// One line, and a second one for what to do.
    var text: String {
      let mark = result == .ok ? "ok     " : result == .failed ? "failed " : "skipped"
      return "  \(mark)  \(message)\n" + (remedy.map { "           \($0)\n" } ?? "")
    }
  }

  /// The customer whose message a verification sends; agents see the name.
  static let client = Client(id: "kitform-verify", displayName: "Kitform test")
  static let text = "[kitform] This is a test of the channel: please ignore it."

  /// Makes at most three calls; a failed step skips the rest.
  static func run(
    _ channel: ChannelAtRunTime, _ access: MessagingAccess, sendsMessage: Bool
  ) async throws -> [Check] {
    let client = try access.client(for: channel)
    var checks: [Check] = []
    let steps: [(id: String, proof: String, run: () async throws(MessagingError) -> Void)] = [
      (
        "channel.login", "logged in: host, account name, API token and UUID belong together",
        { () async throws(MessagingError) in try await client.logIn() }
      ),
      (
        "channel.refresh", "refreshed: a bot can keep its session without the API token",
        { () async throws(MessagingError) in try await client.refresh() }
      ),
      (
        "channel.message", "sent a message of the customer `\(Self.client.id)`: the channel takes events",
        { () async throws(MessagingError) in
          let id = "kitform-\(UUID().uuidString.lowercased())"
          try await client.send(
            ClientEvent(client: Self.client, id: id, message: Message(id: id, text: Self.text)))
        }
      ),
    ]
    var failed = false
    for step in steps {
      if failed || (step.id == "channel.message" && !sendsMessage) {
        let why = failed ? "not tried, because a step before it failed" : "no message was sent: --message sends one"
        checks.append(Check(id: step.id, address: channel.address, result: .skipped, message: why))
        continue
      }
      do throws(MessagingError) {
        try await step.run()
        checks.append(Check(id: step.id, address: channel.address, result: .ok, message: step.proof))
      } catch {
        failed = true
        checks.append(
          Check(id: step.id, address: channel.address, result: .failed, message: error.message, remedy: error.remedy))
      }
    }
    return checks
  }
}

extension Invocation {
  /// Adds checks to the command's result; false where one failed.
  func show(_ checks: [ChannelVerification.Check]) -> Bool {
    members.append(.init("checks", .array(checks.map(\.json))))
    var address: Address?
    for check in checks {
      if check.address != address { text += "\(check.address)\n" }
      address = check.address
      text += check.text
    }
    return !checks.contains { $0.result == .failed }
  }
}
