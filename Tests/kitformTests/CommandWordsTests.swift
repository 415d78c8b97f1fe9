import ArgumentParser
import Foundation
import Support
import Testing

@testable import kitform

struct CommandWordsTests {
  private func words(_ line: String) throws -> [String] {
    try CommandWords(line.split(separator: " ").map(String.init), of: Kitform.self).arranged
  }

  @Test(arguments: [
    ("plan -C dir", "plan -C dir"), ("-C dir plan", "plan -C dir"),
    (
      "--env a --format=json plan --out x",
      "plan --env a --format=json --out x"
    ), ("-v state --env a list", "state list -v --env a"),
    ("-C d state -v rm ok.a --sandbox", "state rm -C d -v ok.a --sandbox"), ("sandbox --port 1", "sandbox --port 1"),
    ("-C d sandbox set ok.a name=b", "sandbox set -C d ok.a name=b"), ("help plan", "help plan"), ("", ""),
    ("--help", "--help"), ("--version", "--version"), ("--unknown plan", "--unknown plan"),
    ("channel send custom.a -- --env a --env b", "channel send custom.a -- --env a --env b"),
  ])
  func `options of every command may stand before it`(_ line: String, _ arranged: String) throws {
    #expect(try words(line).joined(separator: " ") == arranged)
  }

  @Test(arguments: [
    ("pln", "`plan`"), ("aply", "`apply`"), ("state lst", "`state list`"), ("unlock", "`state unlock`"),
    ("-C x valdate", "`validate`"), ("channel verfy", "`channel verify`"), ("sandbox ste", "`sandbox set`"),
    ("qqqqqqqq", "kitform --help"), ("state qqqqqqqq", "kitform state --help"),
  ])
  func `a word that is no command is named, with what was probably meant`(_ line: String, _ meant: String) throws {
    let error = #expect(throws: ValidationError.self) { try words(line) }
    #expect(error?.message.contains("there is no command") == true)
    #expect(error?.message.contains(meant) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: ["-C x", "--env a --format json", "state -v"])
  func `options without a command say where the command belongs`(_ line: String) throws {
    let error = #expect(throws: ValidationError.self) { try words(line) }
    #expect(error?.message.contains("no command is given") == true)
  }

  @Test func `the options that may stand first are those of every command`() throws {
    let help = GlobalOptions._dumpHelp()
    let arguments = try ParsedJSON(help)["command"]["arguments"].items
    var names: (valued: Set<String>, flags: Set<String>) = ([], [])
    for argument in arguments where argument["kind"].string != "positional" {
      for name in argument["names"].items {
        let text = (name["kind"].string == "long" ? "--" : "-") + (name["name"].string ?? "")
        if argument["kind"].string == "option" { names.valued.insert(text) } else { names.flags.insert(text) }
      }
    }
    #expect(names.valued == CommandWords.valued)
    #expect(names.flags.subtracting(["-h", "--help"]) == CommandWords.flags)
  }
}
