import Documents
import Manifest
import Support
import Testing

@testable import kitform

struct ReferencePageTests {
  @Test func `the page of the documentation is up to date`() throws {
    try GeneratedFile.check(
      "Sources/KitformEngine/Documentation.docc/Reference.md", ReferencePage.standard.markdown)
  }

  @Test func `every rule is explained once, with its severity, an example, its source and whether it can be relaxed`() {
    for rule in Rule.known {
      let entries = ReferencePage.standard.lookUp(rule.id).filter { $0.group == .rule }
      #expect(entries.count == 1, "\(rule.id)")
      #expect(entries.first?.facts.map(\.word) == ["severity", "example", "source"], "\(rule.id)")
      let source = entries.first?.facts.last?.text ?? ""
      #expect(source.contains(rule.isRelaxable ? "relaxes it" : "cannot be relaxed"), "\(rule.id)")
    }
    let names = ReferencePage.standard.entries.map { "\($0.group) \($0.name)" }
    #expect(Set(names).count == names.count)
  }
}
