import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

@Suite struct StepsReportTests {
  @Test func `fields are boxes in the form's order, and deletions come last though they are named first`() throws {
    let text = StepsReport.text(try RunSamples.golden("support"), kinds: Kinds.all)
    let order = [
      "> 1 channel will be deleted, last of all: `custom.old-bot`", "Create `custom.day-bot`", "Callback URL:",
      "API token:", "Redirect channel messages: function `Router`", "Use tags: on", "Use topic set: off",
      "Skills: none", "**Add channel**", "Change `ok.community`",
      "Channel access token: the value of `{env: OK_TOKEN}`",
      "Delete `custom.old-bot`", "Without a step in Kit", "forget `ok.archive`",
    ]
    var rest = text[...]
    for words in order {
      guard let found = rest.firstRange(of: words) else {
        Issue.record("`\(words)` is missing, or not in its place:\n\(text)")
        return
      }
      rest = rest[found.upperBound...]
    }
    #expect(
      text.contains("- [ ] Callback URL: `https://bots.example.com/night?•••`, whole at `infra/kit/kitform.yaml:")
        == true)
  }

  @Test func `a channel that is renamed is found by the name that Kit shows until then`() throws {
    var run = try RunSamples.golden("support")
    let index = try #require(run.plan?.changes.firstIndex { $0.address.key == "community" })
    run.plan?.changes[index].name = "The new name"
    run.plan?.changes[index].fields.insert(
      FieldChange(
        name: "name", before: .value(Value.text("The old name").json), after: .value(Value.text("The new name").json),
        cause: .manifest, source: nil), at: 0)
    let text = StepsReport.text(run, kinds: Kinds.all)
    #expect(text.contains("- [ ] Find `The old name`, UUID"), "\(text)")
    #expect(text.contains("Channel name: `The new name` (it was `The old name`)"), "\(text)")
  }

  @Test func `a refused plan has no box to tick`() throws {
    var run = try RunSamples.golden("support")
    run.plan?.refusals = [Refusal(rule: .guardsDrift, addresses: [], message: "no", remedy: "ask")]
    run.findings.outcome = .refused
    let text = StepsReport.text(run, kinds: Kinds.all)
    #expect(text.contains("Log in to Kit as this account, and begin"))
    run.account = nil
    #expect(StepsReport.text(run, kinds: Kinds.all).contains("Log in to Kit, and begin"))
    #expect(!text.contains("[ ]") && text.contains("guards.drift: no"))
    #expect(!StepsReport.text(RunSamples.run(nil, outcome: .failed), kinds: Kinds.all).contains("[ ]"))
  }

  @Test func `what an apply has done is no step any more`() throws {
    var run = try RunSamples.golden("support")
    let plan = try #require(run.plan)
    run.result = ApplyResult(
      outcome: .partial,
      changes: plan.changes.map { change in
        ChangeResult(
          address: change.address, action: change.action, verdict: change.action == .create ? .failed : .done)
      }, state: State(lineage: "l", serial: 1, environment: "e", account: PlanScene.binding), calls: 2,
      duration: .seconds(1))
    let text = StepsReport.text(run, kinds: Kinds.all)
    #expect(text.contains("1. Create `custom.day-bot`") && !text.contains("## 2."))
  }
}
