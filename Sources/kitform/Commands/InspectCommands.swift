import ArgumentParser
import Basics
import KitProfile
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

// Circle with Kitform.swift: the root lists its commands, and `completion` prints the scripts of the root.

/// `kitform show`
struct ShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Read a saved plan, or the state.",
    examples: [
      "kitform show plan.json",
      "kitform show state --env production",
      "kitform show plan.json --format json",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "A file that `kitform plan --out` wrote, or `state`.", completion: .file())
  var what: String

  func run() async throws {
    try await Invocation("show", global).run { invocation in
      if what == "state" { return try await showState(invocation, sandbox, connection, address: nil) }
      let file = try readPlanFile(invocation.surroundings.absolute(what), for: invocation)
      invocation.environment = file.plan.environment
      invocation.account = file.plan.account
      let text =
        "Plan for the environment \(SafeText.escape(file.plan.environment)) of the account \(SafeText.escape(file.plan.account.name)) on \(SafeText.escape(file.plan.account.host))\(file.plan.account.isSandbox ? " (sandbox)" : ""), made by Kitform \(SafeText.escape(file.tool))\(file.commit.map { " of commit \(SafeText.escape($0))" } ?? "").\n\n"
        + PlanText(color: invocation.terminal.colorsOutput, columns: invocation.terminal.outputColumns).render(
          file.plan)
      return CommandResult(.done, text: text, members: PlanJSON.members(file.plan))
    }
  }
}

/// The state, or one entry of it, as the result of a command.
func showState(
  _ invocation: Invocation, _ sandbox: SandboxOptions, _ connection: ConnectionOptions, address: Address?
) async throws -> CommandResult {
  let session = Session(invocation, isSandbox: sandbox.isSandbox)
  let configuration = try session.configuration()
  session.learnSecrets(configuration)
  let store = try session.store(configuration, connection.settings)
  let state = try await session.stateOfAnyAccount(store)
  invocation.account = state?.account
  let entries = (state?.channels ?? []).filter { address == nil || $0.address == address }
  if let address, entries.isEmpty {
    throw UsageFailure(message: "the state has no `\(address)`", remedy: "see `kitform state list`")
  }
  return CommandResult(
    .done, text: StateText.render(state, entries, label: store.label), members: StateJSON.members(state, entries))
}

extension Session {
  /// The state of an environment, read without a lock and without a call to the account, which it must belong to.
  func state(_ configuration: Configuration, _ connection: ConnectionSettings) async throws -> State? {
    let store = try store(configuration, connection)
    let state = try await stateOfAnyAccount(store)
    try state?.check(
      belongsTo: try binding(configuration), environment: configuration.environment, label: store.label)
    return state
  }

  /// The state as it is, of any account: for showing it and for a copy, which name the account.
  func stateOfAnyAccount(_ store: any StateStore) async throws -> State? {
    do throws(StateFailure) {
      return try await store.read()
    } catch {
      throw EngineFailure.state(error)
    }
  }
}

/// `kitform environments`
struct EnvironmentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "environments", abstract: "Print the environments' names, for a pipeline's matrix.",
    examples: [
      "kitform environments",
      "kitform environments --format json",
      "kitform environments -C channels",
    ])

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await Invocation("environments", global).run { invocation in
      let session = Session(invocation, isSandbox: false)
      guard !session.loaded.project.documents.isEmpty else {
        return CommandResult(.invalid, findings: session.loaded.project.findings.list)
      }
      let names = session.loaded.project.environments
      return CommandResult(
        .done, text: names.map { "\($0)\n" }.joined(),
        members: [.init("environments", .array(names.map { .string($0) }))])
    }
  }
}

/// `kitform profile`
struct ProfileCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "The API profile: what is assumed of the Kit API.",
    examples: [
      "kitform profile show",
      "kitform profile show > kit-profile.yaml",
      "kitform profile allow",
    ],
    subcommands: [Show.self, Allow.self])

  /// `kitform profile show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print the API profile in use.",
      discussion: "A file of one's own begins with this one: kitform profile show > kit-profile.yaml",
      examples: [
        "kitform profile show",
        "kitform profile show > kit-profile.yaml",
        "kitform profile show --format json",
      ])

    @OptionGroup var global: GlobalOptions

    func run() async throws {
      try await Invocation("profile", global).run { invocation in
        let session = Session(invocation, isSandbox: false)
        try session.checkRefusal()
        let profile: APIProfile
        if session.loaded.project.documents.isEmpty {
          profile = APIProfile.builtIn
        } else {
          profile = try session.profile(try session.configuration())
        }
        return CommandResult(
          .done, text: profile.rendered,
          members: [
            .init("name", .string(profile.name)), .init("status", .string(profile.status.rawValue)),
            .init("profile", .string(profile.rendered)),
          ])
      }
    }
  }
}

/// `kitform completion`
struct CompletionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion", abstract: "Print the script that completes kitform's commands and options in a shell.",
    discussion: "For example, in ~/.bashrc: source <(kitform completion bash)",
    examples: [
      "kitform completion bash",
      "kitform completion zsh > _kitform",
      "kitform completion fish > kitform.fish",
    ])

  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish

    var kind: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @OptionGroup var global: GlobalOptions

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  func run() async throws {
    try await Invocation("completion", global).run { _ in
      let script = Kitform.completionScript(for: shell.kind)
      return CommandResult(
        .done, text: script, members: [.init("shell", .string(shell.rawValue)), .init("script", .string(script))])
    }
  }
}

/// `kitform version`
struct VersionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "Print the version.",
    discussion: "With --format json also the commit that the binary was built from; null for a build of a checkout.",
    examples: [
      "kitform version",
      "kitform version --format json",
      "kitform version --format json | jq -r .commit",
    ])

  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await Invocation("version", global).run { _ in
      CommandResult(
        .done, text: Version.text + "\n",
        members: [
          .init("version", .string(Version.number)), .init("commit", Version.commit.map { .string($0) } ?? .null),
        ])
    }
  }
}
