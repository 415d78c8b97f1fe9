import ArgumentParser

extension CommandConfiguration {
  /// A command whose help, and manual page, end with examples: each is a whole command line.
  init(
    commandName: String, abstract: String, discussion: String = "", version: String = "", examples: [String],
    subcommands: [any ParsableCommand.Type] = []
  ) {
    let list = "\(CommandConfiguration.examplesTitle)\n" + examples.map { "  \($0)" }.joined(separator: "\n")
    self.init(
      commandName: commandName, abstract: abstract, discussion: discussion.isEmpty ? list : "\(discussion)\n\n\(list)",
      version: version, subcommands: subcommands)
  }

  /// The line before the examples: what makes manual pages splits the description there.
  static let examplesTitle = "Examples:"

  /// The examples that the help shows.
  var examples: [String] {
    let lines = discussion.split(separator: "\n", omittingEmptySubsequences: false)
    guard let title = lines.lastIndex(where: { $0 == CommandConfiguration.examplesTitle }) else { return [] }
    return lines[(title + 1)...].map { String($0.dropFirst(2)) }
  }
}
