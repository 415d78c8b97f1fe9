import Documents
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

@Suite struct FindingsReportTests {
  @Test(arguments: [
    ("/r/infra/kit", "/r", "infra/kit/channels/a.yaml", "infra/kit"), ("/r", "/r", "channels/a.yaml", "."),
    ("/r/kit", nil, "channels/a.yaml", "."), ("/kit", "/", "kit/channels/a.yaml", "kit"),
    ("/other", "/r", "channels/a.yaml", "."),
  ])
  func `paths begin at the repository's root`(project: String, root: String?, path: String, directory: String) {
    let paths = RepositoryPaths(project: project, root: root)
    #expect(paths.path("./channels/a.yaml") == path && paths.project == directory)
    #expect(paths.path("/etc/profile.yaml") == "/etc/profile.yaml")
  }

  @Test func `a fingerprint survives lines that move, and tells equal findings apart`() throws {
    let before = ReportSamples.mixed()
    let after = ReportSamples.mixed(above: 7)
    #expect(before.findings.first?.location?.line == 2 && after.findings.first?.location?.line == 9)
    #expect(before.fingerprints() == after.fingerprints())
    var twice = before
    twice.add(
      [Diagnostic(.sample("a.b"), at: nil, "same"), Diagnostic(.sample("a.b"), at: nil, "same")], in: SourceMap())
    #expect(Set(twice.fingerprints()).count == twice.findings.count)
    #expect(Array(twice.fingerprints().prefix(3)) == before.fingerprints())
  }

  @Test func `a refused plan is a finding at the first channel that it concerns`() throws {
    var scene = PlanTextTests.example()
    scene.manifest = PlanScene.header
    let plan = scene.plan()
    var report = ReportSamples.report()
    report.add(plan.refusals, of: plan)
    let finding = try #require(report.findings.first)
    #expect(finding.id == "guards.empty" && finding.severity == .error && finding.suggestion != nil)
    #expect(finding.why == "it concerns custom.old-bot, ok.community")
  }

  @Test func `every change that an apply did not do is a finding, at the line that wanted it`() throws {
    var report = ReportSamples.report(outcome: .partial)
    let plan = PlanTextTests.example().plan()
    var result = try ApplyTextTests.result()
    let failed = try #require(result.changes.firstIndex { $0.verdict == .failed })
    result.changes[failed].address = try #require(Address("ok.community"))
    result.unverified = [.init(address: try #require(Address("ok.a")), reason: "another name")]
    report.add(result, of: plan)
    #expect(
      report.findings.map(\.id) == ["apply.failed", "apply.uncertain", "apply.not-attempted", "apply.unverified"])
    #expect(report.findings.map(\.severity) == [.error, .error, .warning, .error])
    #expect(report.findings[0].message.hasPrefix("update of `ok.community` failed: refused"))
    #expect(report.findings[0].suggestion == "try again")
    let source = try #require(plan.changes.first { $0.address.description == "ok.community" }?.source)
    #expect(report.findings[0].location?.line == source.position.line)
    #expect(report.findings[0].location?.file == "infra/kit/\(source.position.file)")
    #expect(report.findings[2].message.contains("not attempted: held back") && report.findings[1].location == nil)
  }
}
