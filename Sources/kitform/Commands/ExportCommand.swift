import ArgumentParser
import Basics
import Documents
import Glibc
import KitformEngine
import Manifest
import Provisioning
import Reports
import StateBackends
import Wiring

/// `kitform export`
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print manifests for the channels of an account that are not managed yet, or write one file each.",
    discussion: """
      A kitform.yaml with the account's settings is enough. Addresses come from the channels' names; each channel has an entry of \
      `adopt`, so that the next plan adopts it as it is. Secrets stay as they are in Kit: {keep: true}.
      """,
    examples: [
      "kitform export",
      "kitform export --kind custom --out channels",
      "kitform export --name 'Support*'",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions

  @Option(help: ArgumentHelp("Channels of this kind alone.", valueName: "kind"))
  var kind: String?

  @Option(help: ArgumentHelp("Channels whose name matches, with * and ?.", valueName: "glob"))
  var name: String?

  @Option(
    help: ArgumentHelp("Write a file for each channel into a directory; nothing is overwritten.", valueName: "dir"))
  var out: String?

  func run() async throws {
    try await Invocation("export", global).runSteps { invocation in
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      let kinds = session.loaded.project.kinds.map(\.name)
      if let kind, !kinds.contains(kind) {
        throw UsageFailure(
          message: "there is no kind of channel `\(SafeText.escape(kind))`",
          remedy: Words.didYouMean(kind, among: kinds) ?? "the kinds are \(Words.list(kinds))")
      }
      let directory = try out.map { try invocation.resultPath($0, for: "--out") }
      let below = directory.flatMap { pathInProject($0, session) }
      // The files that are written now are those that an empty directory of `include` waits for.
      let configuration = try session.configuration { finding in
        guard let below else { return false }
        return kinds.contains { finding.isEmptyInclude(of: "\(below)\($0)-key.yaml", in: session.loaded) }
      }
      let options = try session.decodingOptions()
      return try await session.withEngine(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) {
        engine in
        let state = try await engine.readState()
        let view = try await engine.view()
        invocation.account = engine.binding
        let export = engine.export(
          Engine.ExportFilter(kind: kind, name: name), state: state, view: view, options: options)
        var files: [String] = []
        if let directory {
          files = try write(export, to: directory, session)
          // A file outside of the project is a copy; one inside is meant to be read by commands.
          let unread = files.compactMap { name in below.map { $0 + name } }.filter { !session.loaded.includes($0) }
          if !unread.isEmpty { invocation.diagnostics.append(Invocation.notIncluded(unread)) }
        }
        invocation.show(export, isPrinted: out == nil, files: files, none: nothing(of: view.channels.count, export))
        if configuration.state.key == nil, export.channels.contains(where: { $0.rejection == nil }) {
          invocation.text = ExportCommand.withKey(invocation.text, isPrinted: out == nil)
        }
        return .done
      }
    }
  }

  /// The command's text with the line that a project needs before its secrets are managed: a key of its own.
  ///
  /// It is a comment, because `state` belongs into kitform.yaml and the manifests may go elsewhere.
  private static func withKey(_ text: String, isPrinted: Bool) -> String {
    let line = "state: {key: {env: KITFORM_STATE_KEY}}"
    let words = "the key under which secrets are compared; `openssl rand -hex 32` makes a value"
    return isPrinted
      ? "# For kitform.yaml, \(words):\n#   \(line)\n\n\(text)"
      : "\(text)For kitform.yaml, \(words):\n  \(line)\n"
  }

  /// Why there is nothing to export, one sentence.
  private func nothing(of channels: Int, _ export: Engine.Export) -> String {
    if channels == 0 { return "The account has no channel." }
    if !export.managed.isEmpty { return "Every channel that was asked for has an address in the state already." }
    let filters = [kind.map { "--kind \($0)" }, name.map { "--name '\($0)'" }].compactMap(\.self)
    return filters.isEmpty
      ? "No channel of the account can be exported."
      : "None of the \(Words.count(channels, "channel")) of the account matches \(SafeText.escape(TypedArguments.current.hidden(in: filters.joined(separator: " "))))."
  }

  /// Writes a file for each channel; none where one of them is there already.
  private func write(_ export: Engine.Export, to directory: String, _ session: Session) throws -> [String] {
    let disk = PosixDisk()
    let below = pathInProject(directory, session)
    let described = export.channels.filter { $0.rejection == nil }
    var written: [String] = []
    do throws(DiskFailure) {
      try disk.makeSourceDirectory(directory)
      let present = Set(try disk.list(directory))
      let taken = described.map(ExportCommand.fileName).filter(present.contains)
      guard taken.isEmpty else {
        throw DiskFailure("create", "\(directory)/\(taken[0])", code: EEXIST)
      }
      let files = PosixProjectFiles(root: directory)
      for channel in described {
        let name = ExportCommand.fileName(channel)
        let modeline = below.map { session.modeline($0 + name) } ?? ""
        try files.create(name, Array((modeline + channel.file).utf8))
        written.append(name)
      }
    } catch {
      throw LocalFailure(
        message: SafeText.escape(error.words),
        remedy: "`export` overwrites nothing; "
          + (written.isEmpty ? "nothing was written" : "written before: \(Words.list(written))"))
    }
    return written
  }

  /// The path of a directory relative to the project, with a slash behind it; nil for one that lies outside.
  private func pathInProject(_ directory: String, _ session: Session) -> String? {
    let root = ReportFiles.normalized(session.files.root) + "/"
    let place = ReportFiles.normalized(directory) + "/"
    return place.hasPrefix(root) ? String(place.dropFirst(root.count)) : nil
  }

  private static func fileName(_ channel: ChannelManifest) -> String {
    "\(channel.address.kind)-\(channel.address.key).yaml"
  }
}

extension Invocation {
  /// Makes an account's manifests the result of the command, and reports what they leave out.
  fileprivate func show(_ export: Engine.Export, isPrinted: Bool, files: [String], none: String) {
    let described = export.channels.filter { $0.rejection == nil }
    reportOmissions(export)
    members = [
      .init(
        "channels",
        .array(
          described.map { channel in
            [
              "address": .string(channel.address.description), "id": .integer(channel.id),
              "uuid": .string(channel.uuid), "name": .string(channel.name),
              "leftToKit": .array(channel.omitted.map { .string($0.field) }),
            ]
          })),
      .init(
        "skipped",
        .array(
          export.channels.filter { $0.rejection != nil }.map { channel in
            [
              "id": .integer(channel.id), "uuid": .string(channel.uuid), "kind": .string(channel.address.kind),
              "name": .string(channel.name), "reason": .text(channel.rejection),
            ]
          }
            + export.unknown.map { channel in
              [
                "id": .integer(channel.id), "uuid": .string(channel.uuid), "kind": .string(channel.kindLabel),
                "name": .string(channel.name), "reason": "Kitform does not know this kind of channel",
              ]
            })),
      .init("managed", .array(export.managed.map { .string($0.address.description) })),
      isPrinted
        ? .init("manifest", .string(ChannelManifest.document(export.channels)))
        : .init("files", .array(files.map { .string($0) })),
    ]
    guard isPrinted else {
      text =
        (files.isEmpty ? "\(none) Nothing was written.\n" : "Wrote \(Words.count(files.count, "file")).\n")
        + files.map { "  \($0)\n" }.joined()
      return
    }
    exact = ["manifest"]
    text = ChannelManifest.document(export.channels)
    for channel in export.unknown {
      text +=
        "# not exported: id \(channel.id), \"\(SafeText.escape(channel.shortName))\": Kitform does not know channels of the kind \(SafeText.escape(channel.shortKind))\n"
    }
    if text.isEmpty { text = "# \(none)\n" }
  }

  /// Says what the manifests leave out.
  private func reportOmissions(_ export: Engine.Export) {
    func warn(_ rule: Rule, _ message: String, suggestion: String? = nil) {
      diagnostics.append(Diagnostic(rule, at: nil, message, suggestion: suggestion))
    }
    for channel in export.channels {
      if let rejection = channel.rejection {
        warn(
          .exportChannel, "\(channel.address) (id \(channel.id)) cannot be described: \(SafeText.escape(rejection))",
          suggestion:
            "change the channel in Kit, or relax the rule under `rules` in kitform.yaml where it is one of ours")
      }
      if channel.rejection == nil { diagnostics += channel.queryWarning }
      for (field, reason) in channel.omitted where channel.rejection == nil {
        warn(.exportField, "\(field) of \(channel.address) is left to Kit: \(SafeText.escape(reason))")
      }
    }
    for channel in export.unknown {
      warn(
        .exportKind,
        "the channel “\(SafeText.escape(channel.shortName))” (id \(channel.id)) is not exported: Kitform does not know channels of the kind \(SafeText.escape(channel.shortKind))"
      )
    }
    for (address, fields) in export.changes {
      warn(
        .exportChange, "the next plan sets \(fields.joined(separator: ", ")) of \(address), which `defaults` give it",
        suggestion: "take the default out, or review the change in the plan")
    }
    if !export.managed.isEmpty {
      let shown = export.managed.prefix(5).map(\.address.description)
      let rest = export.managed.count - shown.count
      warn(
        .exportManaged,
        "left out, because they have an address already: \(Words.list(shown))\(rest > 0 ? " and \(rest) more" : "")")
    }
  }
}
