import Basics
import Documents
import Foundation
import Provisioning
import Testing

@testable import Reports

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct JUnitReportTests {
  /// One element as an independent XML reader sees it.
  final class Element {
    var name: String
    var attributes: [String: String]
    var children: [Element] = []
    var text = ""

    init(_ name: String, _ attributes: [String: String]) {
      self.name = name
      self.attributes = attributes
    }
  }

  final class Reader: NSObject, XMLParserDelegate {
    var open = [Element("", [:])]

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      let element = Element(name, attributes)
      open.last?.children.append(element)
      open.append(element)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) { open.last?.text += text }
  }

  /// The root element; the report must be well-formed.
  func read(_ report: FindingsReport) throws -> Element {
    let parser = XMLParser(data: Data(JUnitReport.encode(report)))
    let reader = Reader()
    parser.delegate = reader
    #expect(parser.parse())
    return try #require(reader.open.first?.children.first)
  }

  /// What Ant's JUnit schema says of every element: its attributes (all required here), and its children in order.
  func check(_ root: Element) throws {
    #expect(root.name == "testsuites" && root.attributes.isEmpty)
    for (number, suite) in root.children.enumerated() {
      #expect(
        Set(suite.attributes.keys) == [
          "name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time",
        ])
      #expect(suite.attributes["id"] == String(number) && suite.attributes["name"]?.isEmpty == false)
      #expect(suite.attributes["timestamp"] == "2026-01-02T03:04:05")
      let cases = suite.children.filter { $0.name == "testcase" }
      #expect(
        suite.children.map(\.name) == ["properties"] + cases.map { _ in "testcase" } + ["system-out", "system-err"])
      #expect(suite.attributes["tests"] == String(cases.count))
      let failures = cases.flatMap(\.children)
      #expect(suite.attributes["failures"] == String(failures.count) && suite.attributes["errors"] == "0")
      for property in try #require(suite.children.first).children {
        #expect(property.name == "property" && Set(property.attributes.keys) == ["name", "value"])
      }
      for test in cases {
        #expect(Set(test.attributes.keys) == ["name", "classname", "time"] && test.children.count <= 1)
      }
      for failure in failures {
        #expect(failure.name == "failure" && Set(failure.attributes.keys) == ["message", "type"])
      }
    }
  }

  @Test func `each manifest is a suite, each error a failure, and warnings stand in system-out`() throws {
    let root = try read(ReportSamples.mixed())
    try check(root)
    #expect(
      root.children.map { $0.attributes["name"] } == [
        "infra/kit/kitform.yaml", "infra/kit/channels/a.yaml", "infra/kit",
      ])
    let suite = try #require(root.children.first)
    let test = try #require(suite.children.first { $0.name == "testcase" })
    #expect(test.attributes["name"] == "name.length (2:4)")
    #expect(test.children.first?.attributes == ["message": "too long", "type": "name.length"])
    #expect(
      test.children.first?.text == """
        infra/kit/kitform.yaml:2:4: error [name.length]: too long
        Why: because
        Help: less
        Note: everywhere
        Note: infra/kit/channels/a.yaml:1:1: there
        """)
    let output = suite.children.first { $0.name == "system-out" }?.text
    #expect(output == "infra/kit/kitform.yaml:2:4: warning [yaml.other]: two lines")
    #expect(root.children[1].children.first { $0.name == "testcase" }?.attributes["name"] == "no errors")
    #expect(root.children[2].children.first { $0.name == "system-out" }?.text.contains("no place") == true)
  }

  @Test func `relaxed rules are properties of every suite`() throws {
    for suite in try read(ReportSamples.mixed()).children {
      let properties = try #require(suite.children.first).children.map {
        [$0.attributes["name"], $0.attributes["value"]]
      }
      #expect(properties.contains(["rules.relaxed.callbackURL.https", "warning"]))
      #expect(properties.contains(["rules.relaxed.name.length", "off"]))
      #expect(properties.contains(["command", "validate"]) && properties.contains(["outcome", "invalid"]))
    }
  }

  @Test func `without any manifest there is one suite, named after the environment`() throws {
    let root = try read(ReportSamples.report(outcome: .failed, environment: "staging", files: []))
    try check(root)
    #expect(root.children.map { $0.attributes["name"] } == ["staging"])
  }

  @Test func `data stays data: no element, attribute or control character of its own`() throws {
    let report = ReportSamples.injected()
    let root = try read(report)
    try check(root)
    let text = String(decoding: JUnitReport.encode(report), as: UTF8.self)
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) && $0 != "\u{FFFE}" })
    #expect(!text.contains("]]>") && !text.contains("<x"))
    let failure = try #require(root.children.first?.children.first { $0.name == "testcase" }?.children.first)
    #expect(failure.attributes["message"]?.contains("]]></failure><x a='1' b=\"2\">&amp; \\u{001B}[2J") == true)
    #expect(failure.attributes["message"]?.contains("\n::set-env") == true)
    #expect(failure.text.contains("\\u{0000}\\u{009B}\\u{202E}\\u{FFFE}\\u{000D}::error"))
  }
}
