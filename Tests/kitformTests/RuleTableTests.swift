import Documents
import Foundation
import Support
import Testing

@testable import kitform

/// A finding names a declared rule by its type; that every declared one is in the table, and none is idle, is read in the sources.
struct RuleTableTests {
  /// The text of every file of the product.
  private static let sources: [(path: String, text: String)] = {
    let root = GeneratedFile.root.appendingPathComponent("Sources")
    let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
      (path, (try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)) ?? "")
    }
  }()

  /// Each declared rule: the name in Swift, and the id.
  private static let declared: [(name: String, id: String)] = sources.flatMap { source in
    source.text.matches(of: /static let (\w+) = Rule\(\s*"([^"]+)"/).map { (String($0.1), String($0.2)) }
  }

  @Test func `every declared rule is in the table, and the table has no other`() {
    #expect(Self.declared.map(\.id).sorted() == Rule.known.map(\.id).sorted())
    #expect(Set(Rule.known.map(\.id)).count == Rule.known.count)
  }

  @Test func `no rule is made anywhere else`() {
    for (path, text) in Self.sources where !path.hasSuffix("Documents/Findings/Rule.swift") {
      let made = text.matches(of: /\bRule\(\s*"/).count
      let named = text.matches(of: /static let \w+ = Rule\(\s*"/).count
      #expect(made == named, "\(path) makes a rule without declaring it")
    }
  }

  @Test func `every rule of the table is reported somewhere`() {
    // A name behind a dot, in a line that does not declare one.
    var used: Set<Substring> = []
    for source in Self.sources {
      for line in source.text.split(separator: "\n") where !line.contains("static let ") {
        for part in line.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).dropFirst() {
          let name = part.prefix { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
          }
          used.insert(Substring(name))
        }
      }
    }
    for (name, id) in Self.declared {
      #expect(used.contains(Substring(name)), "no finding names \(id)")
    }
  }
}
