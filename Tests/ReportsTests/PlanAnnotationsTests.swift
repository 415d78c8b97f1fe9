import Basics
import Documents
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

@Suite struct PlanAnnotationsTests {
  private func update(_ number: Int, line: Int, _ action: Provisioning.Action = .update) -> Change {
    Change(
      address: Address(kind: "ok", key: "c\(number)"), action: action, id: 1, uuid: "u", name: "C\(number)",
      isProtected: false, source: Change.Source(SourcePosition(file: "a.yaml", line: number + 1, column: 3)),
      fields: [
        FieldChange(
          name: "useTags", before: .value(false), after: .value(true), cause: .manifest,
          source: SourcePosition(file: "kitform.yaml", line: line, column: 9))
      ])
  }

  private func lines(_ changes: [Change]) -> [Substring] {
    let plan = Plan(environment: "e", account: PlanScene.binding, lineage: nil, changes: changes)
    return PlanAnnotations.text(RunSamples.run(plan)).split(separator: "\n")
  }

  @Test func `what one line changes on many channels is one annotation`() {
    #expect(
      lines((1...3).map { update($0, line: 7) }) == [
        "::notice file=infra/kit/kitform.yaml,line=7,col=9,title=planned::ok.c1 useTags: false → true (changed here)%0Aok.c2 useTags: false → true (changed here)%0Aok.c3 useTags: false → true (changed here)"
      ])
    #expect(lines((1...30).map { update($0, line: 7) })[0].hasSuffix("%0Aand 22 more"))
  }

  @Test func `no more than ten annotations of a level are written, and the last counts the rest`() {
    let lines = lines((1...40).map { update($0, line: $0) } + (1...12).map { update($0, line: $0, .delete) })
    #expect(lines.count == 20)
    #expect(lines[0].hasPrefix("::warning file=infra/kit/a.yaml,line=2,col=3,title=planned::delete ok.c1"))
    #expect(lines[9] == "::warning title=planned::and 3 more: see the report")
    #expect(lines[19] == "::notice title=planned::and 31 more: see the report")
  }

  @Test func `an applied plan has no annotations of its own`() throws {
    var run = RunSamples.run(
      Plan(environment: "e", account: PlanScene.binding, lineage: nil, changes: [update(1, line: 1)]))
    run.result = try ApplyTextTests.result()
    #expect(PlanAnnotations.text(run).isEmpty)
  }
}
