import Documents
import Manifest
import Provisioning
import StateBackends

/// Where a state is kept, as settings that hold no secret; two are equal when they name the same place.
struct StatePlace: Equatable {
  let settings: StateSettings

  init(_ settings: StateSettings) { self.settings = settings }

  /// The local file of an environment that says nothing of its state.
  static let standard = StatePlace(StateSettings())

  static func == (left: StatePlace, right: StatePlace) -> Bool { left.identity == right.identity }

  /// The names of the settings that say where a state is; the others say how it is reached.
  private static let naming = ["path", "address", "bucket", "endpoint", "region"]

  /// What people call the place where it cannot be reached.
  var label: String {
    switch settings.backend {
    case .local: settings["path"]?.value ?? "the local file"
    case .http: settings["address"].flatMap { try? URLParts($0.value) }.map { $0.origin + $0.path } ?? "the http state"
    case .s3: "s3://\(settings["bucket"]?.value ?? "")/\(settings["path"]?.value ?? "")"
    }
  }

  private var identity: [String] {
    [settings.backend.rawValue] + StatePlace.naming.map { settings[$0]?.value ?? "" }
  }

  /// The place as a file remembers it.
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("format", .string(StatePlace.format)), .init("backend", .string(settings.backend.rawValue)),
      .init("settings", .object(settings.settings.map { .init($0.name, .string($0.value.value)) })),
    ]
    if let style = settings.pathStyle { members.append(.init("pathStyle", .bool(style))) }
    switch settings.password?.value {
    case .environment(let name): members.append(.init("password", ["env": .string(name)]))
    case .file(let path): members.append(.init("password", ["file": .string(path)]))
    case .fileNamedBy(let name): members.append(.init("password", ["file": ["env": .string(name)]]))
    case .keep, nil: break
    }
    return .object(members)
  }

  private static let format = "kitform.place/v1"

  /// Reads what `json` wrote; nil for anything else.
  init?(_ json: JSONValue) {
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
    self.settings = settings
  }
}

/// The file in which a directory remembers where an environment's state was last written.
struct PlaceMemory: Sendable {
  let disk: any Disk
  let path: String

  /// The place that is remembered; nil where none is, which is the local default's case too.
  var place: StatePlace? {
    guard let bytes = try? disk.read(path) else { return nil }
    let composed = JSONComposer.compose(SourceFile(path: path, bytes: bytes), file: 0)
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else { return nil }
    return StatePlace(composed.document.json(root))
  }

  /// Remembers a place, as well as it goes: a directory that takes no file has nothing else to forget.
  func remember(_ place: StatePlace) {
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
struct UnreachableStateStore: StateStore {
  let label: String

  private var failure: StateFailure { .failed(label: label, reason: "its credentials or its host are not at hand") }

  func read() async throws(StateFailure) -> State? { throw failure }
  func journal(of run: String) throws(StateFailure) -> [JournalEntry]? { throw failure }
  func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock { throw failure }
  func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking { throw failure }
}
