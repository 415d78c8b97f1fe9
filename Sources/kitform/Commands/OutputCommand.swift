import ArgumentParser
import Basics
import KitAPI
import KitformEngine
import Manifest
import Provisioning
import Reports
import Wiring

/// `kitform output`
struct OutputCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "output",
    abstract: "Print id, UUID, message URL and, on demand, salt of managed channels.",
    discussion: "Reads the state; with --show-secrets the salt comes from the account.",
    examples: [
      "kitform output",
      "kitform output custom.partner-bot --as env",
      "kitform output custom.partner-bot --show-secrets --format json",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions

  @Argument(help: "One channel; all of them where not given.", completion: ArgumentCompletions.addresses)
  var address: String?

  @Option(name: .customLong("as"), help: ArgumentHelp("env prints NAME=value lines.", valueName: "form"))
  var form: OutputForm?

  @Flag(help: "Print salts, which sign messages.")
  var showSecrets = false

  /// Other forms than the text.
  enum OutputForm: String, ExpressibleByArgument, CaseIterable { case env }

  func validate() throws {
    guard let form, global.format == .json else { return }
    throw ValidationError("--as \(form.rawValue) and --format json are two forms of one result: give one")
  }

  func run() async throws {
    try await Invocation("output", global).run { invocation in
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      let configuration = try session.configuration()
      let state = try await session.state(configuration, calls.connection.settings)
      invocation.account = state?.account
      var entries = state?.channels ?? []
      if let address {
        entries = entries.filter { $0.address.description == address }
        guard !entries.isEmpty else {
          throw UsageFailure(
            message: "the state has no `\(SafeText.escape(address))`",
            remedy: Words.didYouMean(address, among: (state?.channels ?? []).map(\.address.description))
              ?? "see `kitform state list`")
        }
      }
      let salts = showSecrets ? try await salts(session, configuration) : [:]
      let host = configuration.account.effectiveMessagingHost ?? ""
      let outputs = entries.map {
        ChannelOutput($0, kinds: session.loaded.project.kinds, host: host, salt: salts[$0.uuid])
      }
      return CommandResult(
        .done, text: outputs.map { form == .env ? $0.variables : $0.text }.joined(),
        members: [.init("channels", .object(outputs.map { .init($0.address.description, $0.json) }))],
        exact: showSecrets ? ["channels"] : [])
    }
  }

  private func salts(_ session: Session, _ configuration: Configuration) async throws -> [String: Secret] {
    try await session.withEngine(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) {
      engine in
      do throws(RemoteFailure) { return try await engine.remote.salts() } catch { throw EngineFailure.remote(error) }
    }
  }
}

/// What Kit made of one channel.
struct ChannelOutput {
  let address: Address
  /// Name, value, in the order of the kind's outputs.
  private let values: [(name: String, value: JSONValue)]

  init(_ entry: State.Entry, kinds: [Kind], host: String, salt: Secret?) {
    address = entry.address
    values = (kinds.first { $0.name == entry.address.kind }?.outputs ?? []).compactMap { output in
      switch output.name {
      case "id": (output.name, .integer(entry.id))
      case "uuid": (output.name, .string(entry.uuid))
      case "messageURL": (output.name, .string("\(host.contains("://") ? host : "https://\(host)")/\(entry.uuid)"))
      case "salt": salt.map { (output.name, .string($0.reveal { $0 })) }
      default: nil
      }
    }
  }

  var json: JSONValue { .object(values.map { .init($0.name, $0.value) }) }

  var text: String { "\(address)\n" + values.map { "  \($0.name): \(ChannelOutput.words($0.value))\n" }.joined() }

  /// `KITFORM_CUSTOM_PARTNER_BOT_UUID=…`
  var variables: String {
    let prefix = "KITFORM_" + address.description.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    return values.map { "\(prefix)_\(ChannelOutput.variable($0.name))=\(ChannelOutput.words($0.value))\n" }.joined()
  }

  private static func words(_ value: JSONValue) -> String {
    switch value {
    case .integer(let number): String(number)
    case .string(let text): SafeText.escape(text)
    default: ""
    }
  }

  /// `messageURL` is `MESSAGE_URL`.
  private static func variable(_ name: String) -> String {
    name == "messageURL" ? "MESSAGE_URL" : name.uppercased()
  }
}
