package import Documents

extension Project {
  /// The key that names the oldest Kitform that may read the project.
  static let requirementKey = "requires"

  /// The finding that ends the reading of a project that wants a newer Kitform than `version`; nil where it may be read.
  ///
  /// Nothing else of the project counts then: a newer format may have keys that this Kitform does not know.
  package static func refusal(of document: Document, by version: ToolVersion) -> Diagnostic? {
    for root in document.roots {
      guard let value = Cursor(document, root).pair(of: requirementKey)?.value, let wanted = requirement(value),
        version < wanted
      else { continue }
      return Diagnostic(
        .projectRequires, at: value.place, "this project requires Kitform \(wanted) or newer, and this is \(version)",
        suggestion: "install Kitform \(wanted) or newer")
    }
    return nil
  }

  /// The version that a value of `requires` names; nil for one that is not in its form.
  private static func requirement(_ value: Cursor) -> ToolVersion? {
    guard value.shape == .scalar, value.text.hasPrefix(">=") else { return nil }
    return ToolVersion(value.text.dropFirst(2).drop { $0 == " " })
  }

  /// Checks the form of a value of `requires`.
  static func checkRequirement(_ value: Cursor, at place: SourcePlace, _ findings: inout Findings) {
    guard requirement(value) == nil else { return }
    let number = value.shape == .scalar ? value.text.drop { !("0"..."9").contains($0) } : ""
    // `>= 9` means 9.0, and must not be answered with an older version.
    let meant = ToolVersion(number) ?? ToolVersion("\(number).0")
    findings.report(
      value.isNull ? .fieldEmpty : .projectRequires, at: place,
      "`requires` is \(value.words), but `>=` and a version is wanted",
      suggestion: "write `requires: \">= \(meant ?? .current)\"`")
  }
}
