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
    discussion: "For example: kitform explain custom.callbackURL. Without a name, it lists what there is.")

  @OptionGroup var global: GlobalOptions

  @Argument(help: "A field (closing.agent), a kind (ok), a section (account) or a rule's id.")
  var name: String?

  func run() async throws {
    try await Invocation("explain", global).run { invocation in
      guard let name else {
        invocation.text = ReferencePage.standard.list
        invocation.members = [.init("entries", .array(ReferencePage.standard.entries.map(\.json)))]
        return .done
      }
      return try invocation.explain(name)
    }
  }
}

extension Invocation {
  /// Makes the reference's entries of one name the result of the command.
  func explain(_ name: String) throws -> RunOutcome {
    let page = ReferencePage.standard
    let entries = page.lookUp(name)
    guard !entries.isEmpty else {
      throw UsageFailure(
        message: "the reference has no `\(SafeText.escape(name))`",
        remedy: Words.didYouMean(name, among: page.names) ?? page.partly(name)
          ?? "`kitform explain` lists what there is")
    }
    text = entries.map(\.text).joined(separator: "\n")
    members = [.init("entries", .array(entries.map(\.json)))]
    return .done
  }
}
