import Support
import Testing

/// The examples, from validation to destruction, by the shipped binary over HTTP.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct ExampleTests {
  struct Example: Sendable, CustomTestStringConvertible {
    var name: String
    var environment: String?
    var account: String
    var channels: Int
    var testDescription: String { environment.map { "\(name), \($0)" } ?? name }
  }

  static let all = [
    Example(name: "quickstart", environment: nil, account: "acme", channels: 2),
    Example(name: "retail", environment: "production", account: "bazaar", channels: 19),
    Example(name: "retail", environment: "staging", account: "bazaar-staging", channels: 20),
    Example(name: "retail", environment: "sandbox-eu", account: "bazaar-lab", channels: 20),
  ]

  @Test(arguments: all)
  func `an example is planned, applied, shown and applied once only`(_ example: Example) async throws {
    let project = try TestProject(
      example: example.name, options: (example.environment.map { ["--env", $0] } ?? []) + ["--sandbox"])
    let valid = try await project.json(0, "validate")
    #expect(valid["outcome"].string == "done")
    #expect(valid["channels"].int == example.channels)

    let plan = try await project.json(0, "plan")
    #expect(plan["outcome"].string == "done")
    #expect(plan["summary"]["create"].int == example.channels)
    #expect(plan["summary"]["calls"].int == example.channels)
    #expect(plan["account"]["name"].string == example.account)
    #expect(plan["account"]["sandbox"].bool == true)
    #expect(plan["environment"].string == example.environment ?? "default")
    try await project.expect(2, "plan --detailed-exitcode")
    try await project.expect(0, "plan --out plan.json")
    let shown = try await project.json(0, "show plan.json", plain: true)
    #expect(shown["digest"].string == plan["digest"].string)

    let applied = try await project.json(0, "apply --auto-approve")
    #expect(applied["outcome"].string == "done")
    #expect(applied["digest"].string == plan["digest"].string)
    #expect(applied["results"].items.count == example.channels)
    #expect(applied["results"].items.allSatisfy { $0["result"].string == "done" && $0["uuid"].string != nil })

    let again = try await project.json(0, "plan --detailed-exitcode")
    #expect(again["outcome"].string == "no-changes")
    #expect(again["changes"].items.isEmpty)
    #expect(again["summary"]["unchanged"].int == example.channels)
    let state = try await project.json(0, "show state")
    #expect(state["channels"].names.count == example.channels)
    let kept = project.kept()
    try await project.expect(0, "apply --auto-approve")
    #expect(project.kept() == kept, "an apply with nothing to do changes no byte")

    let output = try await project.json(0, "output")
    for result in applied["results"].items {
      let address = result["address"].string ?? ""
      #expect(output["channels"][address]["uuid"].string == result["uuid"].string)
      #expect(output["channels"][address]["salt"].string == nil)
    }
    let list = try await project.json(0, "state list")
    #expect(list["channels"].items.compactMap(\.string) == state["channels"].names)
  }

  @Test func `the quickstart is destroyed, and stands again`() async throws {
    let project = try TestProject(example: "quickstart", options: ["--sandbox"])
    try await project.expect(0, "apply --auto-approve")
    try await project.expect(4, "destroy --confirm-account somebody")
    let gone = try await project.json(0, "destroy --confirm-account acme")
    #expect(gone["results"].items.map { $0["action"].string } == ["delete", "delete"])
    #expect(try await project.json(0, "state list")["channels"].items.isEmpty)
    #expect(try await project.json(0, "plan")["summary"]["create"].int == 2)
    try await project.expect(0, "apply --auto-approve")
  }

  @Test func `destroy leaves protected channels alone, and says which`() async throws {
    let project = try TestProject(example: "retail", options: ["--env", "staging", "--sandbox"])
    try await project.expect(0, "apply --auto-approve")
    let refused = try await project.json(4, "destroy --confirm-account bazaar-staging")
    #expect(refused["refusals"][0]["rule"].string == "protect")
    #expect(
      refused["refusals"][0]["addresses"].items.compactMap(\.string).sorted() == ["custom.faq-bot", "ok.moscow"])
    let partial = try await project.json(
      0, "destroy --confirm-account bazaar-staging --target ok.omsk --target ok.ufa")
    #expect(partial["results"].items.count == 2)
  }

  @Test func `environments are the words of a pipeline's matrix`() async throws {
    let project = try TestProject(example: "retail", options: [])
    #expect(try await project.expect(0, "environments").output == "production\nstaging\nsandbox-eu\n")
    let json = try await project.json(0, "environments")
    #expect(json["environments"].items.compactMap(\.string) == ["production", "staging", "sandbox-eu"])
  }

  @Test func `two plans of one input are equal byte by byte`() async throws {
    let project = try TestProject(example: "retail", options: ["--env", "production", "--sandbox"])
    try await project.expect(0, "plan")
    let first = try await project.expect(0, "plan --out a.json --format json")
    let second = try await project.expect(0, "plan --out b.json --format json")
    #expect(first.output == second.output)
    #expect(try project.workspace.read("a.json") == project.workspace.read("b.json"))
  }
}
