import Support
import Testing

/// What GitHub's workflows of `examples/ci` are as files: only what every version of GitHub reads, and nothing that moves.
struct WorkflowFormTests {
  private static let names = ["kitform.yml", "kitform-plan.yml", "kitform-apply.yml"]

  private static func lines(_ name: String) throws -> [Substring] {
    try Examples.text("ci/github/.github/workflows/\(name)").split(separator: "\n")
  }

  @Test(arguments: names)
  func `a workflow has no anchors and no aliases, which older versions of GitHub refuse`(_ name: String) throws {
    for line in try Self.lines(name) where !line.drop(while: { $0 == " " }).hasPrefix("#") {
      #expect(line.firstMatch(of: /: [&*][A-Za-z]/) == nil, "\(line)")
    }
  }

  @Test(arguments: names)
  func `every action is named by its commit, and no checkout leaves the forge's token in the workspace`(
    _ name: String
  ) throws {
    let lines = try Self.lines(name)
    for (index, line) in lines.enumerated() where line.contains("uses: ") && !line.contains("uses: ./") {
      #expect(line.firstMatch(of: /uses: [a-z\/-]+@[0-9a-f]{40} # v[0-9.]+$/) != nil, "\(line)")
      if line.contains("actions/checkout") {
        #expect(lines[index + 1].contains("persist-credentials: false"), "\(name): \(line)")
      }
    }
  }

  @Test func `the jobs of an apply have the same variables`() throws {
    let jobs = try PipelineFile("github/.github/workflows/kitform-apply.yml").json["jobs"]
    let variables = jobs.names.map { job in
      jobs[job]["env"].names.map { "\($0)=\(jobs[job]["env"][$0].string ?? "")" }
    }
    #expect(variables.count == 3 && Set(variables).count == 1, "\(variables)")
  }
}
