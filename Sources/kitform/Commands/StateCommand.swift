import ArgumentParser
import Documents
import KitAPI
import KitformEngine
import Manifest
import Provisioning
import StateBackends

/// `kitform state`
struct StateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "Look at the state, and mend it.",
    subcommands: [List.self, Show.self, Remove.self, Resolve.self, Rebind.self])

  /// `kitform state list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Print the addresses of managed channels.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let state = try await session.state(try session.configuration())
        invocation.account = state?.account
        let addresses = (state?.channels ?? []).map(\.address.description)
        invocation.text = addresses.map { "\($0)\n" }.joined()
        invocation.members = [.init("channels", .array(addresses.map { .string($0) }))]
        return .done
      }
    }
  }

  /// `kitform state show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print the state, or one channel of it.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @Argument(help: "One channel; the whole state where not given.") var address: String?

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        try await showState(invocation, sandbox, address: try address.map(parseAddress))
      }
    }
  }

  /// `kitform state rm`
  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rm", abstract: "Forget a channel: it stays in Kit, and is no longer managed.",
      discussion: "A protected channel is not forgotten; take `protect` away and apply first.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var lock: LockOptions
    @Argument(help: "The channel.") var address: String

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        let address = try parseAddress(address)
        return try await edit(invocation, isSandbox: sandbox.isSandbox, lock, command: "state rm") { state, _ in
          guard let entry = state[address] else {
            throw UsageFailure(message: "the state has no `\(address)`", remedy: "see `kitform state list`")
          }
          guard !entry.isProtected else {
            invocation.diagnostics.append(
              Diagnostic(
                Rule.removedProtected.id, at: nil, "`\(address)` is protected and is not forgotten",
                suggestion: "remove `protect: true`, apply, then forget it"))
            return .refused
          }
          state[address] = nil
          invocation.text = "Forgotten: \(address). The channel \(entry.uuid) stays in Kit.\n"
          return .done
        }
      }
    }
  }

  /// `kitform state resolve`
  struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve", abstract: "Bind an address whose creation is uncertain to the channel that it made.",
      discussion:
        "For a creation whose answer was lost, where the account shows more than one channel that it may have made.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var calls: CallOptions
    @OptionGroup var lock: LockOptions
    @Argument(help: "The address.") var address: String
    @Option(help: "The channel's UUID, as Kit shows it.") var uuid: String

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        let address = try parseAddress(address)
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let configuration = try session.configuration()
        return try await session.withEngine(configuration, calls: calls, sandboxFile: sandbox.sandboxFile) { engine in
          let channels: [RemoteChannel]
          do throws(RemoteFailure) { channels = try await engine.remote.channels() } catch {
            throw EngineFailure.remote(error)
          }
          let resolution = Resolution(comparison: engine.comparison)
          return try await edit(invocation, isSandbox: sandbox.isSandbox, lock, command: "state resolve") { state, _ in
            do throws(ResolutionFailure) {
              let resolved = try resolution.resolve(address, uuid: uuid, in: state, channels: channels)
              let serial = state.serial
              state = resolved
              state.serial = serial
            } catch {
              throw UsageFailure(message: SafeText.escape(error.words))
            }
            invocation.text = "Bound: \(address) is the channel \(SafeText.escape(uuid)).\n"
            return .done
          }
        }
      }
    }
  }

  /// `kitform state rebind`
  struct Rebind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "rebind", abstract: "Bind the state to the account that the manifests name now.",
      discussion: "For an account that got another name or host. A state of a sandbox stays one.")

    @OptionGroup var global: GlobalOptions
    @OptionGroup var lock: LockOptions
    @Option(help: ArgumentHelp("The new account's name, as a check.", valueName: "name")) var confirmAccount: String

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        try await edit(invocation, isSandbox: false, lock, command: "state rebind") { state, configuration in
          let settings = configuration.account
          guard let name = settings.name?.value, let host = settings.effectiveAPIHost,
            let origin = try? Origin(written: host)
          else { throw UsageFailure(message: "the manifests name no account", remedy: "complete `account`") }
          guard confirmAccount == name else {
            throw UsageFailure(
              message: "--confirm-account is not the account of the manifests", remedy: "the manifests name `\(name)`")
          }
          let binding = State.AccountBinding(
            host: origin.host + (origin.port.map { ":\($0)" } ?? ""), name: name, isSandbox: false)
          guard !state.account.isSandbox else {
            throw UsageFailure(
              message: "the state is that of a sandbox", remedy: "delete it and apply to the real account")
          }
          guard state.account != binding else {
            invocation.text = "The state is bound to this account already.\n"
            return .noChanges
          }
          state.account = binding
          invocation.text = "Bound to the account \(name) on \(binding.host).\n"
          return .done
        }
      }
    }
  }
}

/// Reads an address of the command line.
func parseAddress(_ text: String) throws -> Address {
  guard let address = Address(text) else {
    throw UsageFailure(message: "`\(SafeText.escape(text))` is not an address", remedy: "write it like ok.community")
  }
  return address
}

/// Changes the state under its lock; nothing is written unless the change ends as done.
private func edit(
  _ invocation: Invocation, isSandbox: Bool, _ options: LockOptions, command: String,
  _ change: (inout State, Configuration) throws -> RunOutcome
) async throws -> RunOutcome {
  let session = Session(invocation, isSandbox: isSandbox)
  let configuration = try session.configuration()
  let store = session.store(configuration)
  do {
    let lock = try await store.lock(
      invocation.surroundings.lockInformation(command), timeout: options.lockTimeout.duration, stop: Stop())
    do {
      guard var state = try await lock.read() else {
        throw UsageFailure(message: "there is no state yet", remedy: "apply first")
      }
      let outcome = try change(&state, configuration)
      if outcome == .done {
        state.serial += 1
        try await lock.write(state)
      }
      await lock.release()
      return outcome
    } catch {
      await lock.release()
      throw error
    }
  } catch let failure as StateFailure {
    throw EngineFailure.state(failure)
  }
}
