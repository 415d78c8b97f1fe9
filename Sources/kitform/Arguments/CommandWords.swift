import ArgumentParser
import Basics
import FoundationEssentials
import Manifest

/// The words of a command line before they are parsed.
///
/// Options of every command may come before the command, as other tools have them. A command that does not exist, and a
/// second value of an option that takes one, are found here: the parser names neither.
struct CommandWords {
  /// The words in the order that the parser takes: the command, its options, everything else.
  let arranged: [String]

  /// Options of every command that take a value; see `GlobalOptions`.
  static let valued: Set = ["-C", "--directory", "--env", "--var", "--format", "--color"]
  /// Options of every command that take none.
  static let flags: Set = ["-v", "--verbose"]

  /// - Parameter root: the command whose words these are.
  init(_ words: [String], of root: any ParsableCommand.Type) throws {
    var rest = words[...]
    var path: [String] = []
    var options: [String] = []
    var command: any ParsableCommand.Type = root
    while !command.configuration.subcommands.isEmpty, let word = rest.first {
      if CommandWords.flags.contains(word) || CommandWords.valued.contains(CommandWords.name(word)) {
        let isPair = CommandWords.valued.contains(word)
        options += rest.prefix(isPair ? 2 : 1)
        rest = rest.dropFirst(isPair ? 2 : 1)
        continue
      }
      guard !word.isEmpty, !word.hasPrefix("-"), word != "help" else { break }
      guard let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word }) else {
        throw ValidationError(CommandWords.unknown(word, below: command, path, of: root))
      }
      path.append(word)
      rest = rest.dropFirst()
      command = next
    }
    if rest.isEmpty, !options.isEmpty, path.isEmpty || path == ["state"] {
      throw ValidationError(
        "no command is given: write it behind the options, as in `kitform \(SafeText.escape((options + path).joined(separator: " "))) \(path.isEmpty ? "plan" : "list")`"
      )
    }
    arranged = path + options + rest
    try CommandWords.checkForeign(rest, of: command)
    try CommandWords.checkRepeats(options + rest, of: command)
  }

  /// What to say of a word that is no command.
  private static func unknown(
    _ word: String, below command: any ParsableCommand.Type, _ path: [String], of root: any ParsableCommand.Type
  ) -> String {
    func names(_ command: any ParsableCommand.Type) -> [String] {
      command.configuration.subcommands.compactMap { $0.configuration.commandName }
    }
    let full = (path + [word]).joined(separator: " ")
    // Below another command there may be one of exactly this name: `unlock` is `state unlock`.
    let elsewhere = root.configuration.subcommands.flatMap { group in
      names(group).filter { $0 == word }.map { "\(group.configuration.commandName ?? "") \($0)" }
    }
    let near =
      (elsewhere + Suggestion.nearest(to: word, among: names(command)).map { (path + [$0]).joined(separator: " ") })
    let help = (["kitform"] + path + ["--help"]).joined(separator: " ")
    return "there is no command `\(SafeText.escape(full))`: "
      + (near.isEmpty ? "see `\(help)`" : "did you mean \(Words.list(near, joinedBy: "or"))?")
  }

  /// An option's name: `--env` of `--env=staging`.
  private static func name(_ word: String) -> String {
    word.hasPrefix("--") ? String(word.prefix { $0 != "=" }) : word
  }

  /// Options of other tools, and what they are called here.
  private static let foreign = [
    "--yes": "--auto-approve", "-y": "--auto-approve", "--assume-yes": "--auto-approve",
    "--approve-all": "--auto-approve",
    "--dry-run": "`kitform plan`", "--dryrun": "`kitform plan`", "--environment": "--env", "--chdir": "-C",
    "--output": "--format json", "--json": "--format json", "--refresh-only": "`kitform drift`",
  ]

  /// Suggests the option for a user of another tool: the parser would suggest the nearest spelling.
  private static func checkForeign(_ words: ArraySlice<String>, of command: any ParsableCommand.Type) throws {
    for word in words.prefix(while: { $0 != "--" }) {
      let name = name(word)
      if let own = foreign[name] {
        throw ValidationError("there is no option `\(name)`: did you mean \(own)?")
      }
      // One dash before a word, as Terraform has it, is a row of short options to the parser.
      let letters = name.dropFirst().prefix { $0 != "=" }
      if name.hasPrefix("-"), !letters.hasPrefix("-"), letters.utf8.count > 2, letters.contains(where: { $0 != "v" }) {
        let long = "--\(letters)"
        let meant = try foreign[long] ?? options(of: command).first { $0.isNamed(long) }.map { _ in long }
        throw ValidationError(
          "there is no option `-\(SafeText.escape(String(letters)))`: "
            + (meant.map { "did you mean \($0)? Options" } ?? "options") + " of more than one letter have two dashes")
      }
    }
  }

  /// What the parser knows of a command's options.
  private static func options(of command: any ParsableCommand.Type) throws -> [CommandDescription.Argument] {
    let description = try JSONDecoder().decode(CommandDescription.self, from: Data(command._dumpHelp().utf8))
    return description.command.arguments ?? []
  }

  // MARK: Repeated options

  /// Refuses a second value of an option that takes one: the last one would count, and the others not.
  private static func checkRepeats(_ words: [String], of command: any ParsableCommand.Type) throws {
    let named = words.prefix { $0 != "--" }.filter { $0.hasPrefix("-") && $0 != "-" }.map { name($0) }
    // The command's description takes a moment, and hardly a command line needs it.
    let aliases = ["-C": "--directory"]
    let counted = named.map { aliases[$0] ?? $0 }
    guard Set(counted).count < counted.count else { return }
    let options = try options(of: command)
    var given: [Int: Int] = [:]
    var rest = words[...]
    while let word = rest.popFirst(), word != "--" {
      guard let index = options.firstIndex(where: { $0.isNamed(name(word)) }) else { continue }
      guard options[index].kind == "option" else { continue }
      if !word.contains("=") || !word.hasPrefix("--") { rest = rest.dropFirst() }
      given[index, default: 0] += 1
      if given[index] == 2, !options[index].isRepeating {
        throw ValidationError("\(name(word)) is given more than once, and takes one value: give it once")
      }
    }
  }
}

/// What the parser knows of a command, as far as it is needed here.
private struct CommandDescription: Decodable {
  var command: Command

  struct Command: Decodable { var arguments: [Argument]? }

  struct Argument: Decodable {
    var kind: String
    var isRepeating: Bool
    var names: [ArgumentName]?

    func isNamed(_ word: String) -> Bool {
      names?.contains { ($0.kind == "long" ? "--" : "-") + $0.name == word } ?? false
    }
  }

  struct ArgumentName: Decodable {
    var kind: String
    var name: String
  }
}
