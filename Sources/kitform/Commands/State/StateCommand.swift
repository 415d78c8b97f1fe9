import ArgumentParser
import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import Wiring

/// `kitform state`
struct StateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "Show and repair the state.",
    examples: [
      "kitform state list",
      "kitform state show ok.community",
      "kitform state pull",
    ],
    subcommands: [
      List.self, ShowState.self, Remove.self, MoveState.self, Pull.self, Push.self, Migrate.self, Unlock.self,
      Resolve.self,
      Rebind.self,
    ])

  /// `kitform state list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Print the addresses of managed channels.",
      examples: [
        "kitform state list",
        "kitform state list --env production",
        "kitform state list --sandbox --format json",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let state = try await session.state(try session.configuration(), connection.settings)
        invocation.account = state?.account
        let addresses = (state?.channels ?? []).map(\.address.description)
        return CommandResult(
          .done, text: addresses.map { "\($0)\n" }.joined(),
          members: [.init("channels", .array(addresses.map { .string($0) }))])
      }
    }
  }

  /// `kitform state show`
  struct ShowState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print the state, or one channel of it.",
      discussion: "Also a state of another account: the output names it.",
      examples: [
        "kitform state show",
        "kitform state show ok.community",
        "kitform state show ok.community --format json",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "One channel; the whole state where not given.", completion: ArgumentCompletions.addresses)
    var address: String?

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        try await showState(invocation, sandbox, connection, address: try address.map { try Address(argument: $0) })
      }
    }
  }

  /// `kitform state rm`
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Forget channels: they stay in Kit, and are no longer managed.",
      discussion:
        "All of them or none. A protected channel is not forgotten; remove `protect: true` and apply first.",
      examples: [
        "kitform state rm ok.archive",
        "kitform state rm ok.archive custom.old-bot",
        "kitform state rm ok.archive --lock-timeout 5m",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var lock: LockOptions
    @Argument(help: ArgumentHelp("The channels.", valueName: "address"), completion: ArgumentCompletions.addresses)
    var addresses: [String]

    func run() async throws {
      try await Invocation("state", global, changesThings: true).runSteps { invocation in
        var addresses: [Address] = []
        for address in try self.addresses.map({ try Address(argument: $0) }) where !addresses.contains(address) {
          addresses.append(address)
        }
        return try await edit(
          invocation, isSandbox: sandbox.isSandbox, connection: connection, options: lock, command: "state rm"
        ) {
          state, _ in
          let unknown = addresses.filter { state[$0] == nil }
          if let first = unknown.first {
            throw UsageFailure(
              message: "the state has no \(Words.list(unknown.map(\.description)))",
              remedy: Words.didYouMean(first.description, among: state.channels.map(\.address.description))
                ?? "see `kitform state list`")
          }
          let removed = addresses.map { "\($0): {destroy: false}" }.joined(separator: ", ")
          try state.checkAtRest(
            remedy:
              "to keep \(addresses.count == 1 ? "the channel" : "the channels") in Kit, take \(addresses.count == 1 ? "it" : "them") out of `channels`, write `removed: {\(removed)}` and run `kitform apply`: it ends that run and forgets the channel\(addresses.count == 1 ? "" : "s")"
          )
          let protected = addresses.filter { state[$0]?.isProtected ?? false }
          guard protected.isEmpty else {
            invocation.diagnostics += protected.map { address in
              Diagnostic(
                .removedProtected, at: nil, "`\(address)` is protected and is not forgotten",
                suggestion: "remove `protect: true`, apply, then forget it")
            }
            return .refused
          }
          for address in addresses {
            guard let entry = state[address] else { continue }
            state[address] = nil
            invocation.text += "Forgotten: \(address). The channel \(entry.uuid) stays in Kit.\n"
          }
          return .done
        }
      }
    }
  }
}
