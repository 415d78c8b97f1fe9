import Basics
import Documents
import Manifest
import Provisioning
import Reports
import Support
import Testing

@Suite struct ReviewedPlanTests {
  private func reading(_ text: String) throws -> ReviewedPlan {
    try ReviewedPlan(reading: Array(text.utf8), label: "report.json")
  }

  @Test func `a JSON report reads back as the plan that it shows`() throws {
    let plan = PlanTextTests.example().plan()
    let report = CanonicalJSON.text(.object(PlanJSON.members(plan)), pretty: true)
    let read = try reading(report)
    #expect(read.approval == Approval(plan: plan))
    let names = read.details.map { $0?.fields.map(\.name) }
    #expect(names == ReviewedPlan(plan).details.map { $0?.fields.map(\.name) })
    #expect(PlanDiff(read, ReviewedPlan(plan)).isEqual)
  }

  @Test func `what was edited in a JSON report does not go with its digest`() throws {
    let plan = PlanTextTests.example().plan()
    let text = CanonicalJSON.text(.object(PlanJSON.members(plan)), pretty: true)
    let block = try #require(text.firstRange(of: "\"approval\": {"))
    let approval = String(text[block.lowerBound...])
    for (old, new) in [
      ("\"account\": \"acme\"", "\"account\": \"acne\""), ("\"sandbox\": false", "\"sandbox\": true"),
      ("\"targets\": []", "\"targets\": [\"ok.*\"]"), ("\"environment\": \"default\"", "\"environment\": \"other\""),
      ("\"hash\": \"", "\"hash\": \"0"),
    ] {
      let edited = approval.replacing(old, with: new)
      #expect(edited != approval, "\(old)")
      #expect(throws: ApprovalFailure.self, "\(old)") { try reading(text[..<block.lowerBound] + edited) }
    }
    #expect(throws: ApprovalFailure.self) { try reading(text.replacing("\"changes\": [", with: "\"changed\": [")) }
  }

  @Test func `what was edited in the changes that a JSON report shows is refused, with the channel's address`() throws {
    let plan = PlanTextTests.example().plan()
    let text = CanonicalJSON.text(.object(PlanJSON.members(plan)), pretty: true)
    let block = try #require(text.firstRange(of: "\"approval\": {"))
    let (body, approval) = (String(text[..<block.lowerBound]), String(text[block.lowerBound...]))
    let address = try #require(plan.changes.first { $0.action == .update }).address
    for (old, new) in [
      ("\"action\": \"update\"", "\"action\": \"adopt\""), ("\"address\": \"\(address)\"", "\"address\": \"ok.other\""),
      ("\"digest\": \"kf1-", "\"digest\": \"kf1-0"), ("\"cause\": \"account\"", "\"cause\": \"manifest\""),
      ("\"after\": 36000", "\"after\": 43199"),
    ] {
      let edited = body.replacing(old, with: new)
      #expect(edited != body, "\(old)")
      let failure = #expect(throws: ApprovalFailure.self, "\(old)") { try reading(edited + approval) }
      #expect(failure?.message.hasSuffix("it was edited") == true, "\(failure?.message ?? "")")
    }
  }

  @Test func `a masked URL and an edited explanation leave a JSON report as good as it was`() throws {
    let plan = PlanTextTests.example().plan()
    let text = CanonicalJSON.text(.object(PlanJSON.members(plan)), pretty: true)
    let impact = text.replacing("\"unmanaged\": ", with: "\"unmanaged\": 1")
    #expect(impact != text)
    #expect(try reading(impact).approval == Approval(plan: plan))
  }

  @Test func `a masked field leaves the other fields of its change compared`() throws {
    var plan = PlanTextTests.example().plan()
    let index = try #require(plan.changes.firstIndex { $0.fields.contains { $0.after == .value(36000) } })
    plan.changes[index].fields.append(
      FieldChange(name: "name", before: .value("Old"), after: .value("s3cret name"), cause: .manifest, source: nil))
    let text = CanonicalJSON.text(.object(PlanJSON.members(plan)), pretty: true)
    let block = try #require(text.firstRange(of: "\"approval\": {"))
    let (body, approval) = (String(text[..<block.lowerBound]), String(text[block.lowerBound...]))
    let masked = body.replacing("s3cret", with: "•••")
    #expect(masked != body)
    #expect(try reading(masked + approval).approval == Approval(plan: plan))
    let edited = masked.replacing("\"after\": 36000", with: "\"after\": 43199")
    #expect(edited != masked)
    #expect(throws: ApprovalFailure.self) { try reading(edited + approval) }
  }

  @Test func `differences are told in words, escaped`() throws {
    var old = PlanTextTests.example().plan()
    var new = old
    let index = try #require(new.changes.firstIndex { $0.action == .update && !$0.fields.isEmpty })
    new.changes[index].fields[0].after = .value("\u{1B}[31mred")
    new.targets = ["ok.*"]
    new.environment = "other"
    old.changes.removeAll { $0.action == .delete }
    let text = PlanDiffText(color: false).render(PlanDiff(ReviewedPlan(old), ReviewedPlan(new)))
    #expect(text.contains("environment") && text.contains("default → other") && text.contains("all → ok.*"))
    #expect(text.contains("planned now") && text.contains("planned otherwise") && text.contains("; is now "))
    #expect(!text.unicodeScalars.contains("\u{1B}"))
  }
}
