import ArgumentParser
import Basics
import KitSandbox
import KitformEngine
import Manifest
import Provisioning
import StateBackends
import Wiring

extension SandboxCommand {
  /// `kitform sandbox set`
  struct SetField: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "set", abstract: "Change a channel of the sandbox, as a person does in Kit's interface.",
      discussion:
        "For trying drift: change a channel, then run `kitform drift --sandbox`. The account is that of --sandbox, or with --file FILE the one of a `kitform sandbox --file FILE` that does not run now. The fields are \(FieldEdit.forms).",
      examples: [
        "kitform sandbox set custom.partner-bot closing.agent=2h",
        "kitform sandbox set ok.community redirect.queue=Support",
        "kitform sandbox set custom.partner-bot name=Partners --file account.json",
      ])

    /// Takes the options that both commands have, at any position: the parser gives them to the outer command.
    @ParentCommand var sandbox: SandboxCommand

    @Argument(help: "The channel's address.")
    var address: String

    @Argument(help: ArgumentHelp("A field and its new value.", valueName: "field=value"))
    var changes: [String]

    private var global: GlobalOptions { sandbox.global }

    /// The account file of `--file`; nil for the one that --sandbox keeps.
    private var file: String? { sandbox.file }

    func run() async throws {
      try await Invocation("sandbox", global, changesThings: true).runSteps { invocation in
        let address = try Address(argument: address)
        let edits = try changes.map { text in
          guard let edit = FieldEdit(text) else {
            throw UsageFailure(
              message: "`\(SafeText.escape(text))` is not FIELD=VALUE", remedy: "write closing.agent=2h")
          }
          return edit
        }
        let session = Session(invocation, isSandbox: true)
        let configuration = try session.configuration()
        let uuid = try await session.uuid(of: address, configuration, isOfSandbox: file == nil)
        let channel = try session.editAccount(configuration, file: file) {
          account, generator throws(FieldEdit.FieldEditFailure) in
          let record = configuration.records.first { $0.address == address }
          let named = account.channels.filter { channel in
            channel.kind == address.kind && record.map { $0.name == channel.name } ?? false
          }
          guard let channel = uuid.flatMap({ account.channel(uuid: $0) }) ?? (named.count == 1 ? named[0] : nil) else {
            let known = configuration.records.map(\.address.description)
            throw FieldEdit.FieldEditFailure(
              message: "the sandbox's account has no channel for `\(address)`",
              remedy: record != nil
                ? "make it first: `kitform apply --sandbox`"
                : Words.didYouMean(address.description, among: known) ?? "see `kitform state list --sandbox`")
          }
          let edited = try FieldEdit.make(edits, of: channel, in: account, using: &generator)
          account[channel: channel.id] = edited
          return edited
        }
        let fields = edits.map(\.field)
        invocation.text =
          "Changed in the sandbox: \(address) (id \(channel.id)), \(Words.list(fields.map { SafeText.escape($0) })).\n"
        invocation.members = [
          .init("address", .string(address.description)), .init("id", .integer(channel.id)),
          .init("uuid", .string(channel.uuid)), .init("fields", .array(fields.map { .string($0) })),
        ]
        return .done
      }
    }
  }
}

extension Session {
  /// The UUID that a local state has of an address: the sandbox's own state, or the project's.
  fileprivate func uuid(
    of address: Address, _ configuration: Configuration, isOfSandbox: Bool
  ) async throws -> String? {
    guard isOfSandbox || configuration.state.backend == .local else { return nil }
    let path = Session(run, isSandbox: isOfSandbox).statePath(configuration)
    return try await stateOfAnyAccount(LocalStateStore(disk: PosixDisk(), path: path))?[address]?.uuid
  }
}
