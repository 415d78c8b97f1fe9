import ArgumentParser
import Basics
import Documents
import FoundationEssentials
import KitMessaging
import Manifest
import Provisioning
import StateBackends
import Wiring

/// `kitform channel`
struct ChannelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "channel", abstract: "Send messages to custom channels, and check their keys.",
    discussion:
      "The UUID comes from the state, the API token from the manifest's `apiToken.value`. No token or salt is ever an argument.",
    examples: [
      "kitform channel verify custom.partner-bot",
      "kitform channel send custom.partner-bot --client 42 --text Hello",
      "kitform channel listen --channel custom.partner-bot --port 8080",
    ],
    subcommands: [Verify.self, Login.self, Send.self, ListenCommand.self, SignCommand.self, CheckSignatureCommand.self])

  /// `kitform channel verify`
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify", abstract: "Log in to custom channels and refresh the session; exit 1 where a step fails.",
      examples: [
        "kitform channel verify custom.partner-bot",
        "kitform channel verify custom.partner-bot custom.support-bot",
        "kitform channel verify custom.partner-bot --env production --format json",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var calls: CallOptions

    @Argument(help: "Custom channels, such as custom.partner-bot.", completion: ArgumentCompletions.addresses)
    var addresses: [String]

    @Flag(help: "Send a marked test message too: agents see it.")
    var message = false

    func run() async throws {
      try await Invocation("channel", global).runSteps { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let configuration = try session.configuration()
        let state = try await session.state(configuration, calls.connection.settings)
        invocation.account = state?.account
        let channels = try addresses.map { try session.channel($0, configuration, state) }
        return try await session.withMessaging(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) {
          access in
          var checks: [HealthCheck] = []
          for channel in channels {
            checks += await ChannelVerification.run(channel, access, sendsMessage: message)
          }
          return invocation.show(checks) ? .done : .failed
        }
      }
    }
  }

  /// `kitform channel login`
  struct Login: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "login", abstract: "Log in to a custom channel and print how long the session is good for.",
      examples: [
        "kitform channel login custom.partner-bot",
        "kitform channel login custom.partner-bot --env production",
        "kitform channel login custom.partner-bot --show-token",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var calls: CallOptions

    @Argument(help: "A custom channel, such as custom.partner-bot.", completion: ArgumentCompletions.addresses)
    var address: String

    @Flag(help: "Print the access token, which sends messages to the channel.")
    var showToken = false

    func run() async throws {
      try await Invocation("channel", global).runSteps { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        return try await session.withChannel(address, calls: calls, sandbox) { channel, client in
          do throws(MessagingError) {
            let expiry = try await client.logIn()
            let token = showToken ? try await client.accessToken() : nil
            let now = Date()
            func time(_ left: Duration) -> String {
              now.addingTimeInterval(Double(left.components.seconds)).formatted(.iso8601)
            }
            let (access, refresh) = (time(expiry.accessToken), time(expiry.refreshToken))
            invocation.members = [
              .init("address", .string(channel.address.description)), .init("uuid", .string(channel.uuid)),
              .init("accessTokenExpires", .string(access)), .init("refreshTokenExpires", .string(refresh)),
            ]
            invocation.text =
              "Logged in to \(channel.address).\n  access token:  until \(access)\n  refresh token: until \(refresh)\n"
            if let token {
              invocation.exact = ["accessToken"]
              invocation.members.append(.init("accessToken", .string(token)))
              invocation.text += "  \(SafeText.escape(token))\n"
            }
            return .done
          } catch {
            return invocation.report(error, channel.address)
          }
        }
      }
    }
  }

  /// `kitform channel send`
  struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "send", abstract: "Send a customer's message to a custom channel.",
      discussion: "With --client and --text, or with the whole event as JSON in a file.",
      examples: [
        "kitform channel send custom.partner-bot --client 42 --text Hello",
        "kitform channel send custom.partner-bot --event event.json",
        "kitform channel send custom.partner-bot --client 42 --text Hello --sandbox",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var calls: CallOptions

    @Argument(help: "A custom channel, such as custom.partner-bot.", completion: ArgumentCompletions.addresses)
    var address: String

    @Option(help: ArgumentHelp("The customer's id in the service.", valueName: "id"))
    var client: String?

    @Option(help: "What the customer writes.")
    var text: String?

    @Option(help: ArgumentHelp("The event's id; a new one where not given.", valueName: "id"))
    var eventID: String?

    @Option(help: ArgumentHelp("The whole event, in the documented JSON.", valueName: "file"))
    var event: String?

    func run() async throws {
      try await Invocation("channel", global).runSteps { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let event: ClientEvent
        do throws(MessagingError) {
          event = try ClientEvent(json: try bytes(invocation))
        } catch {
          return invocation.report(error, try Address(argument: address))
        }
        return try await session.withChannel(address, calls: calls, sandbox) { channel, client in
          // Whatever comes of it: who has to send it again needs the id.
          invocation.members = [
            .init("address", .string(channel.address.description)), .init("uuid", .string(channel.uuid)),
            .init("eventID", .string(event.id)), .init("messageID", .string(event.message.id)),
            .init("clientID", .string(event.client.id)),
          ]
          do throws(MessagingError) {
            try await client.send(event)
            invocation.text = "Sent to \(channel.address): event \(SafeText.escape(event.id)).\n"
            return .done
          } catch {
            return invocation.report(error, channel.address)
          }
        }
      }
    }

    /// The event of the file, or one of the options, in its JSON.
    private func bytes(_ invocation: Invocation) throws(MessagingError) -> [UInt8] {
      guard let event else {
        let id = eventID ?? UUID().uuidString.lowercased()
        return try ClientEvent(
          client: Client(id: client ?? ""), id: id, message: Message(id: id, text: text)
        ).json()
      }
      do throws(DiskFailure) {
        if let bytes = try PosixDisk().read(invocation.surroundings.absolute(event)) { return bytes }
      } catch {
        throw MessagingError(.invalidEvent, error.words, remedy: "correct --event")
      }
      throw MessagingError(.invalidEvent, "there is no file \(SafeText.escape(event))", remedy: "correct --event")
    }

    func validate() throws {
      if event != nil {
        guard client == nil, text == nil, eventID == nil else {
          throw ValidationError("--event has the whole event: leave --client, --text and --event-id out")
        }
      } else if client == nil || text == nil {
        throw ValidationError("give --client and --text, or --event")
      }
    }
  }
}

extension Session {
  /// Runs `body` with a client for the channel of an address.
  fileprivate func withChannel(
    _ address: String, calls: CallOptions, _ sandbox: SandboxOptions,
    _ body: (ChannelAtRunTime, MessagingClient) async throws -> RunOutcome
  ) async throws -> RunOutcome {
    let configuration = try configuration()
    let state = try await state(configuration, calls.connection.settings)
    run.account = state?.account
    let channel = try channel(address, configuration, state)
    return try await withMessaging(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) { access in
      try await body(channel, try access.client(for: channel))
    }
  }
}

extension Invocation {
  /// Reports why something with a channel failed; returns how the command ends.
  func report(_ error: MessagingError, _ address: Address) -> RunOutcome {
    let isInvalid = error.cause == .invalidEvent
    diagnostics.append(
      Diagnostic(
        isInvalid ? .channelEvent : .failed, at: nil, "\(address): \(error.message)", suggestion: error.remedy))
    return isInvalid ? .invalid : .failed
  }
}
