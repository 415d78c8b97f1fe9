package import Basics
import Crypto
import Documents

/// What a profile says, without its comments, layout, key order, `name` and `rate`.
///
/// None of these decides which calls are made. Every scalar is its text, which is what the reader takes, so that no two
/// profiles of different meaning have the same content.
package enum ProfileContent {
  /// The settings of the whole file that say nothing about a call.
  private static let silent = ["name", "rate"]

  /// The content of a profile's document; keys are sorted by their bytes, and merged pairs are where they count.
  static func json(_ document: Document, _ root: Int) -> JSONValue {
    guard case .object(let members) = value(document, root) else { return .object([]) }
    return .object(members.filter { !silent.contains($0.key) })
  }

  private static func value(_ document: Document, _ node: Int) -> JSONValue {
    switch document.shape(node) {
    case .mapping:
      .object(
        document.pairs(node).map { .init(document.text($0.key), value(document, $0.value)) }
          .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) })
    case .sequence: .array(document.items(node).map { value(document, $0) })
    default: .string(document.text(node))
    }
  }

  /// One setting that differs between two profiles; nil on the side that does not have it.
  package struct SettingDifference: Sendable, Equatable {
    /// The way to the setting, `operations.listSkills`.
    package var name: String
    package var before: String?
    package var after: String?
  }

  /// The settings in which `new` differs from `old`, sorted by their names.
  package static func differences(from old: JSONValue, to new: JSONValue) -> [SettingDifference] {
    let before = Dictionary(settings(old, "")) { first, _ in first }
    let after = Dictionary(settings(new, "")) { first, _ in first }
    return Set(before.keys).union(after.keys).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .compactMap { name in
        before[name] == after[name] ? nil : SettingDifference(name: name, before: before[name], after: after[name])
      }
  }

  /// Every text of the content with the way to it.
  private static func settings(_ json: JSONValue, _ name: String) -> [(String, String)] {
    switch json {
    case .object(let members):
      members.flatMap { settings($0.value, name.isEmpty ? $0.key : "\(name).\($0.key)") }
    case .array(let items): items.enumerated().flatMap { settings($1, "\(name)[\($0)]") }
    case .string(let text): [(name, text)]
    default: [(name, CanonicalJSON.text(json))]
    }
  }
}

extension APIProfile {
  /// What a profile's digest begins with; another rule for the content would have another one.
  package static let digestPrefix = "kp1-"

  /// `kp1-` and the SHA-256 of the content's canonical JSON, 64 hexadecimal digits.
  package var digest: String {
    let hash = SHA256.hash(data: CanonicalJSON.encode(content))
    let digits = Array("0123456789abcdef".utf8)
    return APIProfile.digestPrefix
      + String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Whether the profile equals the built-in one; then it adds nothing to plans, approvals and states.
  package var isBuiltIn: Bool { content == APIProfile.builtIn.content }

  /// Whether a string has the form of a digest.
  package static func isDigest(_ text: String) -> Bool {
    text.hasPrefix(digestPrefix) && text.utf8.count == digestPrefix.utf8.count + 64
      && text.dropFirst(digestPrefix.count).utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }
}
