import ArgumentParser
import Dispatch
import KitformEngine

/// The command line: each command's body reads like its help text.
@main
struct Kitform: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kitform",
    abstract: "Infrastructure as code for the messaging channels of a Voximplant Kit contact centre.",
    discussion: "Describe OK.ru and custom channels in YAML, review the plan, apply it.",
    version: Version.text,
    subcommands: [
      InitCommand.self, ValidateCommand.self, PlanCommand.self, ApplyCommand.self, DestroyCommand.self,
      ShowCommand.self, OutputCommand.self, EnvironmentsCommand.self, StateCommand.self, ProfileCommand.self,
      SandboxCommand.self, VersionCommand.self,
    ])
}

/// The tool's version, as `kitform version` prints it and reports carry it.
enum Version {
  static let number = "0.1.0"
  static let text = "kitform \(number)"
}
