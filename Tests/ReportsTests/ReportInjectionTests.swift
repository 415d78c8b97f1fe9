import Basics
import Channels
import Documents
import Foundation
import FoundationXML
import Manifest
import Provisioning
import Support
import Testing

@testable import Reports

/// Runs whose every text means harm, in every format that people or pipelines read.
@Suite struct ReportInjectionTests {
  private static let runs = RunSamples.hostileRuns()

  private static func markdown() -> [(name: String, text: String)] {
    runs.flatMap { name, run in
      [
        ("\(name).md", MarkdownReport.text(run)), ("\(name)-large.md", MarkdownReport.text(run, limit: 1 << 20)),
        ("\(name)-steps.md", StepsReport.text(run, kinds: Kinds.all)),
      ]
    }
  }

  @Test func `nothing unseen or disordering reaches any report`() {
    for (name, run) in ReportInjectionTests.runs {
      var texts = [HTMLReport.text(run), PlanAnnotations.text(run)]
      texts += [ReportOutputs(run).github, ReportOutputs(run).dotenv]
      for text in texts + ReportInjectionTests.markdown().map(\.text) {
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) }, "\(name)")
      }
    }
  }

  @Test func `in Markdown, data stands in code alone, and no line of it is a command or a comment`() {
    for (name, text) in ReportInjectionTests.markdown() {
      var fence = ""
      for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
        let words = line.drop { $0 == " " }
        #expect(!words.hasPrefix("::") && !line.contains("##["), "\(name): \(line)")
        #expect(line.contains("<!--") == (line.hasPrefix("<!-- kitform")), "\(name): \(line)")
        if fence.isEmpty, line.hasPrefix("```") {
          fence = String(line.prefix { $0 == "`" })
        } else if line == fence {
          fence = ""
        } else if fence.isEmpty, number > 0, !line.hasPrefix("{\"account\"") {
          let rest = withoutCode(line)
          for mark in ["@", "#1", "http", "evil", "](", "img", "alert", "|", "$", "</script", "a1b2", "!5", "/close"] {
            #expect(!rest.contains(mark), "\(name): \(rest)")
          }
        }
      }
      #expect(fence.isEmpty, "\(name) ends inside a fence")
    }
  }

  /// A line without its code spans, as CommonMark finds them.
  private func withoutCode(_ line: Substring) -> String {
    var rest = line[...]
    var result = ""
    while let start = rest.firstIndex(of: "`") {
      result += rest[..<start]
      let run = rest[start...].prefix { $0 == "`" }
      var search = rest[run.endIndex...]
      var end: Substring.Index?
      while let next = search.firstIndex(of: "`") {
        let other = search[next...].prefix { $0 == "`" }
        search = search[other.endIndex...]
        if other.count == run.count {
          end = other.endIndex
          break
        }
      }
      guard let end else { return result + rest[start...] }
      rest = rest[end...]
    }
    return result + rest
  }

  @Test(.enabled(if: MarkdownElements.isAvailable, "Python's `markdown-it-py` and `cmarkgfm` are not installed"))
  func `renderers that are not ours find no element, link, comment or mention but ours`() throws {
    let own: Set = [
      "h1", "h2", "h3", "p", "pre", "code", "blockquote", "strong", "ul", "li", "details", "summary", "input", "br",
    ]
    for (name, text) in ReportInjectionTests.markdown() {
      for page in try MarkdownElements.read(text) {
        #expect(Set(page.elements).isSubset(of: own), "\(name): \(page.elements)")
        for attribute in page.attributes {
          let isOurs =
            attribute.hasPrefix("code.class=language-") || attribute.hasPrefix("pre.lang=")
            || attribute.hasPrefix("input.")
          #expect(isOurs, "\(name): \(attribute)")
        }
        #expect(page.comments.allSatisfy { $0.hasPrefix(" kitform") } && page.comments.count <= 2, "\(name)")
        for mark in ["@", "#1", "http", "evil", "onerror"] {
          #expect(!page.text.contains(mark), "\(name): \(page.text)")
        }
      }
    }
  }

  @Test func `a hostile report holds one approval, and it is the plan's own`() throws {
    for (name, run) in ReportInjectionTests.runs {
      let text = MarkdownReport.text(run, limit: 1 << 20)
      if let plan = run.plan, run.approval != nil {
        #expect(try Approval.reading(Array(text.utf8), label: name) == Approval(plan: plan))
      } else {
        #expect(throws: ApprovalFailure.none(label: name)) { try Approval.reading(Array(text.utf8), label: name) }
      }
      #expect(text.hasPrefix("<!-- kitform project=") && text.split(separator: "\n")[0].hasSuffix(" -->"))
    }
  }

  @Test func `in HTML, no element or attribute comes from data, and nothing is loaded or run`() throws {
    let elements: Set = [
      "html", "head", "meta", "title", "style", "body", "main", "header", "footer", "section", "article", "nav", "a",
      "h1", "h2", "h3", "p", "b", "i", "ul", "li", "dl", "dt", "dd", "div", "span", "strong", "bdi", "code", "del",
      "ins",
      "details", "summary", "figure", "figcaption", "svg", "g", "rect", "path", "text",
    ]
    for (name, run) in ReportInjectionTests.runs {
      let text = HTMLReport.text(run)
      let reader = XMLElements()
      let parser = XMLParser(data: Data(text.utf8))
      parser.delegate = reader
      #expect(parser.parse(), "\(name): \(String(describing: parser.parserError))")
      #expect(reader.elements.isSubset(of: elements), "\(name): \(reader.elements.subtracting(elements))")
      for (attribute, value) in reader.attributes {
        #expect(!attribute.hasPrefix("on") && attribute != "src" && attribute != "style", "\(name): \(attribute)")
        if attribute == "href" { #expect(value.hasPrefix("#"), "\(name): \(value)") }
      }
      #expect(reader.text.contains("<img src=x onerror=alert(1)>"), "\(name)")
      #expect(!text.contains("url(") && !text.contains("@import"), "\(name)")
      #expect(text.contains("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"))
    }
  }

  /// Element names, attributes and text of a document that must be well-formed.
  private final class XMLElements: NSObject, XMLParserDelegate {
    var elements: Set<String> = []
    var attributes: [(String, String)] = []
    var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements.insert(name)
      self.attributes += attributes.map { ($0.key, $0.value) }
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) { self.text += text }
  }

  @Test func `refusals and results of a hostile plan stay data in every format for machines`() throws {
    for (name, run) in ReportInjectionTests.runs {
      guard let plan = run.plan else { continue }
      var report = run.findings
      report.add(plan.refusals, of: plan)
      if let result = run.result { report.add(result, of: plan) }
      let parser = XMLParser(data: Data(JUnitReport.encode(report)))
      let reader = XMLElements()
      parser.delegate = reader
      #expect(parser.parse(), "\(name)")
      #expect(
        reader.elements.isSubset(of: [
          "testsuites", "testsuite", "properties", "property", "testcase", "failure", "system-out", "system-err",
        ]), "\(name)")
      for text in [SARIFReport.encode(report), CodeQualityReport.encode(report), JUnitReport.encode(report)] {
        let text = String(decoding: text, as: UTF8.self)
        #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) }, "\(name)")
      }
      #expect(SARIFReport.document(report).strings(under: "text").allSatisfy { !$0.contains("](") }, "\(name)")
      for line in GitHubReport.text(report).split(separator: "\n") {
        #expect(line.prefixMatch(of: #/::(error|warning|notice) /#) != nil && !line.contains("##["), "\(name): \(line)")
      }
    }
  }

  @Test func `annotations of a plan are whole commands with the properties that we write`() {
    for (name, run) in ReportInjectionTests.runs {
      for line in PlanAnnotations.text(run).split(separator: "\n") {
        #expect(line.hasPrefix("::warning ") || line.hasPrefix("::notice "), "\(name): \(line)")
        #expect(!line.contains("##["), "\(name): \(line)")
        let head = line.dropFirst(2)
        guard let separator = head.firstRange(of: "::") else {
          Issue.record("\(name): no command: \(line)")
          continue
        }
        let properties = head[..<separator.lowerBound].split(separator: " ", maxSplits: 1).last?.split(separator: ",")
        let names = (properties ?? []).map { String($0.prefix { $0 != "=" }) }
        #expect(names == ["file", "line", "col", "title"] || names == ["title"], "\(name): \(names)")
        for part in head[separator.upperBound...].replacing("%0A", with: "\n").split(separator: "\n") {
          #expect(!part.drop { $0 == " " }.hasPrefix("::"), "\(name): \(part)")
        }
      }
    }
  }

  @Test func `outputs are four lines of plain values, whatever a plan is called`() {
    for (name, run) in ReportInjectionTests.runs {
      for text in [ReportOutputs(run).github, ReportOutputs(run).dotenv] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5 && lines.last == "", "\(name)")
        for line in lines.dropLast() { #expect(line.wholeMatch(of: /[A-Za-z_]+=[A-Za-z0-9-]*/) != nil, "\(line)") }
      }
    }
    let plain = ReportOutputs(RunSamples.run(RunSamples.hostilePlan()))
    #expect(plain.changes == "5" && plain.deletes == "1" && plain.digest.hasPrefix("kf1-"))
  }

  @Test func `graphs are lines of our own syntax, with data inside quotes`() {
    let plan = RunSamples.hostilePlan()
    let map = RoutingMap(plan.changes, [], unchanged: 0, limit: 40, roomForOthers: 0)
    let mermaid =
      #/  [ct][0-9]+(\["[^"`<>&{}\[\]()|@\\]*<br\/>[^"`<>&{}\[\]()|@\\]*"\]|\[\["[^"`<>&{}\[\]()|@\\]*"\]\]|\{\{"[^"`<>&{}\[\]()|@\\]*"\}\})/#
    let mermaidOther = #/flowchart LR|  c[0-9]+ (-->|-\. before \.->) t[0-9]+|  class(Def)? [a-z0-9,:# -]+/#
    for line in MermaidGraph.text(map).split(separator: "\n") {
      #expect(line.wholeMatch(of: mermaid) != nil || line.wholeMatch(of: mermaidOther) != nil, "\(line)")
    }
    let dot = #/  [ct][0-9]+ \[shape=[a-z0-9]+( style="")? label="([^"\\]|\\["\\n])*"[a-z0-9 ="#,]*\]/#
    let dotOther =
      #/digraph kitform \{|\}|  rankdir=LR|  (node|edge) \[[a-zA-Z0-9 ="-]+\]|  c[0-9]+ -> t[0-9]+( \[style=dashed label="before"\])?/#
    for line in DOTGraph.text(map).split(separator: "\n") {
      #expect(line.wholeMatch(of: dot) != nil || line.wholeMatch(of: dotOther) != nil, "\(line)")
    }
  }
}
