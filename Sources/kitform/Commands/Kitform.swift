import ArgumentParser
import Basics
import Documents
import Provisioning
import Reports

/// The command line: each command's body reads like its help text.
@main
struct Kitform: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kitform",
    abstract: "Infrastructure as code for the messaging channels of a Voximplant Kit contact centre.",
    discussion: "Describe OK.ru and custom channels in YAML, review the plan, apply it.",
    version: Version.text,
    examples: [
      "kitform init",
      "kitform plan --sandbox",
      "kitform apply",
    ],
    subcommands: [
      InitCommand.self, ValidateCommand.self, FormatCommand.self, PlanCommand.self, ApplyCommand.self,
      DestroyCommand.self, DriftCommand.self, ImportCommand.self, ExportCommand.self,
      PlanDiffCommand.self, ShowCommand.self, OutputCommand.self, EnvironmentsCommand.self, StateCommand.self,
      ProfileCommand.self,
      DoctorCommand.self, ChannelCommand.self, SandboxCommand.self, ExplainCommand.self, GraphCommand.self,
      SchemaCommand.self, CompletionCommand.self, VersionCommand.self,
    ])

  /// Parses the command line and runs the command that it names.
  static func main() async {
    Interrupts.refuseCoreFiles()
    Terminal.occupyStandardDescriptors()
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(CommandWords(Array(CommandLine.arguments.dropFirst()), of: Kitform.self).arranged)
    } catch {
      reportUsage(error, CommandLine.arguments.dropFirst())
      end(error)
    }
    do {
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(error)
    }
  }

  /// Ends with an error message; an argument in it may come from anywhere.
  private static func end(_ error: any Error) -> Never {
    guard exitCode(for: error) != .success else { endWithHelp(fullMessage(for: error)) }
    let words = TypedArguments.current.hidden(in: fullMessage(for: error))
    if !words.isEmpty {
      Terminal(color: .never, noColor: true).note(SafeText.escape(words, newlines: true))
    }
    exit(withError: exitCode(for: error))
  }

  /// Ends with a help text or the version, which are a result as any other.
  private static func endWithHelp(_ text: String) -> Never {
    let terminal = Terminal(color: .never, noColor: true)
    do throws(Terminal.WriteFailure) {
      if !text.isEmpty { try terminal.write(text + "\n") }
      exit()
    } catch {
      guard !error.isClosed else { exit() }
      terminal.note("kitform: \(error.words)")
      exit(withError: ExitCode(RunOutcome.failed.exitCode))
    }
  }

  /// Writes the JSON document of a command line that could not be read, where it asks for one.
  private static func reportUsage(_ error: any Error, _ arguments: ArraySlice<String>) {
    let isJSON =
      arguments.contains("--format=json")
      || zip(arguments, arguments.dropFirst()).contains { $0 == ("--format", "json") }
    guard exitCode(for: error).rawValue == RunOutcome.usage.exitCode, isJSON else { return }
    let names = configuration.subcommands.compactMap { $0.configuration.commandName }
    let header = ReportHeader(
      format: "kitform.\(arguments.first(where: names.contains) ?? "usage")/v1", tool: Version.number, project: ".",
      environment: nil, account: nil, outcome: .usage)
    let document = header.document(
      diagnostics: [Diagnostic(.usage, at: nil, TypedArguments.current.hidden(in: message(for: error)))],
      sources: SourceMap(), members: [])
    try? Terminal(color: .never, noColor: true).writeLine(CanonicalJSON.encode(document, pretty: true))
  }
}
