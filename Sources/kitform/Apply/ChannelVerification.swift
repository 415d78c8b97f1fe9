import Basics
import FoundationEssentials
import KitMessaging
import KitformEngine
import Manifest
import Provisioning
import Reports
import Wiring

/// Proves that a custom channel works at run time: a login, a refresh, and on demand a marked test message.
struct ChannelVerification {
  /// The customer whose message a verification sends; agents see the name.
  static let client = Client(id: "kitform-verify", displayName: "Kitform test")
  static let text = "[kitform] This is a test of the channel: please ignore it."

  /// Makes at most three calls; a failed step skips the rest. A channel without a token fails at the login.
  static func run(_ channel: ChannelAtRunTime, _ access: MessagingAccess, sendsMessage: Bool) async -> [HealthCheck] {
    let client: MessagingClient
    do { client = try access.client(for: channel) } catch {
      let words = words(error)
      return [
        HealthCheck("channel.login", .failed, words.message, remedy: words.remedy, address: channel.address)
      ]
    }
    var checks: [HealthCheck] = []
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
        checks.append(HealthCheck(step.id, .skipped, why, address: channel.address))
        continue
      }
      do throws(MessagingError) {
        try await step.run()
        checks.append(HealthCheck(step.id, .ok, step.proof, address: channel.address))
      } catch {
        failed = true
        checks.append(
          HealthCheck(step.id, .failed, error.message, remedy: error.remedy, address: channel.address))
      }
    }
    return checks
  }

  private static func words(_ error: any Error) -> (message: String, remedy: String?) {
    switch error {
    case let failure as LocalFailure: (failure.message, failure.remedy)
    case let failure as EngineFailure: (failure.words.message, failure.words.remedy)
    default: (SafeText.escape("\(error)"), nil)
    }
  }
}

extension Invocation {
  /// Adds checks to the command's result; false where one failed.
  func show(_ checks: [HealthCheck]) -> Bool {
    let report = HealthReport(checks)
    members += report.members
    text += report.text(color: terminal.colorsOutput)
    return !checks.contains { $0.result == .failed }
  }
}
