import ArgumentParser
import Provisioning
import Reports
import Wiring

/// `kitform plan-diff`
struct PlanDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan-diff",
    abstract: "Show what changed between two plans.",
    discussion:
      "Each is a saved plan, a JSON report or a Markdown report. Exits with 0 when an approval of the one is an approval of the other, with 2 when they differ.",
    examples: [
      "kitform plan-diff old.json new.json",
      "kitform plan-diff approved.json plan.json",
      "kitform plan-diff old.json new.json --format json",
    ])

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The plan that was reviewed.", completion: .file())
  var old: String

  @Argument(help: "The plan of now.", completion: .file())
  var new: String

  func run() async throws {
    try await Invocation("plan-diff", global).run { invocation in
      let plans = (
        try readReviewedPlan(invocation.surroundings.absolute(old), for: invocation),
        try readReviewedPlan(invocation.surroundings.absolute(new), for: invocation)
      )
      invocation.environment = plans.1.approval.environment
      invocation.account = plans.1.approval.account
      let diff = PlanDiff(plans.0, plans.1)
      return CommandResult(
        diff.isEqual ? .noChanges : .changes,
        text: PlanDiffText(color: invocation.terminal.colorsOutput).render(diff), members: PlanDiffJSON.members(diff))
    }
  }
}
