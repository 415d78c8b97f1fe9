import Basics
import Documents
import YAML

/// The line that was probably meant, for the suggestions of findings on the commonest mistakes.
///
/// Nothing that may be a secret is repeated: only numbers, titles, and names of variables in the usual upper case.
enum MeantForm {
  /// The name in `$NAME`, `${NAME}`, `%NAME%` or `env:NAME`, or a bare name such as `OK_TOKEN`; nil for other texts.
  static func variable(_ text: String) -> String? {
    func name(_ text: some StringProtocol) -> String? {
      let name = String(text)
      return SecretReference.isVariableName(name) && name == name.uppercased() ? name : nil
    }
    for (start, end) in [("${{ secrets.", " }}"), ("${", "}"), ("$", ""), ("%", "%"), ("env:", "")] {
      guard text.hasPrefix(start), text.hasSuffix(end), text.count > start.count + end.count else { continue }
      return name(text.dropFirst(start.count).dropLast(end.count))
    }
    // A bare word may be the secret; one with an underscore and without digits is a name.
    let isBareName = text.contains("_") && text.utf8.allSatisfy { (65...90).contains($0) || $0 == UInt8(ascii: "_") }
    return isBareName ? name(text) : nil
  }

  /// The suggested line for a variable in the place of a secret reference; nil for other texts.
  static func secret(_ name: String, _ cursor: Cursor) -> String? {
    guard cursor.isScalar, let variable = variable(cursor.text) else { return nil }
    return "write `\(key(of: name)): {env: \(variable)}`"
  }

  /// The suggested line for an API token that is written as its id, or as a reference to its value.
  static func credential(_ key: String, _ cursor: Cursor) -> String? {
    let whereIDsAre = "as Kit lists it under Administration > Security > API tokens"
    func withValue(_ reference: String) -> String {
      "write `\(key): {id: 42, value: \(reference)}` with the token's id, \(whereIDsAre)"
    }
    if cursor.isScalar {
      let text = cursor.text
      // A longer row of digits may be the token itself.
      if cursor.isPlain, Scalars.isDecimalInteger(text), text.utf8.count < 10 { return "write `\(key): {id: \(text)}`" }
      return variable(text).map { withValue("{env: \($0)}") }
    }
    guard let pair = cursor.onlyPair, pair.value.isScalar else { return nil }
    let name = pair.value.text
    switch pair.key.text {
    case "env":
      let isName = SecretReference.isVariableName(name) && SecretReference.isShown(name)
      return withValue("{env: \(isName ? name : "NAME")}")
    case "file": return withValue("{file: path}")
    default: return nil
    }
  }

  /// The suggested line for a redirect that is written as a title or id.
  static func route(_ key: String, _ kinds: [ReferenceKind], _ cursor: Cursor) -> String? {
    let items = cursor.items
    let value = items.count == 1 ? items[0] : cursor
    guard value.isScalar, !value.isNull, let name = plain(value) else { return nil }
    let forms = kinds.map { "`\(key): {\($0.rawValue): \(name)}`" }
    return "write " + forms.joined(separator: " or ")
  }

  /// The suggested line for a list of skills, or one skill, without levels.
  static func levels(_ key: String, _ level: Int, _ cursor: Cursor) -> String? {
    let items = cursor.isScalar ? [cursor] : cursor.items
    guard !items.isEmpty, items.count <= 5 else { return nil }
    var pairs: [String] = []
    for item in items {
      if item.isScalar, !item.isNull, let name = plain(item) {
        pairs.append("\(name): \(level)")
      } else if let pair = item.onlyPair, pair.value.isScalar, let name = plain(pair.key), let level = plain(pair.value)
      {
        pairs.append("\(name): \(level)")
      } else {
        return nil
      }
    }
    return "write `\(key): {\(pairs.joined(separator: ", "))}`, each with its level"
  }

  /// The address with the scheme that it lacks; nil where that is not all that is wrong.
  static func callbackURL(_ text: String) -> String? {
    guard !text.contains("://"), !text.contains("@"), !text.contains("?"), let url = try? URLParts("https://\(text)"),
      url.hostClass == .name, url.host.contains("."), url.fragment == nil
    else { return nil }
    return "write `https://\(text)`"
  }

  /// A scalar for use inside braces; nil for one that a suggestion must not repeat.
  private static func plain(_ cursor: Cursor) -> String? {
    let text = cursor.text
    guard !text.isEmpty, text.utf8.count <= 80, !TextRules.hasControl(ArraySlice(text.utf8)) else { return nil }
    return cursor.isPlain && Scalars.isDecimalInteger(text) ? text : ScalarText.scalar(text)
  }

  private static func key(of name: String) -> String { name.split(separator: ".").last.map(String.init) ?? name }
}
