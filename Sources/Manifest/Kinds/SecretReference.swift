/// Where a secret's value comes from; what records, plans, states and JSON carry instead of the value.
package enum SecretReference: Sendable, Hashable {
  /// `{env: NAME}`: the value of an environment variable.
  case environment(String)
  /// `{file: path}`: a file in the project, or under a directory of `KITFORM_SECRET_DIRS`.
  case file(String)
  /// `{file: {env: NAME}}`: the file that a variable names, as GitLab's file variables do.
  case fileNamedBy(String)
  /// `{keep: true}`: Kit's value stays; nothing is sent or compared.
  case keep

  /// What people see: the variable or the path, never a value.
  ///
  /// A name that may be a secret written where a name belongs is not shown, as no excerpt shows it.
  package var label: String {
    switch self {
    case .environment(let name): SecretReference.isShown(name) ? name : "the variable named here"
    case .file(let path): SecretReference.isShown(path) ? "file \(path)" : "the file named here"
    case .fileNamedBy(let name):
      "the file named by \(SecretReference.isShown(name) ? name : "the variable named here")"
    case .keep: "keep"
    }
  }

  /// The reference as manifests write it, `{env: NAME}`; nil where its name may be a secret, and for `{keep: true}`.
  package var form: String? {
    switch self {
    case .environment(let name): SecretReference.isShown(name) ? "{env: \(name)}" : nil
    case .file(let path): SecretReference.isShown(path) ? "{file: \(path)}" : nil
    case .fileNamedBy(let name): SecretReference.isShown(name) ? "{file: {env: \(name)}}" : nil
    case .keep: nil
    }
  }

  /// The reference in one text, `env NAME`, as JSON reports have it; nil where `form` is.
  package var notation: String? {
    guard form != nil else { return nil }
    return switch self {
    case .environment(let name): "env \(name)"
    case .file(let path): "file \(path)"
    case .fileNamedBy(let name): "file-env \(name)"
    case .keep: nil
    }
  }

  /// Reads a `notation`; nil for anything else.
  package init?(notation text: String) {
    guard let space = text.firstIndex(of: " ") else { return nil }
    let name = String(text[text.index(after: space)...])
    switch text[..<space] {
    case "env": self = .environment(name)
    case "file": self = .file(name)
    case "file-env": self = .fileNamedBy(name)
    default: return nil
    }
  }

  /// Whether the value of `env` or `file` looks like a name: a variable in the usual upper case, or a path.
  static func isShown(_ name: String) -> Bool {
    name.contains("/") && !name.contains(":") || isVariableName(name) && name == name.uppercased()
  }
}

/// A secret's value, in memory only.
///
/// It conforms to no Encodable, Equatable or Hashable, so that a log line, a comparison or a state that takes one does
/// not compile; `reveal` is called in the form encoder and the fingerprint alone.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let value: String

  package init(_ value: String) { self.value = value }

  package var description: String { "(secret)" }
  package var debugDescription: String { "(secret)" }
  package var customMirror: Mirror { Mirror(self, children: []) }

  /// Hands the value to `body`.
  package func reveal<Result>(_ body: (String) throws -> Result) rethrows -> Result { try body(value) }
}
