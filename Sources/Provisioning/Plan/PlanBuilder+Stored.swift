import Documents

extension PlanBuilder {
  /// A finding for each field of which the last apply read back another value than it had written.
  func storedFindings() -> [Diagnostic] {
    comparer.storedOtherwise.map { one in
      let stored = one.values
      let message =
        if let values = stored.values {
          "Kit stores \(ValueNotation.text(values.stored)) instead of \(ValueNotation.text(values.written))"
            + (stored.remark.map { " (\($0))" } ?? "")
        } else {
          "Kit stores another value of \(stored.field) than its secret has"
        }
      let suggestion =
        stored.line.map { "write `\($0)`" }
        ?? (stored.values == nil
          ? "put the value that Kit stores behind the reference" : "write the value that Kit stores")
      return Diagnostic(
        .accountStoredOtherwise, at: one.place, message,
        why: "the last apply of \(one.address) wrote \(stored.field) and read this back, so it is not sent again",
        suggestion: suggestion)
    }
  }
}
