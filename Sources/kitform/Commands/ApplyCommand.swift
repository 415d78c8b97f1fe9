import ArgumentParser
import Basics
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

/// `kitform apply`
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Change the account to match the manifests.",
    discussion:
      "Plans under the state's lock, shows the plan and asks. Without a terminal it takes a saved plan, --approve or --auto-approve.",
    examples: [
      "kitform apply",
      "kitform apply plan.json --approve kf1-0123456789abcdef0123456789abcdef01234567",
      "kitform apply --approve plan.md --lock-timeout 5m",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var write: WriteOptions
  @OptionGroup var planning: PlanningOptions

  @Argument(
    help: "A plan that `kitform plan --out` saved: applied only while it is still the plan.", completion: .file())
  var planFile: String?

  @Option(
    help: ArgumentHelp(
      "Apply only a plan with this digest; or only what a saved plan, a JSON or a Markdown report shows.",
      valueName: "digest|file"))
  var approve: String?

  @Flag(help: "Apply without asking.")
  var autoApprove = false

  @Flag(help: "Log in to each custom channel that was touched, as `channel verify` does; exit 8 where that fails.")
  var verify = false

  func validate() throws {
    if approve != nil, autoApprove {
      throw ValidationError("--approve says which plan may be applied, and --auto-approve that any may: give one")
    }
    guard planFile != nil else { return }
    if let option = planning.given.first {
      throw ValidationError("\(option) is for a plan that is made now: a saved plan is applied as it is")
    }
    if !global.variables.isEmpty {
      throw ValidationError(
        "--var is for a plan that is made now: a saved plan is applied as it is; a variable that `kitform.yaml` needs for its account or its state comes from KITFORM_VAR_NAME"
      )
    }
  }

  func run() async throws {
    try await Invocation("apply", global, reports: try reports.requests()).runSteps { invocation in
      var flow = ApplyFlow(invocation: invocation, command: "apply", sandbox: sandbox, calls: calls, write: write)
      flow.verifies = verify
      let approved = try approve.map { try ApplyFlow.Approved($0, invocation) }
      if let planFile {
        flow.consent = .saved(try ApplyFlow.SavedFile(planFile, invocation), approved)
      } else if let approved {
        flow.consent = .approved(approved)
      } else if autoApprove {
        flow.consent = .given
      }
      return try await flow.run(try planning.options(isDestroy: false))
    }
  }
}

/// `kitform destroy`
struct DestroyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "destroy",
    abstract: "Delete every managed channel of the environment.",
    discussion: "Protected channels are never deleted. Asks for the account's name, or takes --confirm-account.",
    examples: [
      "kitform destroy --env staging",
      "kitform destroy --sandbox --confirm-account acme",
      "kitform destroy --target ok.archive",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var reports: ReportOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var write: WriteOptions

  @Option(
    help: ArgumentHelp("Delete this channel alone, or all of a kind (ok.*); repeatable.", valueName: "address"),
    completion: ArgumentCompletions.addresses)
  var target: [String] = []

  @Option(help: ArgumentHelp("The account's name, instead of being asked for it.", valueName: "name"))
  var confirmAccount: String?

  func run() async throws {
    try await Invocation("destroy", global, reports: try reports.requests()).runSteps { invocation in
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
