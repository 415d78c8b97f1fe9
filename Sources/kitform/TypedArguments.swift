import Documents

/// The arguments of a command line, for messages that quote them: what looks like a credential is not repeated.
///
/// A message about a mistyped command line goes into build logs, and a token is easily typed where none belongs.
struct TypedArguments: Sendable {
  static let current = TypedArguments(Array(CommandLine.arguments.dropFirst()))

  /// What stands in the place of an argument.
  static let mask = "•••"

  private let arguments: [String]

  init(_ arguments: [String]) { self.arguments = arguments }

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
        if !argument.hasPrefix("-"), isOfSecret || CredentialLook.isValue(argument) { found.append(argument) }
        continue
      }
      let (name, value) = (argument[..<equals], String(argument[argument.index(after: equals)...]))
      // `--var=TOKEN=value` has the name behind the option's own sign.
      let inner = value.firstIndex(of: "=").map { value[..<$0] } ?? ""
      let rest = inner.isEmpty ? value : String(value[value.index(after: inner.endIndex)...])
      if isSecret(option: String(name), words) || CredentialLook.isValue(value) { found.append(value) }
      if CredentialLook.isName(String(inner)) || CredentialLook.isValue(rest) { found.append(rest) }
    }
    return found.filter { $0.utf8.count >= 3 }
  }

  /// Whether an option or a variable takes a secret by its name, or is one that the message does not know.
  private func isSecret(option: String, _ words: String) -> Bool {
    let isUnknown = option.hasPrefix("-") && words.contains("Unknown option '\(option)'")
    return isUnknown || CredentialLook.isName(option)
  }
}
