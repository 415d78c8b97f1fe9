import ArgumentParser
import Foundation
import Support
import Testing

@testable import kitform

/// What the help of each command shows, and what a shell proposes.
struct CommandHelpTests {
  /// Every command with the words that call it.
  private static let commands: [(words: [String], command: any ParsableCommand.Type)] = {
    func all(_ command: any ParsableCommand.Type, _ words: [String]) -> [(
      words: [String], command: any ParsableCommand.Type
    )] {
      let configuration = command.configuration
      return [(words, command)]
        + configuration.subcommands.flatMap { all($0, words + [$0.configuration.commandName ?? ""]) }
    }
    return all(Kitform.self, ["kitform"])
  }()

  @Test func `the help of every command has three examples of it, and each can be parsed`() throws {
    for (words, command) in Self.commands {
      let examples = command.configuration.examples
      #expect(examples.count == 3 && Set(examples).count == 3, "\(words)")
      for example in examples {
        #expect(example.hasPrefix(words.joined(separator: " ")), "\(example)")
        let line = example.split(separator: " | ")[0].split(separator: " > ")[0]
        let parts = line.split(separator: "'", omittingEmptySubsequences: false).enumerated()
          .flatMap { $0.offset % 2 == 1 ? [String($0.element)] : $0.element.split(separator: " ").map(String.init) }
        do {
          _ = try Kitform.parseAsRoot(try CommandWords(Array(parts.dropFirst()), of: Kitform.self).arranged)
        } catch {
          #expect(Kitform.exitCode(for: error) == .success, "\(example): \(Kitform.message(for: error))")
        }
      }
    }
  }

  @Test(arguments: [
    ("apply -auto-approve", "did you mean --auto-approve?"), ("plan -target=ok.a", "did you mean --target?"),
    ("plan -out x", "did you mean --out?"), ("plan -json", "did you mean --format json?"),
    ("plan -whatever", "options of more than one letter have two dashes"),
  ])
  func `a single dash before a word is explained, with the option that was meant`(_ line: String, _ meant: String) {
    let error = #expect(throws: ValidationError.self) {
      try CommandWords(line.split(separator: " ").map(String.init), of: Kitform.self)
    }
    #expect(error?.message.contains(meant) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("two dashes") == true)
  }

  @Test func `an address behind plan is a target`() async throws {
    let project = try TestProject(example: "quickstart", options: ["--sandbox"])
    let plan = try await project.json(0, "plan ok.community")
    #expect(plan["targets"].items.map(\.string) == ["ok.community"])
    #expect(plan["changes"].items.map { $0["address"].string } == ["ok.community"])
    try await project.expect(64, "plan plan.json")
    try await project.expect(64, "plan ok.nothing")
  }

  @Test(
    .startsProcesses,
    arguments: [
      (["plan"], "", ["custom.partner-bot", "ok.community"]), (["plan", "--target"], "", ["ok.community"]),
      (["plan", "--env"], "", []), (["explain"], "", ["custom.callbackURL", "guards", "project.requires"]),
    ] as [([String], String, [String])])
  func `a shell proposes what the project and the reference have`(
    _ words: [String], _ prefix: String, _ proposed: [String]
  ) async throws {
    // The shells' scripts ask the binary in this form; the script names the argument.
    let project = try TestProject(example: "quickstart", options: [])
    let script = """
      source <(kitform completion bash)
      COMP_WORDS=(kitform \(words.joined(separator: " ")) "\(prefix)"); COMP_CWORD=\(words.count + 1)
      COMP_LINE="${COMP_WORDS[*]}"; COMP_POINT=${#COMP_LINE}; COMPREPLY=()
      compopt() { :; }
      _kitform kitform "\(prefix)" "${COMP_WORDS[COMP_CWORD-1]}" || true
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let ended = try await BinaryUnderTest.bash(script, in: project.workspace.path)
    let lines = Set(ended.output.split(separator: "\n").map(String.init))
    #expect(lines.isSuperset(of: proposed), "\(words)\n\(ended.all)")
  }

  @Test func `the commit of a build is what git archive wrote, and nothing in a checkout`() {
    #expect(Version.commit == nil)
    let commit = String(repeating: "0a", count: 20)
    #expect(Version.commit(in: commit) == commit)
    #expect(Version.commit(in: "$Format:%H$") == nil)
  }
}
