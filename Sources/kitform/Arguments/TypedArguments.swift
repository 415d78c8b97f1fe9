import Basics
import Documents
import FoundationEssentials

/// The arguments of a command line, for messages that quote them: what looks like a credential is not repeated.
///
/// A message about a mistyped command line goes into build logs, and a token is easily typed where none belongs.
struct TypedArguments: Sendable {
  static let current = TypedArguments(Array(CommandLine.arguments.dropFirst()))

  /// The replacement of an argument.
  static let mask = "•••"

  private let arguments: [String]
  /// Whether an argument is the path of something that is there, or is to be put into a folder that is there.
  private let isPath: @Sendable (String) -> Bool

  init(_ arguments: [String], isPath: @escaping @Sendable (String) -> Bool = TypedArguments.leadsSomewhere) {
    self.arguments = arguments
    self.isPath = isPath
  }

  /// The same of a finding.
  func hidden(in finding: Diagnostic) -> Diagnostic {
    var finding = finding
    finding.message = hidden(in: finding.message)
    finding.why = finding.why.map { hidden(in: $0) }
    finding.suggestion = finding.suggestion.map { hidden(in: $0) }
    return finding
  }

  /// The words with a mask in the place of every argument, or part of one, that looks like a credential.
  func hidden(in words: String) -> String {
    // Longer ones first: one may be a part of another.
    let values = Set(credentials(in: words)).sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    return values.reduce(words) { words, value in
      words.replacing(value, with: TypedArguments.mask)
        .replacing(SafeText.escape(value), with: TypedArguments.mask)
    }
  }

  private func credentials(in words: String) -> [String] {
    var found: [String] = []
    for (index, argument) in arguments.enumerated() {
      let before = index > 0 ? arguments[index - 1] : ""
      guard let equals = argument.firstIndex(of: "=") else {
        let isOfSecret = before.hasPrefix("-") && !before.contains("=") && isSecret(option: before, words)
        if !argument.hasPrefix("-"), isOfSecret || looksSecret(argument) { found.append(argument) }
        continue
      }
      let (name, value) = (argument[..<equals], String(argument[argument.index(after: equals)...]))
      // `--var=TOKEN=value` has the name behind the option's own sign.
      let inner = value.firstIndex(of: "=").map { value[..<$0] } ?? ""
      let rest = inner.isEmpty ? value : String(value[value.index(after: inner.endIndex)...])
      if isSecret(option: String(name), words) || looksSecret(value) { found.append(value) }
      if CredentialLook.isName(String(inner)) || looksSecret(rest) { found.append(rest) }
    }
    return found.filter { $0.utf8.count >= 3 }
  }

  /// Whether a value looks like a credential, and neither as a path nor as the UUID of a channel or a lock.
  private func looksSecret(_ value: String) -> Bool {
    CredentialLook.isValue(value) && UUID(uuidString: value) == nil && !isPath(value)
  }

  /// Whether a path is there, or has a folder that is there; the root alone is no folder, because a token may begin with `/`.
  private static let leadsSomewhere: @Sendable (String) -> Bool = { path in
    let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    return [path, folder].contains { !$0.isEmpty && FileManager.default.fileExists(atPath: $0) }
  }

  /// Whether an option or a variable takes a secret by its name, or is one that the message does not know.
  private func isSecret(option: String, _ words: String) -> Bool {
    let isUnknown = option.hasPrefix("-") && words.contains("Unknown option '\(option)'")
    // `--token-file` takes a path, and `--token` the name of where a secret is.
    return isUnknown || CredentialLook.isName(option) && !option.hasSuffix("-file")
  }
}
