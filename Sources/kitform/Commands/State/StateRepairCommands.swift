import ArgumentParser
import Basics
import KitAPI
import KitformEngine
import Manifest
import Provisioning
import StateBackends
import Wiring

extension StateCommand {
  /// `kitform state resolve`
  struct Resolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "resolve", abstract: "Bind an address whose creation is uncertain to the channel that it made.",
      discussion:
        "For a creation whose answer was lost, where the account shows more than one channel that it may have made.",
      examples: [
        "kitform state resolve ok.community --uuid 0f6c3b52-8f0e-4d6a-9a51-2f2c0d1b7a11",
        "kitform state resolve ok.community --uuid 0f6c3b52-8f0e-4d6a-9a51-2f2c0d1b7a11 --env production",
        "kitform state resolve ok.community --uuid 0f6c3b52-8f0e-4d6a-9a51-2f2c0d1b7a11 --lock-timeout 5m",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var calls: CallOptions
    @OptionGroup var lock: LockOptions
    @Argument(help: "The address.", completion: ArgumentCompletions.addresses) var address: String
    @Option(help: "The channel's UUID, as Kit shows it.") var uuid: String

    func run() async throws {
      try await Invocation("state", global, changesThings: true).runSteps { invocation in
        let address = try Address(argument: address)
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let configuration = try session.configuration()
        return try await session.withEngine(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) {
          engine in
          let channels: [RemoteChannel]
          do throws(RemoteFailure) { channels = try await engine.remote.channels() } catch {
            throw EngineFailure.remote(error)
          }
          let resolution = Resolution(comparison: engine.comparison)
          return try await edit(
            invocation, isSandbox: sandbox.isSandbox, connection: calls.connection, options: lock,
            command: "state resolve"
          ) { state, _ in
            do throws(ResolutionFailure) {
              let resolved = try resolution.resolve(address, uuid: uuid, in: state, channels: channels)
              let serial = state.serial
              state = resolved
              state.serial = serial
            } catch {
              throw UsageFailure(message: SafeText.escape(error.words))
            }
            invocation.text = "Bound: \(address) is the channel \(SafeText.escape(state[address]?.uuid ?? uuid)).\n"
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
      discussion: "For an account that got another name or host. A state of a sandbox stays one.",
      examples: [
        "kitform state rebind --confirm-account acme",
        "kitform state rebind --confirm-account acme --env production",
        "kitform state rebind --confirm-account acme --lock-timeout 5m",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var lock: LockOptions
    @Option(help: ArgumentHelp("The new account's name, as a check.", valueName: "name")) var confirmAccount: String

    func run() async throws {
      try await Invocation("state", global, changesThings: true).runSteps { invocation in
        try await edit(
          invocation, isSandbox: false, connection: connection, options: lock, command: "state rebind",
          ofAnyAccount: true
        ) {
          state, configuration in
          let binding = try Session(invocation, isSandbox: false).binding(configuration)
          guard confirmAccount == binding.name else {
            throw UsageFailure(
              message: "--confirm-account is not the account of the manifests",
              remedy: "the manifests name `\(binding.name)`")
          }
          guard !state.account.isSandbox else {
            throw UsageFailure(
              message: "the state is that of a sandbox", remedy: "delete it and apply to the real account")
          }
          guard state.account != binding else {
            invocation.text = "The state is bound to this account already.\n"
            return .noChanges
          }
          state.account = binding
          invocation.text = "Bound to the account \(binding.name) on \(binding.host).\n"
          return .done
        }
      }
    }
  }

  /// `kitform state unlock`
  struct Unlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "unlock", abstract: "Free a lock whose holder is gone.",
      discussion:
        "Only once it is certain that its run has ended: two applies at once would undo each other. The message about the lock shows its id; an s3 lock that shows none is freed by any. A local lock ends with its process, and needs no freeing.",
      examples: [
        "kitform state unlock 5b1f0c7e-2f58-4a57-8c1a-3f1d52a3b4c5",
        "kitform state unlock 5b1f0c7e-2f58-4a57-8c1a-3f1d52a3b4c5 --env production",
        "kitform state unlock 5b1f0c7e-2f58-4a57-8c1a-3f1d52a3b4c5 --sandbox",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var connection: ConnectionOptions
    @Argument(help: "The lock's id.") var id: String

    func run() async throws {
      try await Invocation("state", global, changesThings: true).runSteps { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let store = try session.store(try session.configuration(), connection.settings)
        let unlocking: Unlocking
        do {
          // A free lock is taken for a moment, and must be released.
          unlocking = try await invocation.stoppable { _ in
            try await store.unlock(id: id, as: invocation.surroundings.lockInformation("state unlock"))
          }
        } catch let failure as StateFailure {
          throw EngineFailure.state(failure)
        }
        switch unlocking {
        case .freed(let holder):
          let words = holder.map { " of \(SafeText.escape($0.who))" } ?? ""
          invocation.text = "Freed the lock on \(store.label)\(words).\n"
          return .done
        case .wasFree:
          invocation.text =
            "The state \(store.label) is not locked, so that `\(SafeText.escape(TypedArguments.current.hidden(in: id)))` has nothing to free.\n"
          return .noChanges
        }
      }
    }
  }
}
