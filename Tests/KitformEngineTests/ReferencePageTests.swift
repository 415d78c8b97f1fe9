import KitformEngine
import Manifest
import Provisioning
import Support
import Testing

struct ReferencePageTests {
  @Test func `the page of the documentation is up to date`() throws {
    try GeneratedFile.check(
      "Sources/KitformEngine/Documentation.docc/Reference.md", ReferencePage.standard.markdown)
  }

  @Test func `rules of plans are explained beside those of manifests`() {
    #expect(ReferencePage.standard.lookUp("adopt.missing").count == 1)
    #expect(ReferencePage.standard.lookUp("closing.agent.range").count == 1)
    let names = ReferencePage.standard.entries.map { "\($0.group) \($0.name)" }
    #expect(Set(names).count == names.count)
  }
}
