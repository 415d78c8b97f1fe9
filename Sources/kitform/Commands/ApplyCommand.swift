import ArgumentParser
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends

/// `kitform apply`
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Make the account what the manifests say.",
    discussion:
      "Plans under the state's lock, shows the plan and asks. Without a terminal it takes a saved plan, --approve or --auto-approve."
  )

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var write: WriteOptions
  @OptionGroup var planning: PlanningOptions

  @Argument(help: "A plan that `kitform plan --out` saved: applied only while it is still the plan.")
  var planFile: String?

  @Option(help: ArgumentHelp("Apply only a plan with this digest.", valueName: "digest"))
  var approve: String?

  @Flag(help: "Apply without asking.")
  var autoApprove = false

  @Flag(help: "Log in to each custom channel that was touched, as `channel verify` does; exit 8 where that fails.")
  var verify = false

  @Option(help: ArgumentHelp("How long a new channel may take to be listed.", valueName: "time"))
  var settle = TimeSpanArgument(seconds: 30)

  func run() async throws {
    try await Invocation("apply", global, reports: try reports.requests()).run { invocation in
      var flow = ApplyFlow(invocation: invocation, command: "apply", sandbox: sandbox, calls: calls, write: write)
      flow.settleWindow = settle.duration
      flow.verifies = verify
      var options = try planning.options(isDestroy: false)
      if let planFile {
        let saved = try readPlanFile(invocation.surroundings.absolute(planFile), for: invocation)
        flow.consent = .saved(saved, approved: approve)
        options.targets = saved.plan.targets.compactMap { Target($0) }
      } else if let approve {
        flow.consent = .digest(approve)
      } else if autoApprove {
        flow.consent = .given
      }
      return try await flow.run(options)
    }
  }
}

/// `kitform destroy`
struct DestroyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy",
    abstract: "Delete every managed channel of the environment.",
    discussion: "Protected channels are never deleted. Asks for the account's name, or takes --confirm-account.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var write: WriteOptions

  @Option(help: ArgumentHelp("Delete this channel alone, or all of a kind (ok.*); repeatable.", valueName: "address"))
  var target: [String] = []

  @Option(help: ArgumentHelp("The account's name, instead of being asked for it.", valueName: "name"))
  var confirmAccount: String?

  func run() async throws {
    try await Invocation("destroy", global, reports: try reports.requests()).run { invocation in
      var flow = ApplyFlow(invocation: invocation, command: "destroy", sandbox: sandbox, calls: calls, write: write)
      flow.consent = .accountName(confirmAccount)
      let targets = try target.map { text in
        guard let target = Target(text) else {
          throw UsageFailure(
            message: "`\(SafeText.escape(text))` is not an address", remedy: "write it like ok.community or ok.*")
        }
        return target
      }
      return try await flow.run(PlanOptions(targets: targets, isDestroy: true))
    }
  }
}

/// Reads a saved plan; an encrypted one with the key of the project's `state.key`.
func readPlanFile(_ path: String, for invocation: Invocation) throws -> PlanFile {
  let found: [UInt8]?
  do throws(DiskFailure) { found = try PosixDisk().read(path) } catch {
    throw LocalFailure(message: error.words, remedy: nil)
  }
  guard var bytes = found else {
    throw LocalFailure(message: "there is no plan file \(path)", remedy: "make one with `kitform plan --out FILE`")
  }
  if DocumentSealer.isSealedPlan(bytes) {
    let session = Session(invocation, isSandbox: false)
    let diagnostics = invocation.diagnostics
    let sealer = session.sealer(try session.configuration())
    // The command that applies the plan checks the project once more, and tells what it finds.
    invocation.diagnostics = diagnostics
    do throws(SealingFailure) {
      guard let sealer else { throw .noKey("the manifests do not set it") }
      bytes = try sealer.plan(from: bytes)
    } catch {
      throw LocalFailure(
        message: "the saved plan \(path) cannot be read: \(error.words)",
        remedy: "give the key under which it was made, or make a new one with `kitform plan --out FILE`")
    }
  }
  do throws(PlanFileFailure) {
    return try PlanFile(decoding: bytes, label: path)
  } catch {
    throw LocalFailure(message: error.message, remedy: "make a new one with `kitform plan --out FILE`")
  }
}
