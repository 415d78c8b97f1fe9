import Documents
import Foundation
import Support
import Testing

@testable import kitform

/// What the pages show, against the shipped binary.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct GuideTests {
  /// Commands that this test cannot run, by what runs them.
  private static let places: Set<String> = [".ci/run", "a machine to install on"]

  @Test(arguments: GuidePage.all)
  func `each command of a page ends as the page shows, and each output is real`(_ page: GuidePage) async throws {
    #expect(Set(page.elsewhere.map(\.place)).isSubset(of: GuideTests.places))
    guard !page.parts.isEmpty else { return }
    let results = try await GuideRun().run(page)
    var lines = page.lines
    for (part, result) in zip(page.parts, results).reversed() {
      guard case .commands(let commands) = part else {
        #expect(
          result.statuses.isEmpty, "\(page.path): hidden commands ended with \(result.statuses): \(result.output)")
        continue
      }
      #expect(
        result.statuses == commands.statuses,
        "\(page.path):\(commands.line): other exit codes than the page shows\n\(commands.text)\n\(result.output)")
      guard let output = commands.output, !GuideRun.matches(result.output, shown: output.text) else { continue }
      // A person chose the lines of an output that is shown in part.
      let isWhole = !output.text.components(separatedBy: "\n").contains("…")
      if isWhole, ProcessInfo.processInfo.environment["RECORD"] == "1" {
        let recorded = result.output.components(separatedBy: "\n")
        lines.replaceSubrange(output.lines, with: recorded.map { $0.isEmpty ? "" : output.indent + $0 })
      }
      Issue.record("\(page.path):\(output.lines.lowerBound): the output is another one\n\(result.output)")
    }
    if lines != page.lines {
      try Data(lines.joined(separator: "\n").utf8).write(to: GeneratedFile.root.appendingPathComponent(page.path))
    }
  }

  @Test func `each command line of a page names commands and options that there are`() async throws {
    let grammar = try await CommandGrammar.ofBinary()
    for page in GuidePage.all {
      // `kitform probe …` is how the guide names what a person makes in Kit.
      for line in page.commandLines where !line.hasPrefix("kitform probe ") {
        for words in CommandGrammar.invocations(in: line) {
          #expect(grammar.problem(with: words) == nil, "\(page.path): \(line)")
        }
      }
    }
  }

  @Test func `the page of commands has each one, with options that there are`() async throws {
    let grammar = try await CommandGrammar.ofBinary()
    let page = try #require(GuidePage.all.first { $0.path.hasSuffix("/Commands.md") })
    var shown: Set<String> = []
    for line in page.lines.prefix(while: { $0 != "## Reports" }) where line.hasPrefix("| `") {
      let cell = line.dropFirst(2).components(separatedBy: " | ")[0]
      for span in cell.matches(of: /`([^`]+)`/) {
        let words = span.1.replacing(/[\[\]…]/, with: "").replacing("\\|", with: "|").split(separator: " ")
        shown.insert(String(words[0]))
        // `state list|show` and `--id|--name` are several words each.
        for alternative in words.dropFirst().flatMap({ $0.split(separator: "|") }) {
          let words = [String(words[0]), String(alternative)]
          #expect(grammar.problem(with: words) == nil, "\(line)")
        }
      }
    }
    #expect(shown.union(["help"]) == grammar.commands.union(["help"]))
  }

  @Test func `the page of variables has every one that sources and pipelines name, and no other`() throws {
    var names: Set<String> = []
    for directory in ["Sources", "examples/ci"] {
      let root = GeneratedFile.root.appendingPathComponent(directory).path
      for name in FileManager.default.enumerator(atPath: root)?.compactMap({ $0 as? String }) ?? []
      where !name.hasSuffix(".md") {
        guard let text = try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8) else { continue }
        names.formUnion(text.matches(of: /KITFORM_[A-Z_]*[A-Z]/).map { String($0.0) })
      }
    }
    // The part before a name or a pattern, such as KITFORM_VAR_, is no variable.
    names = names.filter { name in !names.contains { $0.hasPrefix(name + "_") } }
    let page = try #require(GuidePage.all.first { $0.path.hasSuffix("/EnvironmentVariables.md") })
    let rows = page.lines.compactMap { $0.firstMatch(of: /^\| `(KITFORM_[A-Z_]+)` \|/) }.map { String($0.1) }
    #expect(Set(rows) == names)
    #expect(Set(rows).count == rows.count, "each has one row")
  }

  @Test func `the page of troubles has ids of rules that there are`() throws {
    let page = try #require(GuidePage.all.first { $0.path.hasSuffix("/Troubleshooting.md") })
    let start = try #require(page.lines.firstIndex(of: "## By id"))
    let ids = page.lines[start...].prefix { !$0.hasPrefix("## Kit") }.compactMap {
      $0.firstMatch(of: /^\| `([^`]+)` \|/).map { String($0.1) }
    }
    let unknown = Set(ids).subtracting(Rule.known.map(\.id))
    #expect(unknown.isEmpty)
    #expect(ids.count > 20)
  }

  @Test func `the README's status is the sentence of the built-in profile`() async throws {
    let workspace = try Workspace()
    let profile = try await BinaryUnderTest.run(["profile", "show"], in: workspace.path).output
    let comment = profile.split(separator: "\n").reversed().prefix { $0.hasPrefix("# ") }.reversed()
      .map { $0.dropFirst(2) }.joined(separator: " ")
    let status = try #require(comment.firstRange(of: "On a real account today: ")).lowerBound
    let readme = try #require(GuidePage.all.first).lines.joined(separator: " ")
    #expect(readme.contains("**Status**: \(comment[status...])"))
    // The sentence is about a profile that is not confirmed, with these months.
    #expect(profile.contains("\nstatus: unconfirmed"))
    let months = Set(profile.matches(of: /SEEN ([A-Z][a-z]+ \d{4})/).map { String($0.1) })
    #expect(months.contains("July 2026") && comment.contains("July 2026"), "\(months)")
  }

  @Test func `the newest release of the changelog is the version that the command prints`() throws {
    let page = try #require(GuidePage.all.first { $0.path.hasSuffix("/Releases.md") })
    let releases = page.lines.filter { $0.hasPrefix("## ") && $0 != "## Overview" }
    #expect(releases.first?.dropFirst(3).hasPrefix(Version.number) == true)
  }
}
