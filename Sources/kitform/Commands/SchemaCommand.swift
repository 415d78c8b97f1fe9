import ArgumentParser
import Basics
import Channels
import FoundationEssentials
import KitProfile
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

/// `kitform schema`
struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "The JSON Schemas of manifests, of plans and other results, of findings and API profiles.",
    discussion: "Prints the schema of manifests; with --write, writes all of them into a directory.",
    examples: [
      "kitform schema",
      "kitform schema --write schemas",
      "kitform schema --format json",
    ])

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("Write every schema as a file into this directory.", valueName: "dir"))
  var write: String?

  /// The files by name.
  static var files: [(name: String, schema: JSONValue)] {
    [
      (SchemaModeline.fileName, JSONSchema(kinds: Kinds.all).document),
      ("plan.v1.schema.json", ReportSchemas.plan),
      ("diagnostics.v1.schema.json", ReportSchemas.diagnostics),
      ("drift.v1.schema.json", ReportSchemas.drift),
      ("doctor.v1.schema.json", ReportSchemas.doctor),
      ("output.v1.schema.json", ReportSchemas.output),
      ("state.v1.schema.json", ReportSchemas.state),
      ("channel.v1.schema.json", ReportSchemas.channel),
      ("api-profile.v1.schema.json", APIProfile.jsonSchema),
    ]
  }

  func run() async throws {
    try await Invocation("schema", global).run { invocation in
      let files = SchemaCommand.files
      guard let write else {
        return CommandResult(
          .done, text: CanonicalJSON.text(files[0].schema, pretty: true),
          members: [.init("schemas", .object(files.map { .init($0.name, $0.schema) }))])
      }
      let directory = URL(fileURLWithPath: try invocation.resultPath(write, for: "--write"))
      let place = directory.path
      if FileManager.default.fileExists(atPath: place), !FileManager.default.fileExists(atPath: "\(place)/.") {
        throw LocalFailure(
          message: "\(SafeText.escape(write)) is a file, and --write takes a directory",
          remedy: "name a directory; `kitform schema > FILE` writes the schema of manifests into a file")
      }
      do {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        for file in files { try PosixDisk().checkReplaceable(directory.appendingPathComponent(file.name).path) }
        for file in files {
          try Data(CanonicalJSON.encode(file.schema, pretty: true)).write(
            to: directory.appendingPathComponent(file.name))
        }
      } catch let failure as DiskFailure {
        throw LocalFailure(
          message: "the schemas cannot be written: \(SafeText.escape(failure.words))",
          remedy: "remove what is in the way, or name another directory")
      } catch {
        throw LocalFailure(
          message: "the schemas cannot be written to \(SafeText.escape(write))",
          remedy: "name a directory that can be written to")
      }
      return CommandResult(
        .done, text: files.map { "Wrote \(write)/\($0.name).\n" }.joined(),
        members: [.init("files", .array(files.map { .string($0.name) }))])
    }
  }
}
