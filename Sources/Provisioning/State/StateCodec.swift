package import Basics
import Documents
import Manifest

/// Turns a state into bytes and back, so that any change to the bytes is noticed.
///
/// The form is canonical JSON: the members in a fixed order, channels sorted by address, and last a SHA-256 over the compact
/// canonical bytes of everything before it. Reading takes back exactly the bytes that writing made and nothing else.
package struct StateCodec: Sendable {
  /// The most that a state may take, in bytes; a larger one is never written, because it could not be read back.
  ///
  /// A channel takes about 1.1 kB, and as much again while an apply changes it: 10,000 channels that are all changed at once
  /// take 23 MB. To read that costs 150 MB of memory, so that no answer of a state's server can cost 200.
  package static let byteLimit = 24 << 20

  /// What reading so many bytes may cost.
  ///
  /// In the pretty form of a state each node, a key being one, takes 15 bytes on average. Those that take fewest are the ids
  /// that a run knows: eight and the digits, on a line each; the first few thousand, whose digits are few, are made up for.
  private static func budget(for bytes: Int) -> DocumentBudget {
    DocumentBudget(bytes: byteLimit, scalarBytes: byteLimit, nodes: 4096 + bytes / 10)
  }

  /// What every state has at its top, encrypted or not.
  private static let marks = ["version", "lineage", "sha256"]

  private let sealer: DocumentSealer?

  /// - Parameter sealer: encrypts what is written and reads what is encrypted; nil where `state.key` is not set.
  package init(sealer: DocumentSealer? = nil) { self.sealer = sealer }

  /// The bytes of a state as they are to be kept: encrypted where `state.encrypt` says so.
  ///
  /// - Throws: `StateFailure.failed` where they could not be read back.
  package func bytes(of state: State, label: String) throws(StateFailure) -> [UInt8] {
    let bytes = try sealed(state, label: label)
    guard bytes.count <= StateCodec.byteLimit else {
      throw .failed(
        label: label, reason: "the state would take more than \(StateCodec.byteLimit >> 20) MiB",
        remedy: "change fewer channels at once, with --target")
    }
    return bytes
  }

  private func sealed(_ state: State, label: String) throws(StateFailure) -> [UInt8] {
    guard let sealer, sealer.encrypts else { return encode(state) }
    let header: [JSONValue.Member] = [
      .init("version", .integer(State.version)), .init("lineage", .string(state.lineage)),
      .init("serial", .integer(state.serial)),
    ]
    do throws(SealingFailure) {
      return try SealedDocument(sealing: encode(state), header: header, with: sealer.key(state.lineage)).encode()
    } catch {
      throw .failed(label: label, reason: error.words)
    }
  }

  /// The bytes of a state in plain text.
  package func encode(_ state: State) -> [UInt8] { StateCodec.document(state).encode() }

  /// A state as JSON, its checksum included.
  package func json(_ state: State) -> JSONValue {
    let members = StateCodec.members(state)
    return .object(members + [.init("sha256", .string(ChecksummedJSON(members).checksum))])
  }

  private static func document(_ state: State) -> ChecksummedJSON { ChecksummedJSON(members(state)) }

  /// Reads the bytes of a state; what is not a whole one is `StateFailure.newer`, or `.damaged` without a backup's name.
  ///
  /// The label is what people call the place, for the message.
  package func decode(_ bytes: [UInt8], label: String) throws(StateFailure) -> State {
    do throws(StateDamage) {
      var json = try StateCodec.parse(bytes, label)
      if json["encryption"] != nil { return try open(json, bytes, label) }
      sealer?.noteRead(isEncrypted: false)
      let state = try? StateCodec.state(StateReader(json))
      // The values of a large state take 50 MB: they are freed before the same are made for the comparison.
      json = .null
      // A state is whole if writing it makes the same bytes, its checksum included. Only another one is examined.
      if let state, StateCodec.document(state).encodes(to: bytes) { return state }
      json = try StateCodec.parse(bytes, label)
      if let version = try StateCodec.newerVersion(json) { throw .newer(version) }
      let (members, digest) = try StateCodec.separate(json)
      guard ChecksummedJSON(members).checksum == digest else { throw .changed }
      _ = try StateCodec.state(StateReader(.object(members)))
      throw .rewritten(ChecksummedJSON.difference(of: bytes))
    } catch {
      if case .newer(let version) = error { throw .newer(label: label, version: version) }
      if case .sealed(.otherKey) = error { throw .sealedByOtherKey(label: label) }
      if case .sealed(let failure) = error, failure != .tampered { throw .failed(label: label, reason: failure.words) }
      throw .damaged(label: label, reason: error.words, backup: nil)
    }
  }

  /// Reads an encrypted state.
  private func open(_ json: JSONValue, _ bytes: [UInt8], _ label: String) throws(StateDamage) -> State {
    if let version = try StateCodec.newerVersion(json) { throw .newer(version) }
    guard let sealed = SealedDocument(json, bytes: bytes), case .string(let lineage)? = json["lineage"],
      case .integer(let serial)? = json["serial"]
    else {
      let (members, digest) = try StateCodec.separate(json)
      guard ChecksummedJSON(members).checksum == digest else { throw .changed }
      throw .rewritten(ChecksummedJSON.difference(of: bytes))
    }
    let plain: [UInt8]
    do throws(SealingFailure) {
      guard let sealer else { throw .noKey("the manifests do not set it") }
      let opened = try sealer.open(sealed, lineage)
      plain = opened.content
      if opened.isFormer { sealer.noteFormerKey() }
    } catch {
      throw .sealed(error)
    }
    sealer?.noteRead(isEncrypted: true)
    let state = try StateCodec.state(StateReader(StateCodec.parse(plain, label)))
    guard StateCodec.document(state).encodes(to: plain), state.lineage == lineage, state.serial == serial else {
      throw .sealed(.tampered)
    }
    return state
  }

  /// The bytes of an earlier state, encrypted; nil where they are so already, where nothing is encrypted, and where they are
  /// no whole state.
  package func sealing(_ bytes: [UInt8], label: String) throws(StateFailure) -> [UInt8]? {
    // The plain form has the environment where the other has this.
    guard let sealer, sealer.encrypts,
      String(decoding: bytes.prefix(1024), as: UTF8.self).firstRange(of: "\"encryption\":") == nil,
      let state = try? StateCodec().decode(bytes, label: label)
    else { return nil }
    return try self.bytes(of: state, label: label)
  }

  /// The serial that can be read at the beginning of a state's bytes, however damaged or encrypted the rest is.
  package static func readableSerial(_ bytes: [UInt8]) -> Int? {
    let head = String(decoding: bytes.prefix(1024), as: UTF8.self)
    guard let name = head.firstRange(of: "\"serial\":") else { return nil }
    let digits = head[name.upperBound...].drop { $0 == " " }.prefix { $0.isASCII && $0.isNumber }
    // One digit more, and a damaged number might leave no room for those to come.
    return digits.utf8.count < 16 ? Int(digits) : nil
  }

  private static func parse(_ bytes: [UInt8], _ label: String) throws(StateDamage) -> JSONValue {
    guard !bytes.isEmpty else { throw .empty }
    let budget = budget(for: bytes.count)
    let composed = JSONComposer.compose(SourceFile(path: label, bytes: bytes), file: 0, budget: budget)
    let document = composed.document
    guard bytes.count <= budget.bytes, document.nodes.count <= budget.nodes else { throw .foreign }
    guard composed.diagnostics.allSatisfy({ $0.severity != .error }), let root = document.roots.first else {
      throw .notJSON
    }
    // Only what can be a state is worth the memory that its values take.
    guard document.isMapping(root), marks.allSatisfy({ document.value(of: $0, in: root) != nil }) else {
      throw .foreign
    }
    return document.json(root)
  }

  /// The version where it is newer than this one, and not this one damaged.
  private static func newerVersion(_ json: JSONValue) throws(StateDamage) -> Int? {
    guard case .object(let members) = json, case .integer(let version)? = json["version"],
      case .string? = json["lineage"], case .string(let digest)? = json["sha256"]
    else { throw .foreign }
    guard version != State.version else { return nil }
    var repaired = members.filter { $0.key != "sha256" }
    for index in repaired.indices where repaired[index].key == "version" {
      repaired[index].value = .integer(State.version)
    }
    guard version > State.version, ChecksummedJSON(repaired).checksum != digest else { throw .changed }
    return version
  }

  private static func separate(_ json: JSONValue) throws(StateDamage) -> (members: [JSONValue.Member], digest: String) {
    guard case .object(var members) = json, let last = members.popLast(), last.key == "sha256",
      case .string(let digest) = last.value
    else { throw .changed }
    return (members, digest)
  }

}

extension StateCodec {
  private static func members(_ state: State) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("version", .integer(State.version)), .init("lineage", .string(state.lineage)),
      .init("serial", .integer(state.serial)), .init("environment", .string(state.environment)),
      .init(
        "account",
        [
          "host": .string(state.account.host), "name": .string(state.account.name),
          "sandbox": .bool(state.account.isSandbox),
        ]),
    ]
    if let profile = state.profile { members.append(.init("profile", .string(profile))) }
    members += [
      .init(
        "channels",
        .object(
          state.channels.sorted { $0.address < $1.address }.map { .init($0.address.description, $0.json) }))
    ]
    if let run = state.run { members.append(.init("run", run.json)) }
    if let guards = state.guards { members.append(.init("guards", guards.json)) }
    if !state.profiles.isEmpty {
      let kinds = state.profiles.keys.sorted()
      members.append(.init("profiles", .object(kinds.map { .init($0, .text(state.profiles[$0])) })))
    }
    members.append(.init("approvals", .array(state.approvals.map(\.json))))
    members.append(.init("history", .array(state.history.map(\.json))))
    return members
  }

  private static func state(_ reader: StateReader) throws(StateDamage) -> State {
    let account = try reader.object("account")
    var state = State(
      lineage: try reader.text("lineage"), serial: try reader.integer("serial"),
      environment: try reader.text("environment"),
      account: .init(
        host: try account.text("host"), name: try account.text("name"), isSandbox: try account.flag("sandbox")))
    if reader.value["profile"] != nil { state.profile = try reader.text("profile") }
    for (name, entry) in try reader.objects("channels") { state.channels.append(try State.Entry(name, entry)) }
    if let run = try reader.optional("run") { state.run = try RunRecord(run) }
    if let guards = try reader.optional("guards") { state.guards = try GuardLimits(guards) }
    if let profiles = try reader.optional("profiles") {
      for member in profiles.members { state.profiles[member.key] = try profiles.text(member.key) }
    }
    for approval in try reader.array("approvals") { state.approvals.append(try State.SpentApproval(approval)) }
    for run in try reader.array("history") { state.history.append(try State.PastRun(run)) }
    return state
  }
}

extension State.Entry {
  var json: JSONValue {
    .object(
      [
        .init("kind", .string(address.kind)), .init("id", .integer(id)), .init("uuid", .string(uuid)),
        .init("name", .string(name)), .init("source", source.json),
      ] + applied.members + [.init("protected", .bool(isProtected))])
  }

  init(_ text: String, _ reader: StateReader) throws(StateDamage) {
    guard let address = Address(text), try reader.text("kind") == address.kind else { throw .member(reader.path) }
    self.init(
      address: address, id: try reader.integer("id"), uuid: try reader.text("uuid"), name: try reader.text("name"),
      source: try reader.position("source"), applied: try reader.applied(), isProtected: try reader.flag("protected"))
  }
}

extension State.SpentApproval {
  fileprivate var json: JSONValue { ["digest": .string(digest), "at": .string(at), "serial": .integer(serial)] }

  fileprivate init(_ reader: StateReader) throws(StateDamage) {
    self.init(
      digest: try reader.text("digest"), at: try reader.text("at"), serial: try reader.integer("serial"))
  }
}

extension State.PastRun {
  /// The run as the state keeps it; members that older states lack are left out where they say nothing.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .string(id)), .init("command", .string(command)), .init("digest", .string(digest)),
      .init("started", .string(started)), .init("ended", .string(ended)), .init("who", .string(who)),
      .init("outcome", .string(outcome)), .init("commit", .text(commit)),
    ]
    if !changes.isEmpty { members.append(.init("changes", .array(changes.map(\.json)))) }
    if omitted > 0 { members.append(.init("omitted", .integer(omitted))) }
    return .object(members)
  }

  fileprivate init(_ reader: StateReader) throws(StateDamage) {
    self.init(
      id: try reader.text("id"), command: try reader.text("command"), digest: try reader.text("digest"),
      started: try reader.text("started"), ended: try reader.text("ended"), who: try reader.text("who"),
      outcome: try reader.text("outcome"), commit: try reader.optionalText("commit"))
    if reader.value["changes"] != nil {
      for change in try reader.array("changes") { changes.append(try State.PastChange(change)) }
    }
    if reader.value["omitted"] != nil { omitted = try reader.integer("omitted") }
  }
}

extension GuardLimits {
  var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("maxDeletes", .integer(maxDeletes)), .init("maxDeletePercent", .integer(maxDeletePercent)),
    ]
    if let maxUpdates { members.append(.init("maxUpdates", .integer(maxUpdates))) }
    return .object(members + [.init("refusesDrift", .bool(refusesDrift))])
  }

  init(_ reader: StateReader) throws(StateDamage) {
    self.init(
      maxDeletes: try reader.integer("maxDeletes"), maxDeletePercent: try reader.integer("maxDeletePercent"),
      maxUpdates: reader.value["maxUpdates"] == nil ? nil : try reader.integer("maxUpdates"),
      refusesDrift: try reader.flag("refusesDrift"))
  }
}
