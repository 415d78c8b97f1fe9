import Foundation
import Support

/// The command line's own description, by which the pages are checked.
struct CommandGrammar {
  private let root: ParsedJSON

  /// The description that the built command prints of itself.
  static func ofBinary() async throws -> CommandGrammar {
    let help = try await BinaryUnderTest.run(["--experimental-dump-help"], in: "/")
    return CommandGrammar(root: try ParsedJSON(help.output)["command"])
  }

  /// The commands of the first level.
  var commands: Set<String> { Set(root["subcommands"].items.compactMap { $0["commandName"].string }) }

  /// The words behind `kitform` of every invocation in a line of shell or of prose.
  static func invocations(in line: String) -> [[String]] {
    let text = line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
    return text.matches(of: /(?:^|[ (\/"'`$])kitform +((?:'[^']*'|"[^"]*"|[^|;&)<>`'"])*)/).map { match in
      match.1.split(separator: " ").map { String($0).trimmingCharacters(in: ["\"", "'"]) }
    }
  }

  /// Why the words are not a command with its options; nil where they are.
  ///
  /// A word in lower case right behind a command that has others below it has to be one of them.
  func problem(with words: [String]) -> String? {
    var command = root
    var options = names(of: root)
    for (word, previous) in zip(words, [""] + words) {
      if word.hasPrefix("-") {
        let name = String(word.split(separator: "=").first ?? "")
        guard options.contains(name) || name == "--" || name == "-" else { return "there is no \(name)" }
      } else if let next = command["subcommands"].items.first(where: { $0["commandName"].string == word }) {
        command = next
        options.formUnion(names(of: next))
      } else if !command["subcommands"].items.isEmpty, !previous.hasPrefix("-"), word.first?.isLowercase == true {
        return "there is no command \(word)"
      }
    }
    return nil
  }

  private func names(of command: ParsedJSON) -> Set<String> {
    Set(
      command["arguments"].items.flatMap { argument in
        argument["names"].items.map { name in
          (name["kind"].string == "long" ? "--" : "-") + (name["name"].string ?? "")
        }
      })
  }
}
