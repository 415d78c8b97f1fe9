package import Documents

extension Rule {
  /// A rule that no module declares, for tests of what is done with any finding.
  package static func sample(_ id: String) -> Rule { Rule(id, "A sample rule.", example: "sample: 1") }
}
