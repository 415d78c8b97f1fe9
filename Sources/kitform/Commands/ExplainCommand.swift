import ArgumentParser
import Basics
import Channels
import KitformEngine
import Manifest
import Provisioning
import Wiring

/// `kitform explain`
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "The reference in the terminal: fields, sections and rules.",
    discussion: "For example: kitform explain custom.callbackURL. Without a name, it lists what there is.",
    examples: [
      "kitform explain",
      "kitform explain custom.callbackURL",
      "kitform explain guards",
    ])

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: "A field (closing.agent), a kind (ok), a section (account) or a rule's id.",
    completion: ArgumentCompletions.referenceNames)
  var name: String?

  func run() async throws {
    try await Invocation("explain", global).run { _ in
      guard let name else {
        return CommandResult(
          .done, text: ReferencePage.standard.list,
          members: [.init("entries", .array(ReferencePage.standard.entries.map(\.json)))])
      }
      return try ExplainCommand.explain(name)
    }
  }

  /// The reference's entries of one name, as the result of a command.
  static func explain(_ name: String) throws -> CommandResult {
    let page = ReferencePage.standard
    let entries = page.lookUp(name)
    guard !entries.isEmpty else {
      throw UsageFailure(
        message: "the reference has no `\(SafeText.escape(name))`",
        remedy: Words.didYouMean(name, among: page.names) ?? page.partly(name)
          ?? "`kitform explain` lists what there is")
    }
    return CommandResult(
      .done, text: entries.map(\.text).joined(separator: "\n"),
      members: [.init("entries", .array(entries.map(\.json)))])
  }
}
