import Support
import Testing

/// Guards, protection and refactoring, from the manifest to the account, in the order in which teams meet them.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct GuardTests {
  private func applied(_ manifest: String) async throws -> TestProject {
    let project = try TestProject(manifest)
    try await project.expect(0, "apply --auto-approve")
    return project
  }

  @Test func `two deletions are refused, shown in full, and go through once they are named`() async throws {
    let project = try await applied(Manifests.bots([1, 2, 3]))
    try project.workspace.write(Manifests.bots([3]), to: "kitform.yaml")
    let kept = project.kept()
    let refused = try await project.json(4, "plan --out plan.json")
    #expect(refused["outcome"].string == "refused")
    #expect(refused["refusals"][0]["rule"].string == "guards.maxDeletes")
    #expect(refused["summary"]["delete"].int == 2)
    #expect(refused["changes"][0]["source"]["gone"].bool == true)
    #expect(!project.workspace.exists("plan.json"))
    let text = try await project.expect(4, "plan")
    #expect(text.output.contains("- custom.bot-1"), "\(text.output)")
    #expect(text.output.contains("    removed:\n      custom.bot-1: {destroy: true}\n"), "\(text.output)")
    try await project.expect(4, "apply --auto-approve")
    try await project.expect(4, "apply --approve \(refused["digest"].string ?? "")")
    #expect(project.kept() == kept)

    try await project.expect(0, "plan --allow-delete custom.bot-1 --allow-delete custom.bot-2")
    try project.workspace.write(
      Manifests.bots(
        [3], top: "removed: {custom.bot-1: {destroy: true}, custom.bot-2: {destroy: true}}\n"), to: "kitform.yaml")
    let named = try await project.json(0, "apply --auto-approve")
    #expect(named["results"].items.map { $0["result"].string } == ["done", "done"])
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `many updates of live channels need an approval or a number`() async throws {
    let numbers = Array(1...11)
    let project = try await applied(Manifests.bots(numbers))
    let changed = Manifests.bots(numbers).replacing("bots.example.com", with: "new.example.com")
    try project.workspace.write(changed, to: "kitform.yaml")
    let kept = project.kept()
    let refused = try await project.json(4, "plan --out plan.json")
    #expect(refused["refusals"][0]["rule"].string == "guards.maxUpdates")
    #expect(refused["refusals"][0]["addresses"].items.count == 11)
    #expect(!project.workspace.exists("plan.json"))
    try await project.expect(4, "apply --auto-approve")
    try await project.expect(4, "apply --auto-approve --allow-updates 10")
    try await project.expect(64, "apply --auto-approve --allow-updates -1")
    #expect(project.kept() == kept)
    try await project.expect(0, "plan --allow-updates 11 --out plan.json")
    try await project.expect(0, "apply --approve \(refused["digest"].string ?? "")")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let shown = try await project.json(0, "state show")
    let last = try #require(shown["history"].items.last)
    #expect(last["changes"].items.count == 11)
    let field = last["changes"][0]["fields"][0]
    #expect(field["name"].string == "callbackURL")
    #expect(field["before"]["value"].string?.contains("bots.example.com") == true, "\(field)")

    try project.workspace.write(Manifests.bots(numbers), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve --allow-updates 11")
  }

  @Test func `no channel at all deletes nothing that is not named`() async throws {
    let project = try await applied(Manifests.bots([1]))
    try project.workspace.write(Manifests.bots([]), to: "kitform.yaml")
    #expect(try await project.json(4, "apply --auto-approve")["refusals"][0]["rule"].string == "guards.empty")
  }

  @Test func `loosening the guards is a change of its own`() async throws {
    let project = try await applied(Manifests.bots([1, 2, 3]))
    try project.workspace.write(Manifests.bots([3], top: "guards: {maxDeletes: 2}\n"), to: "kitform.yaml")
    try await project.expect(4, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([1, 2, 3], top: "guards: {maxDeletes: 2}\n"), to: "kitform.yaml")
    let loosened = try await project.json(0, "apply --auto-approve")
    #expect(loosened["outcome"].string == "done")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    try project.workspace.write(Manifests.bots([3], top: "guards: {maxDeletes: 2}\n"), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
  }

  @Test func `protection outlives the line that asked for it`() async throws {
    let protected = Manifests.bots([1, 2]).replacing("name: Bot 1\n", with: "name: Bot 1\n      protect: true\n")
    let project = try await applied(protected)
    try project.workspace.write(Manifests.bots([2]), to: "kitform.yaml")
    let refused = try await project.json(4, "apply --auto-approve --allow-delete custom.bot-1")
    #expect(refused["refusals"][0]["rule"].string == "protect")
    try await project.expect(4, "state rm custom.bot-1")
    try await project.expect(4, "destroy --confirm-account acme")

    try project.workspace.write(Manifests.bots([1, 2]), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(Manifests.bots([2]), to: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "state list")["channels"].items.compactMap(\.string) == ["custom.bot-2"])
  }

  @Test func `a moved channel keeps its UUID and meets no call`() async throws {
    let project = try await applied(Manifests.bots([1, 2]))
    let uuid = try await project.json(0, "output")["channels"]["custom.bot-1"]["uuid"].string
    let moved = Manifests.bots([2, 3], top: "moved: {custom.bot-3: custom.bot-1}\n")
      .replacing("Bot 3", with: "Bot 1").replacing("example.com/3", with: "example.com/1")
    try project.workspace.write(moved, to: "kitform.yaml")
    let plan = try await project.json(0, "plan")
    #expect(plan["summary"]["move"].int == 1)
    #expect(plan["summary"]["calls"].int == 0)
    #expect(plan["changes"].at("custom.bot-3")["movedFrom"].string == "custom.bot-1")
    try await project.expect(2, "plan --detailed-exitcode")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "output")["channels"]["custom.bot-3"]["uuid"].string == uuid)
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `removed with destroy false forgets, and the channel can be adopted again`() async throws {
    let project = try await applied(Manifests.bots([1, 2]))
    let uuid = try #require(try await project.json(0, "output")["channels"]["custom.bot-1"]["uuid"].string)
    try project.workspace.write(
      Manifests.bots([2], top: "removed: {custom.bot-1: {destroy: false}}\n"), to: "kitform.yaml")
    let plan = try await project.json(0, "plan")
    #expect(plan["summary"]["forget"].int == 1)
    #expect(plan["summary"]["calls"].int == 0)
    try await project.expect(0, "apply --auto-approve")
    let after = try await project.json(0, "plan")
    #expect(after["outcome"].string == "no-changes")
    #expect(after["summary"]["unmanaged"].int == 1)

    try project.workspace.write(Manifests.bots([1, 2]), to: "kitform.yaml")
    let clash = try await project.expect(3, "plan")
    #expect(clash.errors.contains("adopt: {custom.bot-1: {uuid: \(uuid)}}"), "\(clash.errors)")
    try project.workspace.write(
      Manifests.bots([1, 2], top: "adopt: {custom.bot-1: {uuid: \(uuid)}}\n").replacing(
        "redirect: {queue: Support}", with: "redirect: {queue: Sales}"), to: "kitform.yaml")
    let adopted = try await project.json(0, "apply --auto-approve")
    #expect(adopted["summary"]["adopt"].int == 1)
    #expect(adopted["summary"]["update"].int == 2)
    #expect(try await project.json(0, "output")["channels"]["custom.bot-1"]["uuid"].string == uuid)
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `state rm forgets one channel under the lock and says where it stays`() async throws {
    let project = try await applied(Manifests.bots([1, 2]))
    let uuid = try #require(try await project.json(0, "output")["channels"]["custom.bot-1"]["uuid"].string)
    let removed = try await project.expect(0, "state rm custom.bot-1")
    #expect(removed.output.contains(uuid))
    #expect(try await project.json(0, "state list")["channels"].items.compactMap(\.string) == ["custom.bot-2"])
    try await project.expect(3, "plan")
  }

  @Test func `a channel that is gone from Kit is made anew only when it is named or approved`() async throws {
    let project = try await applied(Manifests.bots([1, 2]))
    let file = ".kitform/sandbox/default/account.json"
    let account = try project.workspace.read(file)
    let start = try #require(account.firstRange(of: "\"channels\": ["))
    try project.workspace.write(account[..<start.upperBound] + "]\n}\n", to: file)
    let refused = try await project.json(4, "apply --auto-approve")
    #expect(refused["refusals"][0]["rule"].string == "recreate")
    #expect(refused["changes"].at("custom.bot-1")["cause"].string == "account")
    #expect(refused["changes"].at("custom.bot-1")["impact"].items.contains { $0.string?.contains("UUID") == true })
    try await project.expect(4, "apply --auto-approve --recreate custom.bot-1")
    let digest = try #require(refused["digest"].string)
    try await project.expect(0, "apply --approve \(digest)")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }
}
