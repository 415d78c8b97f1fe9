import ArgumentParser
import Channels
import Documents
import Foundation
import KitformEngine
import Manifest
import Provisioning
import StateBackends

/// `kitform init`
struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Start a project; never overwrites.",
    discussion: """
      The result passes `kitform validate` and `kitform plan --sandbox` as it is. The JSON Schema beside it, which the first line \
      names, lets an editor complete and explain every field; `kitform schema --write \(SchemaModeline.directory)` renews it.
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: "ok or custom: the kind of the first channel.")
  var kind = StarterKind.ok

  /// The kinds that a project can start with.
  enum StarterKind: String, ExpressibleByArgument, CaseIterable { case ok, custom }

  func run() async throws {
    try await Invocation("init", global).run { invocation in
      let root = invocation.surroundings.absolute(global.directory)
      let path = "\(root)/\(ProjectLoader.fileName)"
      let disk = PosixDisk()
      do throws(DiskFailure) {
        try disk.makeDirectory(root)
        guard try !disk.list(root).contains(ProjectLoader.fileName) else {
          throw DiskFailure("create", path, code: 17)
        }
        try disk.create(path, Array(InitCommand.manifest(kind).utf8))
        if try !disk.list(root).contains(".gitignore") {
          try disk.create("\(root)/.gitignore", Array(".kitform/\n".utf8))
        }
      } catch {
        throw LocalFailure(
          message: error.words,
          remedy: "`init` overwrites nothing: choose another directory with -C, or edit what is there")
      }
      let wroteSchema = try InitCommand.writeSchema(below: root)
      let files = [ProjectLoader.fileName] + (wroteSchema ? [SchemaModeline.path] : [])
      invocation.text = """
        Wrote \(files.joined(separator: " and ")). Next: `kitform validate`, then `kitform plan --sandbox`.

        """
      invocation.members = [.init("files", .array(files.map { .string($0) }))]
      return .done
    }
  }

  /// Writes the schema that the first line of the manifest names; false where it is there already.
  private static func writeSchema(below root: String) throws -> Bool {
    let file = URL(fileURLWithPath: "\(root)/\(SchemaModeline.path)")
    guard !FileManager.default.fileExists(atPath: file.path) else { return false }
    do {
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(CanonicalJSON.encode(JSONSchema(kinds: Kinds.all).document, pretty: true))
        .write(to: file, options: .withoutOverwriting)
    } catch {
      throw LocalFailure(
        message: "\(ProjectLoader.fileName) is written, but \(SchemaModeline.path) cannot be",
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
          token: {env: KIT_API_TOKEN}         # a reference: the token itself never stands here

        channels:

        """
    switch kind {
    case .ok:
      return head + """
          ok:
            community:                        # the address ok.community: keep it when the name changes
              name: OK community
              accessToken: {env: OK_COMMUNITY_TOKEN}
              redirect: {queue: Support}      # or {function: ID}
              closing: {agent: 24h, bot: 1h}  # 60s to 7d; agent more than the queue's max. waiting time

        """
    case .custom:
      return head + """
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
