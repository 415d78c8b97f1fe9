import ArgumentParser
import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

/// `kitform import`
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write the manifest of a channel that exists, with the entry that adopts it.",
    discussion: """
      Writes channels/<kind>-<key>.yaml and never overwrites. Secrets stay as they are in Kit: {keep: true}. The next apply \
      binds the address to the channel and changes nothing of it.
      """,
    examples: [
      "kitform import custom.partner-bot --name 'Partner bot'",
      "kitform import ok.community --uuid 0f6c3b52-8f0e-4d6a-9a51-2f2c0d1b7a11",
      "kitform import ok.community --id 17 --env production",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions

  @Argument(help: "The channel's new address, such as ok.community.")
  var address: String

  @Option(help: "The channel's UUID, as Kit shows it in its settings.")
  var uuid: String?

  @Option(help: "The channel's number in Kit.")
  var id: Int?

  @Option(help: "The channel's display name.")
  var name: String?

  func validate() throws { _ = try target() }

  private func target() throws -> Adoption.AdoptionTarget {
    let given: [Adoption.AdoptionTarget] =
      (uuid.map { [.uuid($0)] } ?? []) + (id.map { [.id($0)] } ?? []) + (name.map { [.name($0)] } ?? [])
    guard let target = given.first, given.count == 1 else {
      throw ValidationError("name the channel by one of --uuid, --id and --name")
    }
    return target
  }

  func run() async throws {
    try await Invocation("import", global).runSteps { invocation in
      let address = try Address(argument: address)
      let target = try target()
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      let path = Engine.importPath(address)
      let configuration = try session.configuration { $0.isEmptyInclude(of: path, in: session.loaded) }
      let options = try session.decodingOptions()
      return try await session.withEngine(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) {
        engine in
        let state = try await engine.readState()
        let view = try await engine.view()
        invocation.account = engine.binding
        let imported: Engine.Imported
        do throws(ImportFailure) {
          imported = try engine.describe(target, as: address, state: state, view: view, options: options)
        } catch {
          throw UsageFailure(message: error.words.message, remedy: error.words.remedy)
        }
        do throws(DiskFailure) {
          try session.files.create(
            imported.path, Array((session.modeline(imported.path) + imported.manifest.file).utf8))
        } catch {
          throw LocalFailure(
            message: SafeText.escape(error.words),
            remedy: "`import` never overwrites a file, so it wrote nothing; `kitform export` prints the manifest")
        }
        invocation.show(imported)
        return .done
      }
    }
  }
}

extension Invocation {
  /// Makes a channel's new file the result of the command.
  fileprivate func show(_ imported: Engine.Imported) {
    let address = imported.manifest.address
    if !imported.isIncluded { diagnostics.append(Invocation.notIncluded([imported.path])) }
    diagnostics += imported.manifest.queryWarning
    for (field, reason) in imported.manifest.omitted {
      diagnostics.append(
        Diagnostic(
          .importField, at: nil, "\(field) of \(address) is left to Kit: \(SafeText.escape(reason))"))
    }
    members = [
      .init("address", .string(address.description)), .init("file", .string(imported.path)),
      .init("uuid", .string(imported.manifest.uuid)), .init("included", .bool(imported.isIncluded)),
      .init("changes", .array(imported.changes.map { .string($0) })),
    ]
    text = "Wrote \(imported.path): \(address) is \"\(SafeText.escape(imported.manifest.name))\".\n"
    text +=
      !imported.isIncluded
      ? "No plan reads the file yet.\n"
      : imported.changes.isEmpty
        ? "The next plan adopts it and changes nothing of it: `kitform plan`, then `kitform apply`.\n"
        : "The next plan adopts it and sets \(imported.changes.joined(separator: ", ")), which `defaults` give it.\n"
  }
}

extension Invocation {
  /// That no pattern of `include` finds files that were written, by their paths relative to the project.
  static func notIncluded(_ paths: [String]) -> Diagnostic {
    let shown = paths.prefix(3).map { "`\(SafeText.escape($0))`" }.joined(separator: ", ")
    let rest = paths.count > 3 ? " and \(Words.count(paths.count - 3, "more file"))" : ""
    return Diagnostic(
      .importInclude, at: nil, "no pattern of `include` matches \(shown)\(rest)",
      why: paths.count == 1
        ? "the file is there, and no command reads it" : "they are there, and no command reads them",
      suggestion: paths.count == 1
        ? "add \"\(SafeText.escape(paths[0]))\" to `include` in kitform.yaml, or move the file to where a pattern finds it"
        : "add a pattern for them to `include` in kitform.yaml, or move them to where a pattern finds them")
  }
}

extension Session {
  /// The first line of a manifest at a path relative to the project: where editors find the schema, if the project has it.
  func modeline(_ path: String) -> String {
    var isThere = false
    do throws(DiskFailure) { isThere = try files.read(SchemaModeline.path, limit: 1 << 22) != nil } catch {}
    return isThere ? SchemaModeline.line(for: path) : ""
  }
}

extension ChannelManifest {
  /// That the file shows to every reader what may be a secret; empty where it does not.
  var queryWarning: [Diagnostic] {
    guard hasQuery else { return [] }
    return [
      Diagnostic(
        .exportQuery, at: nil, "the callback URL of \(address) has a query, and the manifest shows it",
        why: "everyone who can read the repository could read a key in it",
        suggestion: "where it is a secret, write `callbackURL: {env: NAME}` and put the URL into that variable")
    ]
  }
}

extension Diagnostic {
  /// Whether the finding is that an `include` pattern matches nothing, while the file to be written would match it.
  func isEmptyInclude(of path: String, in loaded: LoadedProject) -> Bool {
    guard id == Rule.includeEmpty.id, let place, let document = loaded.project.documents.first else { return false }
    var findings = Findings()
    return (Project.include(in: document, &findings) ?? []).contains { pattern in
      pattern.place == place && IncludePattern(pattern.value)?.matches(path) ?? false
    }
  }
}
