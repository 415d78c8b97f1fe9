import ArgumentParser
import Testing

@testable import kitform

@Suite struct ReportOptionsTests {
  private func requests(_ texts: String...) throws -> [ReportRequest] {
    try ReportOptions.parse(texts.flatMap { ["--report", $0] }).requests()
  }

  @Test func `reports of all kinds can be asked for in one run`() throws {
    #expect(
      try requests("sarif=a.sarif", "junit=b.xml", "codequality=c=d.json", "json=e", "github") == [
        ReportRequest(kind: .sarif, file: "a.sarif"), ReportRequest(kind: .junit, file: "b.xml"),
        ReportRequest(kind: .codequality, file: "c=d.json"), ReportRequest(kind: .json, file: "e"),
        ReportRequest(kind: .github, file: nil),
      ])
  }

  @Test func `reports for people, pipelines and Kit's own pages stand beside them`() throws {
    #expect(
      try requests("markdown=a.md,max=9000", "markdown=b,max=.md,max=65000", "html=c.html", "dotenv=d.env", "steps=e")
        == [
          ReportRequest(kind: .markdown, file: "a.md", limit: 9000),
          ReportRequest(kind: .markdown, file: "b,max=.md", limit: 65_000), ReportRequest(kind: .html, file: "c.html"),
          ReportRequest(kind: .dotenv, file: "d.env"), ReportRequest(kind: .steps, file: "e"),
        ])
  }

  @Test(arguments: [
    ("markdwon=a.md", "`markdwon` is no kind of report"), ("markdown=a,max=10", "at least 4000"),
    ("markdown=,max=9000", "needs a file"), ("markdown=a,max=many", "a number of bytes"),
    ("\u{1B}[2J=a", "`\\u{001B}[2J` is no kind of report"),
    ("=a", "`` is no kind of report"), ("sarif", "needs a file"), ("sarif=", "needs a file"),
    ("github=a", "takes no file"),
  ])
  func `anything else is wrong use, and says what to write`(text: String, words: String) {
    #expect {
      try requests(text)
    } throws: { error in
      ReportOptions.message(for: error).contains(words) && ReportOptions.exitCode(for: error).rawValue == 64
    }
  }

  @Test func `two reports do not share a file`() {
    #expect(throws: (any Error).self) { try requests("sarif=a", "json=a") }
  }
}
