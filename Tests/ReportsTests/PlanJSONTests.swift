import Basics
import Documents
import Manifest
import Provisioning
import Reports
import Support
import Testing

@Suite struct PlanJSONTests {
  private func document(_ plan: Plan) -> JSONValue { .object(PlanJSON.members(plan)) }

  @Test func `the summary counts every action and says how much a target leaves`() throws {
    let scene = PlanTextTests.example()
    let summary = try #require(document(scene.plan())["summary"])
    let expected: [(String, Int)] = [
      ("create", 0), ("update", 1), ("delete", 1), ("adopt", 0), ("move", 0), ("forget", 0), ("release", 0),
      ("unchanged", 0), ("unmanaged", 0), ("calls", 2),
    ]
    for (name, count) in expected { #expect(summary[name] == .integer(count), "\(name)") }
    #expect(summary["partial"] == .null)
    let narrowed = scene.plan(PlanOptions(targets: [try #require(Target("ok.*"))]))
    #expect(document(narrowed)["summary"]?["partial"] == ["channels": 1, "of": 2])
  }

  @Test func `a field has its sides, their states, its cause and its place`() throws {
    let plan = PlanTextTests.example().plan()
    guard case .array(let changes)? = document(plan)["changes"], case .array(let fields)? = changes.last?["fields"]
    else {
      Issue.record("there are no fields")
      return
    }
    #expect(document(plan)["digest"] == .string(plan.digest))
    let closing = try #require(fields.first { $0["name"] == "closing.agent" })
    #expect(closing["before"] == 43_200 && closing["after"] == 36_000)
    #expect(closing["state"] == ["before": "value", "after": "value"] && closing["cause"] == "manifest")
    #expect(closing["source"] == ["file": "kitform.yaml", "line": 9, "column": 24])
    let token = try #require(fields.first { $0["name"] == "accessToken" })
    #expect(token["before"] == .null && token["after"] == .null && token["secret"] == "changed")
    #expect(token["state"] == ["before": "secret", "after": "secret"])
    let skills = try #require(fields.first { $0["name"] == "skills" })
    #expect(skills["state"] == ["before": "value", "after": "absent"] && skills["after"] == .null)
    #expect(changes.first?["source"]?["gone"] == false && changes.first?["action"] == "delete")
    #expect(try changes.first?["hash"] == .string(PlanDigest.hash(of: #require(plan.changes.first), in: plan)))
  }

  @Test func `every document begins with the same members`() {
    let header = ReportHeader(
      format: "kitform.plan/v1", tool: "1.0.0", project: ".", environment: "staging", account: PlanScene.binding,
      outcome: .refused)
    let file = SourceFile(path: "a.yaml", text: "x: y\n")
    var sources = SourceMap()
    let place = SourcePlace(file: sources.add(file), start: 3, end: 4)
    let finding = Diagnostic(
      .sample("a.b"), .warning, at: place, "wrong", why: "because", suggestion: "right", notes: [.init("and", at: nil)])
    let text = CanonicalJSON.text(
      header.document(diagnostics: [finding], sources: sources, members: [.init("x", 1)]), pretty: false)
    #expect(
      text == #"{"format":"kitform.plan/v1","tool":"1.0.0","project":".","environment":"staging","#
        + #""account":{"name":"acme","host":"kitapi-eu.voximplant.com","sandbox":false},"exitCode":4,"outcome":"refused","#
        + #""diagnostics":[{"id":"a.b","severity":"warning","file":"a.yaml","line":1,"column":4,"endLine":1,"#
        + #""endColumn":5,"message":"wrong","why":"because","suggestion":"right","notes":[{"file":null,"line":null,"#
        + #""column":null,"message":"and"}]}],"x":1}"#)
  }

  @Test func `refusals and loosened limits stand in the document`() throws {
    var scene = PlanTextTests.example()
    scene.manifest = "guards: {maxDeletes: 3}\n" + scene.manifest
    #expect(document(scene.plan())["loosenedGuards"]?["after"]?["maxDeletes"] == 3)
    scene.manifest = PlanScene.header
    guard case .array(let refusals)? = document(scene.plan())["refusals"] else {
      Issue.record("there are no refusals")
      return
    }
    #expect(refusals.first?["rule"] == "guards.empty")
    #expect(refusals.first?["addresses"] == ["custom.old-bot", "ok.community"])
  }
}
