import ArgumentParser
import FoundationEssentials
import Manifest
import Provisioning
import Wiring

/// Options of every command.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: [.customShort("C"), .customLong("directory")], help: "The project's directory.", completion: .directory)
  var directory = "."

  @Option(help: "The environment; KITFORM_ENV where not given.", completion: ArgumentCompletions.environments)
  var env: String?

  @Option(
    name: .customLong("var"),
    help: ArgumentHelp(
      "A variable and its value: 12 is a number, \"12\" with its quotes is a string. Repeatable.",
      valueName: "name=value"))
  var variables: [String] = []

  @Option(help: "text or json.")
  var format = Format.text

  @Option(help: "auto, always or never; NO_COLOR is honoured.")
  var color = Terminal.Color.auto

  @Flag(name: .shortAndLong, help: "Print more on standard error.")
  var verbose = false

  var terminal: Terminal {
    Terminal(color: color, noColor: !(Surroundings.current.environment["NO_COLOR"] ?? "").isEmpty)
  }
}

/// How results are written.
enum Format: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

extension Terminal.Color: ExpressibleByArgument {}

/// Options of commands that read an account or a state: the real ones or the sandbox's.
struct SandboxOptions: ParsableArguments {
  @Flag(help: "Use a local Kit with its own account and state, under .kitform/sandbox; no secret is read.")
  var sandbox = false

  @Option(
    help: ArgumentHelp("An account file for the sandbox; implies --sandbox.", valueName: "file"), completion: .file())
  var sandboxFile: String?

  var isSandbox: Bool { sandbox || sandboxFile != nil }
}

/// Options of commands that reach a server: the account's or the state's.
struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The longest time for the whole run, such as 10m.", valueName: "time"),
    transform: TimeSpanArgument.init(written:))
  var timeout: TimeSpanArgument?

  @Option(help: ArgumentHelp("Certificates to trust beside the system's.", valueName: "file"), completion: .file())
  var caFile: String?

  var settings: ConnectionSettings { ConnectionSettings(timeout: timeout?.duration, caFile: caFile) }
}

/// Options of commands that call the account.
struct CallOptions: ParsableArguments {
  @OptionGroup var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Calls a second; by default the profile's number, unlimited on loopback.", valueName: "n"))
  var rate: Int?

  @Option(
    name: .customLong("parallelism"), help: ArgumentHelp("Concurrent calls; 4 where not given.", valueName: "n"))
  var givenParallelism: Int?

  var parallelism: Int { givenParallelism ?? 4 }

  var settings: CallSettings {
    CallSettings(connection: connection.settings, rate: rate, parallelism: parallelism)
  }

  /// The options that are given, by name.
  var given: [String] {
    [
      ("--timeout", connection.timeout != nil), ("--ca-file", connection.caFile != nil), ("--rate", rate != nil),
      ("--parallelism", givenParallelism != nil),
    ].filter(\.1).map(\.0)
  }

  func validate() throws {
    guard (1...64).contains(parallelism) else { throw ValidationError("--parallelism is a number from 1 to 64") }
    if let rate, rate < 1 { throw ValidationError("--rate is at least 1") }
  }
}

/// The port of commands that listen.
struct PortOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The port; 0 takes a free one.", valueName: "n"))
  var port = 0

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port is a number from 0 to 65535") }
  }
}

/// Options of commands that write the state.
struct LockOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to wait for the state's lock, such as 5m; not at all where not given.", valueName: "time"),
    transform: TimeSpanArgument.init(written:))
  var lockTimeout = TimeSpanArgument(seconds: 0)
}

/// Options of commands that write to the account and the state.
struct WriteOptions: ParsableArguments {
  @OptionGroup var lock: LockOptions

  @Flag(help: "Write, although the API profile is not confirmed for this account.")
  var acceptUnconfirmedProfile = false

  @Option(
    help: ArgumentHelp("How long a new channel may take to be listed; 30s where not given.", valueName: "time"),
    transform: TimeSpanArgument.init(written:))
  var settle = TimeSpanArgument(seconds: 30)

  var use: AccountUse { .writing(acceptsUnconfirmedProfile: acceptUnconfirmedProfile) }
}

/// Options that say what a plan may do.
struct PlanningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Plan this channel alone, or all of a kind (ok.*); repeatable.", valueName: "address"),
    completion: ArgumentCompletions.addresses)
  var target: [String] = []

  @Option(
    help: ArgumentHelp("Name a deletion for the guards; repeatable.", valueName: "address"),
    completion: ArgumentCompletions.addresses)
  var allowDelete: [String] = []

  @Option(
    help: ArgumentHelp(
      "Overwrite what was changed in Kit, under guards.drift: refuse; repeatable.", valueName: "address"),
    completion: ArgumentCompletions.addresses)
  var overwriteDrift: [String] = []

  @Option(
    help: ArgumentHelp("Create a channel again that is gone from the account; repeatable.", valueName: "address"),
    completion: ArgumentCompletions.addresses)
  var recreate: [String] = []

  @Option(
    help: ArgumentHelp("Delete this channel before anything else; repeatable.", valueName: "address"),
    completion: ArgumentCompletions.addresses)
  var deleteFirst: [String] = []

  @Option(
    help: ArgumentHelp(
      "Let an update delete a value that the account does not show; repeatable.", valueName: "address.member"))
  var acceptLoss: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many channels may change their redirect, access token or callback URL, or shorten a closing time.",
      valueName: "number"))
  var allowUpdates: Int?

  @Flag(help: "A secret that does not resolve is an error.")
  var requireSecrets = false

  func validate() throws {
    if let allowUpdates, allowUpdates < 0 { throw ValidationError("--allow-updates takes a number from 0") }
    _ = try options(isDestroy: false)
  }

  /// The options that are given, by name.
  var given: [String] {
    [
      ("--target", !target.isEmpty), ("--allow-delete", !allowDelete.isEmpty),
      ("--overwrite-drift", !overwriteDrift.isEmpty), ("--recreate", !recreate.isEmpty),
      ("--delete-first", !deleteFirst.isEmpty), ("--accept-loss", !acceptLoss.isEmpty),
      ("--require-secrets", requireSecrets), ("--allow-updates", allowUpdates != nil),
    ].filter(\.1).map(\.0)
  }

  /// The options as the planner takes them.
  ///
  /// - Parameter more: addresses that are given as arguments, and mean the same as `--target`.
  func options(isDestroy: Bool, targeting more: [String] = []) throws -> PlanOptions {
    var options = PlanOptions(
      targets: try (target + more).map { text in
        guard let target = Target(text) else {
          throw ValidationError("`\(text)` is not an address such as ok.community or ok.*")
        }
        return target
      },
      allowDelete: try addresses(allowDelete), overwriteDrift: try addresses(overwriteDrift),
      recreate: try addresses(recreate), deleteFirst: try addresses(deleteFirst), isDestroy: isDestroy,
      requireSecrets: requireSecrets, allowUpdates: allowUpdates)
    for text in acceptLoss {
      let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, !parts[2].isEmpty, let address = Address("\(parts[0]).\(parts[1])") else {
        throw ValidationError("`\(text)` is not an address with a member such as custom.partner-bot.salt")
      }
      options.acceptedLosses[address, default: []].insert(String(parts[2]))
    }
    return options
  }

  private func addresses(_ texts: [String]) throws -> Set<Address> {
    Set(
      try texts.map { text in
        guard let address = Address(text) else {
          throw ValidationError("`\(text)` is not an address such as ok.community")
        }
        return address
      })
  }
}

/// A duration of the command line, in the manifests' own spelling.
struct TimeSpanArgument {
  var seconds: Int
  var duration: Duration { .seconds(seconds) }

  init(seconds: Int) { self.seconds = seconds }

  /// Reads a duration as it is written on the command line.
  init(written text: String) throws {
    guard case .seconds(let seconds) = TimeSpan.read(text) else {
      throw ValidationError(TimeSpan.problem(with: text) ?? "")
    }
    self.seconds = seconds
  }
}
