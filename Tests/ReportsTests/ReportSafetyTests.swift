import Basics
import Documents
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

/// Reports of whole projects that mean harm, from the manifest to the bytes.
@Suite struct ReportSafetyTests {
  /// The findings of a project as every format writes them.
  private func reports(_ text: String, files: [(path: String, text: String)] = []) -> [(kind: String, text: String)] {
    let project = ProjectFixture.project(text, files: files)
    var report = ReportSamples.report(files: project.sources.files.map(\.path))
    report.add(ProjectFixture.validate(project).findings, in: project.sources)
    #expect(!report.findings.isEmpty)
    return [
      ("sarif", String(decoding: SARIFReport.encode(report), as: UTF8.self)),
      ("junit", String(decoding: JUnitReport.encode(report), as: UTF8.self)),
      ("codequality", String(decoding: CodeQualityReport.encode(report), as: UTF8.self)),
      ("github", GitHubReport.text(report)),
    ]
  }

  @Test func `a hostile path, key, field and name of a channel drive no reader of a report`() {
    let reports = reports(
      ProjectFixture.header,
      files: [
        (
          path: "channels/::error file=x::y,\u{1B}]0;z\u{7}##[group]\n::stop-commands::<b>&.yaml",
          text: """
          channels:
            ok:
              "]]><b>::error::, %0A##[x": {name: "<b>\\u202E::warning::"}
              ok: {name: " ::error:: ", "]]></failure>::x##[y": 1, redirect: {queue: "\\u200B"}}
            "custom](http://evil.example)": {}

          """
        )
      ])
    for (kind, text) in reports {
      #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) }, "\(kind)")
      #expect(text.contains("error"), "\(kind)")
    }
    for line in reports[3].text.split(separator: "\n") {
      #expect(line.hasPrefix("::error ") || line.hasPrefix("::warning ") || line.hasPrefix("::notice "))
      #expect(!line.contains("##["))
    }
    #expect(!reports[1].text.contains("<b>") && !reports[1].text.contains("]]>"))
    #expect(!reports[0].text.contains("]("))
  }

  @Test(arguments: [
    "channels: {ok: {a: {name: A, accessToken: hunter2, redirect: {queue: Q}}}}",
    "channels:\n  ok:\n    a:\n      name: A\n      accessToken: |\n        hunter2\n      redirect: {queue: Q}",
    "channels: {ok: {a: {name: A, accessToken: {env: hunter2 hunter2}, redirect: {queue: Q}}}}",
    "channels: {ok: {a: {name: A, accessToken: [hunter2], redirect: {queue: Q}, closing: {agent: 8d}}}}",
    "channels: {ok: {a: {name: A, accessToken: {value: hunter2}, redirect: {queue: Q}}}}",
    "channels: {ok: {a: {name: A, accessToken: \"hunter2, redirect: {queue: Q}}}}",
    "channels: {custom: {a: {name: A, apiToken: {id: 1, value: hunter2}, callbackURL: http://hunter2:hunter2@h.example/?t=hunter2, redirect: {queue: Q}}}}",
    "account: {token: hunter2}",
  ])
  func `a secret that was written into a manifest is in no report`(body: String) {
    for (kind, text) in reports("kitform: 1\n\(body)\n") {
      #expect(!text.contains("hunter2"), "\(kind)")
    }
  }
}
