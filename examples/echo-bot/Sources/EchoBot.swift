import Foundation
import Hummingbird
import KitMessaging

/// A bot between Kit and a messenger of its own.
///
/// Customers write to `POST /clients/ID` and read at `GET /clients/ID`. What they write goes to Kit; what agents answer
/// comes back to the callback URL, is kept for the customer, and is answered with its echo.
///
/// It reads `PORT`, `KIT_HOST`, `KIT_ACCOUNT`, `ECHO_BOT_PATH`, `ECHO_BOT_TOKEN` and, once the channel is applied,
/// `ECHO_BOT_UUID` and `ECHO_BOT_SALT`. Without the last two it answers Kit's test request and nothing else.
@main
struct EchoBot {
  static func main() async throws {
    let settings = Settings(ProcessInfo.processInfo.environment)
    let inboxes = Inboxes()
    let client = try settings.channel.map { try MessagingClient($0) }
    let receiver = Receiver(signature: settings.signature)

    let router = Router()
    router.kit("\(settings.path)", receiver: receiver) { event in
      if let echo = inboxes.take(event) { try await client?.send(echo) }
    }
    router.post("/clients/:id") { request, context in
      guard let client else { throw HTTPError(.serviceUnavailable, message: "the bot has no channel yet") }
      let id = try context.parameters.require("id")
      let text = String(buffer: try await request.body.collect(upTo: 64 * 1024))
      let event = UUID().uuidString
      do throws(MessagingError) {
        try await client.send(ClientEvent(client: Client(id: id), id: event, message: Message(id: event, text: text)))
      } catch {
        throw HTTPError(.badGateway, message: error.description)
      }
      return "sent\n"
    }
    router.get("/clients/:id") { _, context in
      inboxes.lines(of: try context.parameters.require("id")).map { "\($0)\n" }.joined()
    }

    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: settings.port)),
      onServerRunning: { channel in
        print("Listening on http://127.0.0.1:\(channel.localAddress?.port ?? settings.port)")
        fflush(nil)
      })
    do {
      try await application.runService()
      await client?.shutdown()
    } catch {
      await client?.shutdown()
      throw error
    }
  }
}

/// What the bot is told by its environment.
struct Settings {
  var port: Int
  var path: String
  /// The channel at Kit; nil until its UUID is known.
  var channel: MessagingConfiguration?
  /// The keys of Kit's signatures; nil until the salt is known.
  var signature: Signature?

  init(_ environment: [String: String]) {
    port = environment["PORT"].flatMap { Int($0) } ?? 8021
    path = environment["ECHO_BOT_PATH"] ?? "/kit/fA8sq2"
    let token = environment["ECHO_BOT_TOKEN"] ?? ""
    channel = environment["ECHO_BOT_UUID"].map { uuid in
      MessagingConfiguration(
        host: environment["KIT_HOST"] ?? "http://127.0.0.1:8020", account: environment["KIT_ACCOUNT"] ?? "acme",
        apiToken: token, channelUUID: uuid)
    }
    signature = environment["ECHO_BOT_SALT"].map { Signature(salt: $0, token: token) }
  }
}
