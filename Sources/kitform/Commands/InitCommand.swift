import ArgumentParser
import Basics
import Channels
import FoundationEssentials
import Glibc
import KitformEngine
import Manifest
import Provisioning
import StateBackends
import Wiring

/// `kitform init`
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Start a project; existing files are never overwritten.",
    discussion: """
      The result passes `kitform validate` and `kitform plan --sandbox` as it is. The JSON Schema beside it, which the first line \
      names, lets an editor complete and explain every field; `kitform schema --write \(SchemaModeline.directory)` renews it.
      """,
    examples: [
      "kitform init",
      "kitform init --kind custom",
      "kitform init -C channels",
    ])

  @OptionGroup var global: GlobalOptions

  @Option(help: "ok or custom: the kind of the first channel; none for channels that `kitform export` will write.")
  var kind = StarterKind.ok

  /// The kinds that a project can start with.
  enum StarterKind: String, ExpressibleByArgument, CaseIterable {
    case ok, custom, none

    /// The commands that come after `init`.
    var next: String {
      self == .none
        ? "`kitform doctor`, then `kitform export --out channels`" : "`kitform validate`, then `kitform plan --sandbox`"
    }
  }

  func run() async throws {
    try await Invocation("init", global).run { invocation in
      let root = invocation.surroundings.absolute(global.directory)
      let disk = PosixDisk()
      try InitCommand.checkNames(root, disk)
      var written: [String] = []
      do throws(DiskFailure) {
        try disk.makeSourceDirectory(root)
        try disk.createSource("\(root)/\(ProjectLoader.fileName)", Array(InitCommand.manifest(kind).utf8))
        written.append(ProjectLoader.fileName)
      } catch {
        throw LocalFailure(
          message: error.words,
          remedy: "`init` overwrites nothing: choose another directory with -C, or edit what is there")
      }
      if try InitCommand.writeSchema(below: root) {
        written.append(SchemaModeline.path)
      } else {
        invocation.terminal.note("\(SchemaModeline.path) is there already; `kitform schema --write` renews it.")
      }
      switch InitCommand.ignoreStates(below: root, disk) {
      case .written: written.append(".gitignore")
      case .present: break
      case .failed(let words):
        invocation.terminal.note(
          "warning: \(SafeText.escape(words)). Add the line `\(InitCommand.ignored)` to .gitignore, so that no state is committed."
        )
      }
      return CommandResult(
        .done, text: "Wrote \(Words.list(written)). Next: \(kind.next).\n",
        members: [.init("files", .array(written.map { .string($0) }))])
    }
  }

  /// Refuses to write a second project file beside one whose name is nearly right.
  private static func checkNames(_ root: String, _ disk: PosixDisk) throws {
    let names = (try? disk.list(root)) ?? []
    guard !names.contains(ProjectLoader.fileName),
      let near = NearMisses.nearName(of: ProjectLoader.fileName, among: names)
    else { return }
    throw LocalFailure(
      message: "\(SafeText.escape(near)) is there, and no command reads it under that name",
      remedy: "rename it to \(ProjectLoader.fileName); for another project, choose another directory with -C")
  }

  /// The line of `.gitignore` that keeps states, accounts of the sandbox and journals out of commits.
  private static let ignored = ".kitform/"

  /// The result of looking after `.gitignore`.
  private enum IgnoreResult {
    case written, present
    case failed(String)
  }

  /// Makes `.gitignore`, or adds the line that is missing in it.
  private static func ignoreStates(below root: String, _ disk: PosixDisk) -> IgnoreResult {
    let path = "\(root)/.gitignore"
    do throws(DiskFailure) {
      guard let bytes = try disk.read(path) else {
        try disk.createSource(path, Array("\(ignored)\n".utf8))
        return .written
      }
      // The last matching line decides, so a later `!.kitform/` takes an earlier line back.
      let spellings = [".kitform", ".kitform/", "/.kitform", "/.kitform/", "**/.kitform", "**/.kitform/"]
      let lines = bytes.split(separator: UInt8(ascii: "\n")).map {
        String(decoding: $0, as: UTF8.self).trimmed
      }
      let last = lines.last { line in spellings.contains(line.hasPrefix("!") ? String(line.dropFirst()) : line) }
      if let last, !last.hasPrefix("!") { return .present }
      let usesCRLF = bytes.suffix(2).elementsEqual("\r\n".utf8)
      let gap = bytes.isEmpty || bytes.last == UInt8(ascii: "\n") ? "" : "\n"
      try disk.appendToSource(path, Array("\(gap)\(ignored)\(usesCRLF ? "\r\n" : "\n")".utf8))
      return .written
    } catch {
      return .failed(error.words)
    }
  }

  /// Writes the schema that the first line of the manifest names; false where it is there already.
  private static func writeSchema(below root: String) throws -> Bool {
    do throws(DiskFailure) {
      try PosixProjectFiles(root: root).create(
        SchemaModeline.path, CanonicalJSON.encode(JSONSchema(kinds: Kinds.all).document, pretty: true))
    } catch {
      if error.code == EEXIST { return false }
      throw LocalFailure(
        message: "\(ProjectLoader.fileName) is written, but \(error.words)",
        remedy: "write it with `kitform schema --write \(SchemaModeline.directory)`; only editors need it")
    }
    return true
  }

  /// The first manifest; its comments say what to change.
  private static func manifest(_ kind: StarterKind) -> String {
    let head =
      SchemaModeline.line(for: ProjectLoader.fileName) + """
        kitform: 1

        account:
          name: my-account                    # the account name of Administration > Security > API tokens
          region: eu                          # us, br, eu, kz, ru or ru2
          token: {env: KIT_API_TOKEN}         # a reference: never write the token itself here

        state:
          key: {env: KITFORM_STATE_KEY}       # a password of your own: `openssl rand -hex 32` makes one, keep it

        guards: {drift: refuse}               # a change made in Kit stops the next apply until you decide

        """
    switch kind {
    case .none: return head
    case .ok:
      return head + """

        channels:
          ok:
            community:                        # the address ok.community: keep it when the name changes
              name: OK community
              accessToken: {env: OK_COMMUNITY_TOKEN}
              redirect: {queue: Support}      # or {function: ID}
              closing: {agent: 24h, bot: 1h}  # 60s to 7d; agent more than the queue's max. waiting time

        """
    case .custom:
      return head + """

        channels:
          custom:
            partner-bot:                      # the address custom.partner-bot: keep it when the name changes
              name: Partner bot
              callbackURL: https://bots.example.com/kit
              apiToken: {id: 42}              # the id of an API token of the account
              redirect: {queue: Support}      # or {function: ID}
              closing: {agent: 24h, bot: 1h}  # 60s to 7d; agent more than the queue's max. waiting time

        """
    }
  }
}
