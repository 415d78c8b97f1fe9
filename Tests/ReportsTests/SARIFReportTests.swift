import Basics
import Documents
import Provisioning
import Testing

@testable import Reports

@Suite struct SARIFReportTests {
  private func run(_ report: FindingsReport) throws -> JSONValue {
    try #require(SARIFReport.document(report)["runs"]?.items.first)
  }

  @Test func `a log has the members that SARIF 2.1.0 requires`() throws {
    let document = SARIFReport.document(ReportSamples.mixed())
    #expect(document["version"] == "2.1.0" && document["runs"]?.items.count == 1)
    let run = try run(ReportSamples.mixed())
    #expect(run["tool"]?["driver"]?["name"] == "Kitform" && run["tool"]?["driver"]?["version"] == "1.0.0")
    #expect(run["invocations"]?.items.first?["executionSuccessful"] == true)
    #expect(run["invocations"]?.items.first?["exitCode"] == 3)
    #expect(run["columnKind"] == "unicodeCodePoints")
    #expect(run["automationDetails"]?["id"] == "kitform/infra/kit/validate/default/")
    for result in try #require(run["results"]).items {
      #expect(result["message"]?["text"]?.text?.isEmpty == false)
      #expect(result["locations"]?.items.count == 1)
    }
  }

  @Test func `each result names its rule, its level, its region from the repository's root and its notes`() throws {
    let run = try run(ReportSamples.mixed())
    let rules = try #require(run["tool"]?["driver"]?["rules"]).items
    let results = try #require(run["results"]).items
    #expect(rules.map { $0["id"]?.text } == ["name.length", "yaml.other", "account.odd"])
    #expect(rules.allSatisfy { $0["shortDescription"]?["text"]?.text?.hasSuffix(".") == true })
    #expect(results.map { $0["ruleIndex"] } == [0, 1, 2])
    #expect(results.map { $0["ruleId"] } == rules.map { $0["id"] })
    #expect(results.map { $0["level"]?.text } == ["error", "warning", "note"])
    #expect(results[0]["message"]?["text"] == "too long\nWhy: because\nHelp: less\nNote: everywhere")
    #expect(
      results[0]["locations"] == [
        [
          "physicalLocation": [
            "artifactLocation": ["uri": "infra/kit/kitform.yaml", "uriBaseId": "%SRCROOT%"],
            "region": ["startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 9],
          ]
        ]
      ])
    #expect(
      results[0]["relatedLocations"] == [
        [
          "id": 0,
          "physicalLocation": [
            "artifactLocation": ["uri": "infra/kit/channels/a.yaml", "uriBaseId": "%SRCROOT%"],
            "region": ["startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 6],
          ],
          "message": ["text": "there"],
        ]
      ])
    #expect(results[1]["relatedLocations"] == nil)
  }

  @Test func `what stands at no place stands at the project's file, because code scanning wants a place`() throws {
    let last = try #require(run(ReportSamples.mixed())["results"]?.items.last)
    let place = last["locations"]?.items.first?["physicalLocation"]
    #expect(place?["artifactLocation"]?["uri"] == "infra/kit/kitform.yaml")
    #expect(place?["region"] == ["startLine": 1, "startColumn": 1])
  }

  @Test func `relaxed rules stand in the run's properties, and one set to error is not relaxed`() throws {
    #expect(
      try run(ReportSamples.mixed())["properties"]?["relaxedRules"] == [
        ["id": "callbackURL.https", "setting": "warning"], ["id": "name.length", "setting": "off"],
      ])
  }

  @Test func `a command that could not do its work was no successful execution`() throws {
    for (outcome, worked) in [(RunOutcome.done, true), (.changes, true), (.failed, false), (.partial, false)] {
      let run = try run(ReportSamples.report(outcome: outcome))
      #expect(run["invocations"]?.items.first?["executionSuccessful"] == .bool(worked))
      #expect(run["results"] == [])
    }
  }

  @Test func `no data becomes a link, an argument, a raw control character or another path`() throws {
    let report = ReportSamples.injected()
    let document = SARIFReport.document(report)
    for text in document.strings(under: "text") { #expect(!text.contains("](") && !text.contains("{0}")) }
    for text in document.strings {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) })
    }
    let bytes = SARIFReport.encode(report)
    #expect(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A })
    let (read, findings) = JSONComposer.compose(SourceFile(path: "a.sarif", bytes: bytes), file: 0)
    #expect(findings.isEmpty && read.roots.count == 1)
    let uri = try #require(
      try run(report)["results"]?.items.first?["locations"]?.items.first?["physicalLocation"]?["artifactLocation"]?[
        "uri"]?.text)
    #expect(uri.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"&:[](){}".utf8.contains($0) })
  }

  @Test func `a path is percent-encoded part by part`() {
    #expect(URIPath.encode("a b/ä:%.yaml") == "a%20b/%C3%A4%3A%25.yaml")
  }
}
