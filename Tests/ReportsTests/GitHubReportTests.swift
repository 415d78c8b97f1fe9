import Basics
import Documents
import Testing

@testable import Reports

@Suite struct GitHubReportTests {
  @Test func `each finding and each relaxed rule is one workflow command`() {
    #expect(
      GitHubReport.text(ReportSamples.mixed()) == """
        ::error file=infra/kit/kitform.yaml,line=2,col=4,endLine=2,endColumn=9,title=name.length::too long%0AWhy: because%0AHelp: less%0ANote: everywhere
        ::warning file=infra/kit/kitform.yaml,line=2,endLine=3,title=yaml.other::two lines
        ::notice title=account.odd::no place
        ::notice file=infra/kit/kitform.yaml,line=1,col=1,endLine=1,endColumn=6,title=rules.relaxed::`rules` sets the rule callbackURL.https to warning
        ::notice file=infra/kit/kitform.yaml,line=1,col=1,endLine=1,endColumn=6,title=rules.relaxed::`rules` sets the rule name.length to off

        """)
  }

  @Test func `nothing found writes nothing`() {
    #expect(GitHubReport.text(ReportSamples.report()).isEmpty)
  }

  /// Reads lines as a runner does: commands begin with `::` behind white space, or with `##[` anywhere.
  @Test func `no data begins a command, adds a property or a line, or reaches a log raw`() {
    let report = ReportSamples.injected()
    let lines = GitHubReport.text(report).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == report.findings.count + report.relaxed.count + 1 && lines.last == "")
    for line in lines.dropLast() {
      #expect(line.unicodeScalars.allSatisfy { !SafeText.isUnsafe($0) } && !line.contains("##["))
      let head = line.dropFirst(2)
      guard let separator = head.firstRange(of: "::") else {
        Issue.record("no command: \(line)")
        continue
      }
      let command = head[..<separator.lowerBound]
      let properties = command.split(separator: " ", maxSplits: 1).last?.split(separator: ",") ?? []
      #expect(properties.last?.hasPrefix("title=") == true)
      #expect(
        properties.map { $0.prefix { $0 != "=" } }.allSatisfy {
          ["file", "line", "col", "endLine", "endColumn", "title"].contains($0)
        })
      #expect(Set(properties.map { $0.prefix { $0 != "=" } }).count == properties.count)
      let data = head[separator.upperBound...].replacing("%0A", with: "\n")
      for part in data.split(separator: "\n") { #expect(!part.hasPrefix("::") && !part.hasPrefix("##[")) }
      #expect(!data.contains("100%0A") && data.contains("100%250A"))
    }
  }
}
