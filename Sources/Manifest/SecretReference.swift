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
  package var label: String {
    switch self {
    case .environment(let name): name
    case .file(let path): "file \(path)"
    case .fileNamedBy(let name): "the file named by \(name)"
    case .keep: "keep"
    }
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
