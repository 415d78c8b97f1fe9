import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

/// Every rendering of one plan, as files beside the manifests that it is made of.
@Suite struct GoldenReportTests {
  @Test(arguments: ["support"])
  func `a plan reads as its golden files do`(name: String) throws {
    let run = try RunSamples.golden(name)
    let plan = try #require(run.plan)
    let map = RoutingMap(plan.changes, run.records, unchanged: plan.unchanged, limit: 40, roomForOthers: 24)
    let outputs = ReportOutputs(run)
    let renderings = [
      ("plan.txt", PlanText(color: false, callsPerSecond: 5, isVerbose: true).render(plan)),
      ("plan.md", MarkdownReport.text(run)), ("plan.html", HTMLReport.text(run)),
      ("steps.md", StepsReport.text(run, kinds: Kinds.all)), ("graph.mmd", MermaidGraph.text(map)),
      ("graph.dot", DOTGraph.text(map)), ("annotations.txt", PlanAnnotations.text(run)),
      ("outputs.txt", outputs.github + outputs.dotenv),
    ]
    for (file, text) in renderings { try GeneratedFile.check("Tests/ReportsTests/Golden/\(name)/\(file)", text) }
  }

  @Test func `no rendering shows what a URL hides or a secret's value`() throws {
    let run = try RunSamples.golden("support")
    for text in [
      MarkdownReport.text(run), HTMLReport.text(run), StepsReport.text(run, kinds: Kinds.all),
      PlanAnnotations.text(run),
    ] {
      for secret in ["s3cret", "0ther", "tkn1", "tkn2"] { #expect(!text.contains(secret)) }
    }
  }
}
