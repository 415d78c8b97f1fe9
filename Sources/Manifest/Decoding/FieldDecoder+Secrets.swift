import Basics
import Documents

extension FieldDecoder {
  private static let secretForms = KeyNames(["env", "keep", "file"])

  /// Reads `{env: NAME}`, `{file: path}`, `{file: {env: NAME}}` or `{keep: true}`.
  package func secretReference(_ cursor: Cursor, for name: String, _ findings: inout Findings) -> SecretReference? {
    let suggestion = "write `{env: NAME}` and put the value into that variable, or `{file: path}`"
    guard cursor.shape != .sequence else {
      findings.report(
        .secretForm, at: cursor.place, "`\(name)` is a list, but a secret reference is wanted", suggestion: suggestion)
      return nil
    }
    guard !cursor.isNull else {
      findings.report(.fieldEmpty, at: cursor.place, "`\(name)` has no value", suggestion: suggestion)
      return nil
    }
    guard cursor.isMapping else {
      findings.report(
        .secretLiteral, at: cursor.place, "`\(name)` is written as a literal",
        why: "everyone who can read the repository could read the secret",
        suggestion: MeantForm.secret(name, cursor) ?? suggestion)
      return nil
    }
    guard let pair = cursor.onlyPair,
      let form = FieldDecoder.secretForms.index(of: pair.key.node, in: pair.key.document)
    else {
      findings.report(
        .secretForm, at: cursor.place, "`\(name)` is not a secret reference",
        why: "a reference has exactly one of the keys `env`, `file` and `keep`",
        suggestion: cursor.onlyPair.flatMap { Words.didYouMean($0.key.text, among: ["env", "file", "keep"]) }
          ?? suggestion)
      return nil
    }
    switch form {
    case 0: return variableName(pair.value, for: name, &findings).map { .environment($0) }
    case 1:
      guard pair.value.isPlain, pair.value.text == "true" else {
        findings.report(
          .secretForm, at: pair.value.place, "`keep` is `true`, or not there",
          suggestion: "write `{keep: true}` to leave Kit's value as it is")
        return nil
      }
      return .keep
    default:
      if let inner = pair.value.onlyPair, inner.key.text == "env" {
        return variableName(inner.value, for: name, &findings).map { .fileNamedBy($0) }
      }
      guard pair.value.isScalar, !pair.value.isNull, !pair.value.text.isEmpty,
        isWithoutVariable(pair.value, &findings)
      else {
        if pair.value.shape != .scalar || pair.value.isNull || pair.value.text.isEmpty {
          findings.report(
            .secretForm, at: pair.value.place, "`file` names no file",
            suggestion: "write `{file: path}`, or `{file: {env: NAME}}` where a variable holds the path")
        }
        return nil
      }
      return .file(pair.value.text)
    }
  }

  private func variableName(_ cursor: Cursor, for name: String, _ findings: inout Findings) -> String? {
    guard cursor.isScalar, !cursor.isNull else {
      findings.report(
        .secretForm, at: cursor.place, "`env` names no environment variable", suggestion: "write `{env: NAME}`")
      return nil
    }
    guard isWithoutVariable(cursor, &findings) else { return nil }
    guard SecretReference.isVariableName(cursor.document.bytes(cursor.node)) else {
      findings.report(
        .secretForm, at: cursor.place, "`env` of `\(name)` is not the name of an environment variable",
        why: "a name has letters, digits and underscores, and begins with no digit",
        suggestion: ExpandedScalar(literal: cursor).blockHelp ?? MeantForm.variable(cursor.text).map {
          "write `{env: \($0)}`"
        }
          ?? "write the variable's name, not its value")
      return nil
    }
    return cursor.text
  }

  private func isWithoutVariable(_ cursor: Cursor, _ findings: inout Findings) -> Bool {
    guard cursor.document.mayHoldDollar, cursor.text.contains("${") else { return true }
    findings.report(
      .variablePlace, at: cursor.place, "a secret reference does not take variables",
      why: "a reviewer must see which secret a channel uses",
      suggestion: MeantForm.variable(cursor.text).map { "write the name alone: `{env: \($0)}`" } ?? "write the name out"
    )
    return false
  }
}

extension SecretReference {
  /// Whether a string can be an environment variable's name.
  package static func isVariableName(_ text: String) -> Bool { isVariableName(ArraySlice(text.utf8)) }

  /// The same for a string's bytes.
  static func isVariableName(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard let first = bytes.first, !(48...57).contains(first), bytes.count <= 255 else { return false }
    return bytes.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
    }
  }
}
