import Documents
import Foundation
import Manifest
import Support
import Testing

/// For every rule whose finding is in a manifest a marked text, `Rules/<id>.yaml`, with all its findings and their notes.
///
/// A line `#> PATH` begins another file of the project; a string that begins with `# with the account` is also held against
/// what an account says. `RECORD=1` writes the markers anew, to be read before they are committed.
struct EveryRuleTests {
  /// Rules whose findings are in no manifest, or need more than the manifests: tested where the name says.
  static let elsewhere: [Rule: String] = [
    .projectMissing: "ProjectLoaderTests", .projectUnreadable: "ProjectLoaderTests",
    .includeEmpty: "ProjectLoaderTests", .includeMissed: "ProjectLoaderTests", .includeBudget: "ProjectLoaderTests",
    .environmentBudget: "BudgetTests", .variableBudget: "BudgetTests",
    .secretUnresolved: "EveryPlanRuleTests", .rulesRelaxed: "SARIFReportTests", .stateUncertain: "EngineTests",
  ]

  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Rules")

  static let facts = AccountFacts([
    .queue: .objects([
      AccountObject(id: 1, title: "Support", maxWaitingTime: 600), AccountObject(id: 2, title: "Sales"),
      AccountObject(id: 3, title: "Twice"), AccountObject(id: 4, title: "Twice"),
    ]),
    .skill: .objects([AccountObject(id: 10, title: "russian")]),
    .topicSet: .objects([AccountObject(id: 20, title: "Retail")]),
    .function: .unavailable("the profile names no method that lists functions"),
  ])

  @Test func `every rule whose finding stands in a manifest has a marked text`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path).sorted()
    let wanted = Rule.manifest.filter { Self.elsewhere[$0] == nil }.map { "\($0.id).yaml" }.sorted()
    #expect(files == wanted)
  }

  @Test(arguments: Rule.manifest.filter { elsewhere[$0] == nil }.map(\.id))
  func `a finding stands at its place, with its words and its notes`(_ id: String) throws {
    let file = Self.directory.appendingPathComponent("\(id).yaml")
    let text = try String(contentsOf: file, encoding: .utf8)
    let marked = Self.mark(text)
    #expect(MarkedText(text).rules.contains(id), "the text of \(id) marks no finding of it")
    guard marked != text else { return }
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try Data(marked.utf8).write(to: file)
      Issue.record("\(id).yaml is written anew")
    } else {
      #expect(marked == text)
    }
  }

  /// The text with the markers that it should have.
  private static func mark(_ text: String) -> String {
    var files: [(path: String, text: [Substring])] = [("kitform.yaml", [])]
    for line in MarkedText(text).source.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#> ") { files.append((String(line.dropFirst(3)), [])) }
      files[files.count - 1].text.append(line)
    }
    let texts = files.map { (path: $0.path, text: $0.text.joined(separator: "\n")) }
    let project = ProjectFixture.project(texts[0].text, files: Array(texts.dropFirst()))
    let validation = ProjectFixture.validate(project)
    var findings = Findings()
    _ = Project.include(in: project.documents[0], &findings)
    findings.append(contentsOf: validation.findings)
    if text.hasPrefix("# with the account") {
      for configuration in validation.configurations {
        let records = Resolver(facts).resolve(configuration.records, &findings)
        WaitingTimes(facts, assumed: configuration.assumedQueues)
          .check(records, current: { _, _ in nil }, isTouched: { _, _ in true }, &findings)
      }
    }
    let sorted = findings.list.sorted(in: project.sources)
    let parts = texts.enumerated().map { index, file in
      MarkedText(file.text).marked(
        sorted, in: project.sources, file: Int32(index), notes: true, tellsOthers: texts.count == 1)
    }
    return parts.joined(separator: "\n")
  }
}
