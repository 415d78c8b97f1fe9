import Basics
import Documents
import Testing

@testable import Reports

@Suite struct CodeQualityReportTests {
  @Test func `each issue has the fields that GitLab requires`() throws {
    let issues = CodeQualityReport.document(ReportSamples.mixed()).items
    #expect(issues.count == 5)
    for issue in issues {
      for field in ["description", "check_name", "fingerprint", "severity"] {
        #expect(issue[field]?.text?.isEmpty == false, "\(field)")
      }
      #expect(["info", "minor", "major", "critical", "blocker"].contains(issue["severity"]?.text))
      #expect(issue["location"]?["path"]?.text?.hasPrefix("infra/kit/") == true)
      guard case .integer(let line)? = issue["location"]?["lines"]?["begin"] else {
        Issue.record("an issue without a line")
        continue
      }
      #expect(line >= 1)
    }
    #expect(Set(issues.map { $0["fingerprint"]?.text }).count == issues.count)
    #expect(issues.map { $0["severity"]?.text } == ["critical", "minor", "info", "info", "info"])
    #expect(issues[0]["location"] == ["path": "infra/kit/kitform.yaml", "lines": ["begin": 2]])
  }

  @Test func `relaxed rules are issues at their lines`() {
    let relaxed = CodeQualityReport.document(ReportSamples.mixed()).items.filter {
      $0["check_name"] == "rules.relaxed"
    }
    #expect(
      relaxed.map { $0["description"]?.text } == [
        "`rules` sets the rule callbackURL.https to warning", "`rules` sets the rule name.length to off",
      ])
    #expect(relaxed.allSatisfy { $0["location"]?["lines"]?["begin"] == 1 })
  }

  @Test func `nothing found is an empty array`() {
    #expect(CodeQualityReport.encode(ReportSamples.report()) == Array("[]\n".utf8))
  }

  @Test func `no control character of the data is in the file or in a value`() {
    let report = ReportSamples.injected()
    #expect(CodeQualityReport.encode(report).allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A })
    for text in CodeQualityReport.document(report).strings {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) })
    }
  }
}
