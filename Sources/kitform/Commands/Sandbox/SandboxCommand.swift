import ArgumentParser
import AsyncHTTPTransport
import Basics
import Documents
import FoundationEssentials
import KitProfile
import KitSandbox
import KitSandboxServer
import KitformEngine
import Logging
import Manifest
import Provisioning
import StateBackends
import Wiring

/// `kitform sandbox`
struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Run a local Kit that answers the profile's API, until Ctrl-C.",
    discussion:
      "Point `account.apiHost` and `messagingHost` at its address. Without --file it has the account that the project's manifests name, in memory. The account's token is that of --token-file; with --file it is kept in FILE.token, otherwise each start makes a new one; it is printed as the line to export. Requests that a web page may have caused are refused: Host must be 127.0.0.1, localhost or [::1] with the port, or a name of --allow-host. An agent's side is at /sandbox/conversations: GET shows them; POST to /sandbox/conversations/N/reply, …/close and …/repeat, and {\"advance\": seconds} to /sandbox/clock, as application/json.",
    examples: [
      "kitform sandbox",
      "kitform sandbox --port 8090",
      "kitform sandbox --file account.json --port 8090",
    ],
    subcommands: [SetField.self])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var listening: PortOptions

  @Option(
    help: ArgumentHelp("Keep the account in this file, which is created if it does not exist.", valueName: "file"))
  var file: String?

  @Option(help: ArgumentHelp("Read the account's token from this file.", valueName: "file"))
  var tokenFile: String?

  @Option(help: ArgumentHelp("Answer requests for this host too, on any port.", valueName: "name"))
  var allowHost: [String] = []

  @Option(help: ArgumentHelp("Serve this API profile.", valueName: "file"))
  var profile: String?

  @Option(help: ArgumentHelp("How long to wait before each answer.", valueName: "ms"))
  var latency = 0

  @Option(help: ArgumentHelp("How long listings leave out a created channel.", valueName: "ms"))
  var lateVisibility = 0

  @Option(help: ArgumentHelp("Refuse calls above this rate with 429.", valueName: "per second"))
  var rateLimit: Int?

  @Option(help: ArgumentHelp("Fail calls on purpose: \(Faults.FaultRule.forms).", valueName: "rule"))
  var fault: [String] = []

  @Flag(help: "Send test requests to callback URLs anywhere, not on loopback alone.")
  var dialAnywhere = false

  func run() async throws {
    let invocation = Invocation("sandbox", global)
    try await invocation.runSteps { invocation in
      let session = Session(invocation, isSandbox: true)
      var (account, tokenValues, standIns, isKnown) = try account(session)
      let credential = try credential(&account, isKnown: isKnown, invocation)
      if let credential {
        invocation.terminal.note(
          "The account's token is `\(credential.value)`: export KIT_API_TOKEN=\(credential.value)")
      }
      for line in standIns { invocation.terminal.note(SafeText.escape(line)) }
      let sandbox = Sandbox(
        account: account, profile: try servedProfile(session), faults: try faults(), tokenValues: tokenValues,
        epoch: Surroundings.seconds())
      try await serve(sandbox, credential, invocation)
      return .done
    }
  }

  /// The token that lets clients in; nil where the file's account knows others and none was asked for.
  private func credential(
    _ account: inout Account, isKnown: Bool, _ invocation: Invocation
  ) throws -> SandboxCredential? {
    let place = try file.map { try invocation.outputPath($0) }
    var credential: SandboxCredential?
    if let tokenFile {
      credential = try .read(invocation.surroundings.absolute(tokenFile))
    } else if let place {
      credential = try .kept(beside: place)
    }
    SandboxCredential.removeFormer(from: &account, except: credential)
    // An account without a token would refuse every call.
    if credential == nil, !isKnown || !account.apiTokens.contains(where: { $0.hash != nil }) {
      credential = try .made(beside: place)
    }
    credential?.plant(in: &account)
    return credential
  }

  private func serve(_ sandbox: Sandbox, _ credential: SandboxCredential?, _ invocation: Invocation) async throws {
    let stop = Stop()
    let interrupts = Interrupts(stop) { _ in }
    defer { withExtendedLifetime(interrupts) {} }
    let terminal = invocation.terminal
    let isJSON = global.format == .json
    let disk = PosixDisk()
    let saver = try file.map { file in
      let path = try invocation.outputPath(file)
      return AccountSaver(sandbox) { try disk.replace(path, in: PosixDisk.parent(of: path), with: $0) }
    }
    do {
      try await AsyncHTTPTransport.withTransport { callbacks in
        try await SandboxServer.run(
          sandbox, port: listening.port, callers: CallerCheck(names: allowHost), logger: .quiet,
          callbacks: CallbackDelivery(through: callbacks, allowsOtherHosts: dialAnywhere), saver: saver,
          onEvent: { event in
            if isJSON {
              try? terminal.writeLine(CanonicalJSON.encode(event.json))
            } else {
              terminal.note(SafeText.escape(event.words))
            }
          }
        ) { server in
          if isJSON {
            var line: [JSONValue.Member] = [.init("event", "listening"), .init("url", .string(server.url))]
            if let credential { line.append(.init("token", .string(credential.value))) }
            try terminal.writeLine(CanonicalJSON.encode(.object(line)))
          } else {
            try terminal.write("Listening on \(server.url) (Ctrl-C ends it)\n")
            terminal.note(
              "In kitform.yaml, under `account` and in place of `region`:\n  apiHost: \(server.url)\n  messagingHost: \(server.url)"
            )
          }
          while stop.reason == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
      }
    } catch let failure as ListenFailure {
      throw LocalFailure(message: "\(failure)", remedy: "choose another --port, or 0 for a free one")
    }
  }

  /// The account of the file, else one with what the project's manifests name, else an empty one.
  ///
  /// With them come the values of its API tokens, what to say of those that are stand-ins, and whether the file was there.
  private func account(
    _ session: Session
  ) throws -> (Account, [Int: String], standIns: [String], isKnown: Bool) {
    if let file {
      let path = session.run.surroundings.absolute(file)
      let bytes: [UInt8]?
      do throws(DiskFailure) { bytes = try PosixDisk().read(path) } catch {
        throw LocalFailure(message: error.words, remedy: nil)
      }
      if let bytes {
        let contents = try Session.account(SourceFile(path: path, bytes: bytes), session.run)
        return (contents.account, contents.tokenValues, [], true)
      }
    }
    try session.checkRefusal()
    guard !session.loaded.project.documents.isEmpty else { return (Account(name: "sandbox"), [:], [], false) }
    let configuration = try session.configuration()
    var account = Account(name: configuration.account.name?.value ?? "sandbox")
    var generator = SystemRandomNumberGenerator()
    var seed = SandboxSeed(configuration, token: Secret(""))
    seed.credentials = []
    let made = seed.plant(in: &account, using: &generator)
    return (account, made.tokenValues, standIns(configuration), false)
  }

  /// How to set the variables that the manifests' API tokens come from.
  private func standIns(_ configuration: Configuration) -> [String] {
    var lines: [String] = []
    for slot in configuration.records.flatMap(\.slots) {
      guard case .credential(let token, let reference?)? = slot?.value, case .environment = reference,
        let value = try? SecretResolver.standIns.resolve(reference)
      else { continue }
      let line = "The API token \(token.label) is a stand-in: export \(reference.label)=\(value.reveal { $0 })"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines
  }

  private func servedProfile(_ session: Session) throws -> APIProfile {
    guard let profile else { return APIProfile.builtIn }
    let path = session.run.surroundings.absolute(profile)
    let bytes: [UInt8]?
    do throws(DiskFailure) { bytes = try PosixDisk().read(path) } catch {
      throw LocalFailure(message: error.words, remedy: nil)
    }
    guard let bytes else {
      throw LocalFailure(message: "there is no profile \(path)", remedy: "make one with `kitform profile show`")
    }
    return try Session.profile(SourceFile(path: profile, bytes: bytes))
  }

  func validate() throws {
    for name in allowHost where !CallerCheck.isName(name) {
      throw ValidationError("--allow-host takes a host name without a port")
    }
  }

  private func faults() throws -> Faults {
    var faults = Faults()
    faults.latency = latency
    faults.lateVisibility = lateVisibility
    faults.rateLimit = rateLimit.map { Faults.RateLimit(perSecond: $0, burst: $0) }
    faults.rules = try fault.map { text in
      guard let rule = Faults.FaultRule(text) else {
        throw UsageFailure(message: "`\(SafeText.escape(text))` is not a fault", remedy: Faults.FaultRule.forms)
      }
      return rule
    }
    return faults
  }
}
