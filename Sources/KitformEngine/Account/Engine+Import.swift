import Basics
package import Documents
package import Manifest
package import Provisioning

/// Why a channel is not imported.
package enum ImportFailure: Error, Sendable {
  case unknownKind(Address, known: [String])
  /// The address is in the manifests of this environment or another.
  case described(Address, at: SourcePosition?)
  /// The state has the address.
  case managed(Address)
  case notFound(Adoption.AdoptionTarget)
  case several(Adoption.AdoptionTarget, [RemoteChannel])
  case otherKind(Address, RemoteChannel)
  /// The channel has an address already.
  case taken(Address)
  /// An entry of `adopt` that no apply has carried out names the channel.
  case adopted(Address, at: SourcePosition?)
  /// The manifests cannot describe the channel.
  case unsayable(Address, reason: String)

  /// What is wrong, and what to do.
  package var words: (message: String, remedy: String?) {
    switch self {
    case .unknownKind(let address, let known):
      ("there is no kind of channel `\(address.kind)`", "the kinds are \(Words.list(known))")
    case .described(let address, let position):
      (
        "`\(address)` is in the manifests already"
          + (position.map { ": \(SafeText.escape($0.file)):\($0.line)" } ?? ""),
        "choose another address; to bind this one to a channel that exists, write an entry of `adopt`"
      )
    case .managed(let address):
      ("`\(address)` is managed already", "choose another address, or forget it first: kitform state rm \(address)")
    case .notFound(let target):
      (
        "the account has no channel with the \(target.words)",
        "look it up under Setup > Conversations > Channels in Kit; `kitform export` lists what is there"
      )
    case .several(let target, let channels):
      (
        "the account has \(channels.count) channels with the \(target.words)",
        "name one by its UUID: "
          + channels.prefix(10).map { "id \($0.id) has the UUID \(SafeText.escape(SafeText.shortened($0.uuid)))" }
          .joined(separator: ", ") + (channels.count > 10 ? " and \(channels.count - 10) more" : "")
      )
    case .otherKind(let address, let channel):
      (
        "the channel is of the kind \(SafeText.escape(channel.shortKind)), which \(address) cannot be",
        channel.kind.map { "write the address as `\($0.name).\(address.key)`" }
          ?? "Kitform does not know this kind of channel yet"
      )
    case .taken(let address):
      ("the channel is managed already, as `\(address)`", "to give it another address, write an entry of `moved`")
    case .adopted(let address, let position):
      (
        "an entry of `adopt` gives the channel the address `\(address)`"
          + (position.map { ": \(SafeText.escape($0.file)):\($0.line)" } ?? "") + "; no apply has bound it yet",
        "`kitform apply` binds it; to import it under another address, remove the entry first"
      )
    case .unsayable(let address, let reason):
      ("`\(address)` cannot be described: \(SafeText.escape(reason))", "change it in Kit first")
    }
  }
}

extension Engine {
  /// One channel that is about to be described.
  package struct Imported: Sendable {
    package var manifest: ChannelManifest
    /// Where its file goes, relative to the project.
    package var path: String
    /// Whether `include` picks the file up.
    package var isIncluded: Bool
    /// What the next plan does with it beside adopting: the names of fields.
    package var changes: [String]
  }

  /// The file that `import` writes for an address.
  package static func importPath(_ address: Address) -> String { "channels/\(address.kind)-\(address.key).yaml" }

  /// Describes a channel of the account under an address; writes nothing.
  package func describe(
    _ target: Adoption.AdoptionTarget, as address: Address, state: State?, view: AccountView, options: DecodingOptions
  ) throws(ImportFailure) -> Imported {
    let kinds = loaded.project.kinds
    guard let kind = kinds.first(where: { $0.name == address.kind }) else {
      throw .unknownKind(address, known: kinds.map(\.name))
    }
    try checkFree(address, state, options)
    let found = view.channels.filter { target.means($0) }
    let ofKind = found.filter { $0.kind?.name == kind.name }
    let candidates = ofKind.isEmpty ? found : ofKind
    guard let channel = candidates.first else { throw .notFound(target) }
    guard candidates.count == 1 else { throw .several(target, candidates) }
    guard channel.kind?.name == kind.name else { throw .otherKind(address, channel) }
    if let other = Bindings(configuration, state: state, channels: view.channels).addresses[channel.id] {
      guard let adoption = configuration.adoptions.first(where: { $0.address == other }),
        !(state?.channels.contains { $0.uuid.lowercased() == channel.uuid.lowercased() } ?? false)
      else { throw .taken(other) }
      throw .adopted(other, at: loaded.project.sources.position(of: adoption.place))
    }
    let manifest = ChannelManifest(
      channel, kind: kind, address: address, writer: valueWriter(view, options), environment: environment)
    if let rejection = manifest.rejection { throw .unsayable(address, reason: rejection) }
    let path = Engine.importPath(address)
    let candidate = loaded.adding([SourceFile(path: path, text: manifest.file)])
    let (plan, findings) = preview(candidate, state: state, view: view, options: options)
    let own = Int32(loaded.project.sources.files.count)
    if let finding = findings.first(where: { $0.severity == .error && $0.place?.file == own }) {
      throw .unsayable(address, reason: "\(finding.message) (\(finding.id))")
    }
    return Imported(
      manifest: manifest, path: path, isIncluded: loaded.includes(path),
      changes: plan.changes.filter { $0.address == address && $0.action != .adopt }.flatMap { $0.fields.map(\.name) })
  }

  private func checkFree(_ address: Address, _ state: State?, _ options: DecodingOptions) throws(ImportFailure) {
    for environment in loaded.allEnvironments {
      let records = loaded.project.configuration(for: environment, options: options).configuration.records
      guard let record = records.first(where: { $0.address == address }) else { continue }
      throw .described(address, at: loaded.project.sources.position(of: record.place))
    }
    if state?[address] != nil { throw .managed(address) }
  }
}

extension Adoption.AdoptionTarget {
  /// Whether a channel is the one that is named; names compare after NFC, UUIDs without case.
  fileprivate func means(_ channel: RemoteChannel) -> Bool {
    switch self {
    case .uuid(let uuid): channel.uuid.lowercased() == uuid.lowercased()
    case .id(let id): channel.id == id
    case .name(let name): channel.name == name
    }
  }

  /// As it was given, for messages.
  fileprivate var words: String {
    switch self {
    case .uuid(let uuid): "UUID \(SafeText.escape(uuid))"
    case .id(let id): "id \(id)"
    case .name(let name): "name “\(SafeText.escape(name))”"
    }
  }
}
