import ArgumentParser
import Basics
import KitMessaging
import KitSandboxServer
import KitformEngine
import Logging
import Provisioning
import Synchronization
import Transport
import Wiring

/// `kitform channel listen`
struct ListenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "listen",
    abstract: "Receive a custom channel's callbacks on this machine: show events as they arrive.",
    discussion:
      "Answers OK to Kit's test request and to every event whose signature is right; anything else is refused and shown. Requests that a web page caused (with an Origin, or a Sec-Fetch-Site other than none) are refused and not counted. Without keys it answers a GET as the test request, and nothing else, as a bot does before it knows its salt; that of --channel is looked up again when a signed event comes. It listens on 127.0.0.1: put a tunnel or a reverse proxy with HTTPS in front of it.",
    examples: [
      "kitform channel listen --channel custom.partner-bot --port 8080",
      "kitform channel listen --channel custom.partner-bot --sandbox",
      "kitform channel listen --channel custom.partner-bot --format json",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var listening: PortOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var keys: KeyOptions

  @Flag(help: "Accept signatures with a space after each colon too.")
  var acceptSpaces = false

  @Option(help: ArgumentHelp("End after this many requests.", valueName: "n"))
  var count: Int?

  func run() async throws {
    try await Invocation("channel", global, writesLines: true).runSteps { invocation in
      let keys = try await keys.keys(invocation, sandbox, calls)
      if keys == nil {
        invocation.terminal.note(
          "There is no salt yet: the test request is answered with OK, events are refused until there is one.")
      }
      let receiver = LateReceiver(
        Receiver(signature: keys?.signature, acceptsSpaces: acceptSpaces), canLearn: self.keys.address != nil)
      let stop = Stop()
      let interrupts = Interrupts(stop) { _ in }
      defer { withExtendedLifetime(interrupts) {} }
      let left = Mutex(count)
      let terminal = invocation.terminal
      let isJSON = global.format == .json
      do {
        try await CallbackListener.run(port: listening.port, logger: .quiet) { request in
          let reception = await receiver.receive(method: request.method, headers: request.headers, body: request.body)
          let line = ReceptionLine(reception, path: request.path)
          if isJSON {
            try? terminal.writeLine(CanonicalJSON.encode(terminal.known.redact(line.json)))
          } else {
            try? terminal.write(line.text)
          }
          // A page that comes by must not end the listener.
          if reception != .refused(.webPage) { left.withLock { $0 = $0.map { $0 - 1 } } }
          let response = reception.response
          return HTTPResponse(
            status: response.status, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array(response.body.utf8))
        } body: { port in
          let url = "http://127.0.0.1:\(port)"
          if isJSON {
            try terminal.writeLine(CanonicalJSON.encode(["event": "listening", "url": .string(url)]))
          } else {
            try terminal.write("Listening on \(url) (Ctrl-C ends it)\n")
          }
          while stop.reason == nil, left.withLock({ ($0 ?? 1) > 0 }) {
            if receiver.wantsKeys { receiver.learn(await laterKeys(invocation)) }
            try await Task.sleep(for: .milliseconds(50))
          }
          // The last answer is still on its way.
          if stop.reason == nil { try await Task.sleep(for: .milliseconds(200)) }
        }
      } catch let failure as ListenFailure {
        throw LocalFailure(message: "\(failure)", remedy: "choose another --port, or 0 for a free one")
      }
      return .done
    }
  }

  /// The keys that the channel has by now; an error is reported, and the listener continues.
  private func laterKeys(_ invocation: Invocation) async -> Signature? {
    let known = invocation.diagnostics
    defer { invocation.diagnostics = known }
    do {
      return try await keys.keys(invocation, sandbox, calls)?.signature
    } catch {
      let words = (error as? EngineFailure)?.words.message ?? (error as? LocalFailure)?.message ?? "\(error)"
      invocation.terminal.note("The salt cannot be read: \(SafeText.escape(words))")
      return nil
    }
  }

  func validate() throws {
    if let count, count < 1 { throw ValidationError("--count is at least 1") }
  }
}

/// One request to a callback, for people and as JSON.
struct ReceptionLine {
  let reception: Reception
  let path: String

  init(_ reception: Reception, path: String) {
    self.reception = reception
    self.path = path
  }

  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("event", "received"), .init("path", .string(path)), .init("status", .integer(reception.response.status)),
    ]
    switch reception {
    case .event(let event): members += [.init("kind", "event")] + ReceptionLine.members(event)
    case .duplicate(let event): members += [.init("kind", "duplicate")] + ReceptionLine.members(event)
    case .testRequest(let isVerified):
      members += [.init("kind", "test-request"), .init("verified", .bool(isVerified))]
    case .refused(let refusal):
      members += [.init("kind", "refused"), .init("verified", false), .init("reason", .string(refusal.description))]
    }
    return .object(members)
  }

  private static func members(_ event: KitEvent) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("verified", true), .init("id", .string(event.id)), .init("clientID", .string(event.clientID)),
    ]
    switch event.content {
    case .message(let message, let sender):
      members += [
        .init("type", "send_message"), .init("text", .text(message.text)),
        .init("attachments", .integer(message.payload.count)), .init("sender", .text(sender?.displayName)),
        .init("senderType", .text(sender?.type)),
      ]
    case .conversationClosed(let reason, _):
      members += [.init("type", "close_conversation"), .init("reason", .string(reason.wireName))]
    case .unknown(let type): members.append(.init("type", .string(type)))
    }
    return members
  }

  var text: String {
    switch reception {
    case .event(let event): SafeText.escape(ReceptionLine.words(event)) + "\n"
    case .duplicate(let event): SafeText.escape("again: " + ReceptionLine.words(event)) + "\n"
    case .testRequest(let isVerified): "test request\(isVerified ? "" : ", not verified: there is no salt yet")\n"
    case .refused(let refusal):
      SafeText.escape("refused with \(refusal.status): \(refusal.description)") + "\n"
    }
  }

  private static func words(_ event: KitEvent) -> String {
    switch event.content {
    case .message(let message, let sender):
      let files = message.payload.isEmpty ? "" : " with \(message.payload.count) attachments"
      return
        "\(sender?.displayName ?? sender?.type ?? "somebody") to \(event.clientID): \"\(message.text ?? "")\"\(files)"
    case .conversationClosed(let reason, _): return "conversation with \(event.clientID) closed: \(reason.wireName)"
    case .unknown(let type): return "event \(event.id) of the type \(type)"
    }
  }
}
