package import Basics
import Documents
package import Manifest
package import Provisioning
package import StateBackends

/// Where a state is kept, as settings; two are equal when they name the same place.
///
/// The query of an address may hold a secret, so that a file remembers its digest alone.
package struct StatePlace: Equatable {
  package let settings: StateSettings
  /// The digests of the addresses' queries, by the names of the settings.
  private let queries: [String: String]

  package init(_ settings: StateSettings) { self.init(settings, queries: [:]) }

  private init(_ settings: StateSettings, queries: [String: String]) {
    self.settings = settings
    self.queries = StatePlace.addresses.reduce(into: queries) { queries, name in
      if let query = StatePlace.parts(settings[name]?.value).query { queries[name] = StatePlace.digest(query) }
    }
  }

  /// The local file of an environment that says nothing of its state.
  package static let standard = StatePlace(StateSettings())

  package static func == (left: StatePlace, right: StatePlace) -> Bool { left.identity == right.identity }

  /// The names of the settings that say where a state is; the others say how it is reached.
  private static let naming = ["path", "address", "bucket", "endpoint", "region"]
  private static let addresses = ["address", "lockAddress", "unlockAddress"]

  /// An address before its `?` and behind it.
  private static func parts(_ address: String?) -> (base: String, query: String?) {
    guard let address, let mark = address.firstIndex(of: "?") else { return (address ?? "", nil) }
    return (String(address[..<mark]), String(address[address.index(after: mark)...]))
  }

  private static func digest(_ query: String) -> String {
    var digest = FramedDigest()
    digest.add(query)
    return digest.finish()
  }

  /// The settings to reach a remembered place with, its queries taken from the addresses of `other`; nil where those have
  /// other ones.
  package func settings(withQueriesOf other: StatePlace) -> StateSettings? {
    var complete = settings
    for index in complete.settings.indices {
      let (name, value) = complete.settings[index]
      guard let digest = queries[name], StatePlace.parts(value.value).query == nil else { continue }
      let known = StatePlace.addresses.compactMap { StatePlace.parts(other.settings[$0]?.value).query }
      guard let query = known.first(where: { StatePlace.digest($0) == digest }) else { return nil }
      complete.settings[index].value.value += "?\(query)"
    }
    return complete
  }

  /// What people call the place where it cannot be reached.
  package var label: String {
    switch settings.backend {
    case .local: settings["path"]?.value ?? "the local file"
    case .http: settings["address"].flatMap { try? URLParts($0.value) }.map { $0.origin + $0.path } ?? "the http state"
    case .s3: "s3://\(settings["bucket"]?.value ?? "")/\(settings["path"]?.value ?? "")"
    }
  }

  private var identity: [String] {
    let names = StatePlace.naming.map { name in settings[name].map { written((name: name, value: $0)) } ?? "" }
    return [settings.backend.rawValue] + names + [queries["address"] ?? ""]
  }

  /// The place as a file remembers it.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("format", .string(StatePlace.format)), .init("backend", .string(settings.backend.rawValue)),
      .init("settings", .object(settings.settings.map { .init($0.name, .string(written($0))) })),
    ]
    if !queries.isEmpty {
      members.append(
        .init("queries", .object(queries.sorted { $0.key < $1.key }.map { .init($0.key, .string($0.value)) })))
    }
    if let style = settings.pathStyle { members.append(.init("pathStyle", .bool(style))) }
    switch settings.password?.value {
    case .environment(let name): members.append(.init("password", ["env": .string(name)]))
    case .file(let path): members.append(.init("password", ["file": .string(path)]))
    case .fileNamedBy(let name): members.append(.init("password", ["file": ["env": .string(name)]]))
    case .keep, nil: break
    }
    return .object(members)
  }

  /// A setting without what may be secret in it.
  private func written(_ setting: (name: String, value: Located<String>)) -> String {
    let text = setting.value.value
    return StatePlace.addresses.contains(setting.name) ? StatePlace.parts(text).base : text
  }

  private static let format = "kitform.place/v1"

  /// Reads what `json` wrote; nil for anything else.
  package init?(_ json: JSONValue) {
    guard json["format"] == .string(StatePlace.format), case .string(let backend)? = json["backend"],
      let kind = StateBackend(rawValue: backend), case .object(let members)? = json["settings"]
    else { return nil }
    let nowhere = SourcePlace(file: 0, start: 0, end: 0)
    var settings = StateSettings()
    settings.backend = kind
    for member in members {
      guard case .string(let text) = member.value else { return nil }
      settings.settings.append((name: member.key, value: Located(text, at: nowhere)))
    }
    if case .bool(let style)? = json["pathStyle"] { settings.pathStyle = style }
    if let password = json["password"] {
      let reference: SecretReference? =
        switch (password["env"], password["file"], password["file"]?["env"]) {
        case (.string(let name)?, _, _): .environment(name)
        case (_, .string(let path)?, _): .file(path)
        case (_, _, .string(let name)?): .fileNamedBy(name)
        default: nil
        }
      settings.password = reference.map { Located($0, at: nowhere) }
    }
    var queries: [String: String] = [:]
    if case .object(let members)? = json["queries"] {
      for member in members { if case .string(let digest) = member.value { queries[member.key] = digest } }
    }
    self.init(settings, queries: queries)
  }
}

/// The file in which a directory remembers where an environment's state was last written.
package struct PlaceMemory: Sendable {
  package let disk: any Disk
  package let path: String

  /// The place that is remembered; nil where none is, which is the local default's case too.
  package var place: StatePlace? {
    guard let bytes = try? disk.read(path) else { return nil }
    let composed = JSONComposer.compose(SourceFile(path: path, bytes: bytes), file: 0)
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else { return nil }
    return StatePlace(composed.document.json(root))
  }

  /// Best effort: failing to write the memory file is ignored.
  package func remember(_ place: StatePlace) {
    guard place != StatePlace.standard else {
      try? disk.remove(path)
      return
    }
    let bytes = CanonicalJSON.encode(place.json, pretty: true)
    if let known = try? disk.read(path), known == bytes { return }
    try? disk.replace(path, in: PosixDisk.parent(of: path), with: bytes)
  }
}

/// A former place that cannot even be asked: its settings no longer resolve.
package struct UnreachableStateStore: StateStore {
  package let label: String

  private var failure: StateFailure { .failed(label: label, reason: "its credentials or its host are not at hand") }

  package func read() async throws(StateFailure) -> State? { throw failure }
  package func journal(of run: String) throws(StateFailure) -> [JournalEntry]? { throw failure }
  package func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock { throw failure }
  package func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking { throw failure }
}
