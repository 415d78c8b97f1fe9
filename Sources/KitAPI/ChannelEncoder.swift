import Basics
import KitProfile
import Manifest
import Provisioning

/// Writes a draft as form fields: the fields of the draft and no other.
///
/// A member inside an object is JSON text in the form field of the outermost object. Unless the profile says that objects are
/// merged, an update writes such an object whole: what else the account has in it goes back as it was read.
struct ChannelEncoder: Sendable {
  let profile: APIProfile

  /// A form with its secret values.
  struct EncodedForm: Sendable {
    var fields: [(name: String, value: String)]
    var secrets: [String]
    /// Secrets of the account that go back to it and that no manifest names.
    var foreign: [String] = []
  }

  /// The form that creates a channel: its type, then the fields.
  func create(_ draft: ChannelDraft) throws(KitFailure) -> EncodedForm {
    guard let members = profile.channel[kind: draft.kind.name] else {
      throw .encoding("the profile \(profile.name) does not know the kind \(draft.kind.name)")
    }
    var tree = FormTree()
    tree.set(profile.channel.type.write, .string(members.type))
    return try encode(draft, nil, &tree)
  }

  /// The form that updates a channel: its id, then the fields.
  func update(_ current: RemoteChannel, to draft: ChannelDraft) throws(KitFailure) -> EncodedForm {
    var tree = FormTree()
    tree.set(profile.channel.id.write, .integer(current.id))
    let sent = draft.fields.filter { if case .secret(.keep) = $0.value { false } else { true } }
    let objects = WrittenObjects(profile, of: current, draft.kind, writing: sent, isFresh: true)
    let lost = objects.hidden.lost(sending: sent.map(\.name), accepting: draft.acceptedLosses)
    guard lost.isEmpty else {
      throw .encoding(
        "the account does not show \(lost.map { SafeText.escape($0) }.joined(separator: ", ")), which the update would lose"
      )
    }
    var form = try encode(draft, objects, &tree)
    form.foreign = objects.secrets.filter { $0.count >= KnownSecrets.shortestForeign }
    form.secrets += form.foreign
    return form
  }

  /// The form that deletes a channel: its id.
  func delete(_ identity: ChannelIdentity) -> EncodedForm {
    var tree = FormTree()
    tree.set(profile.channel.id.write, .integer(identity.id))
    return EncodedForm(fields: tree.fields(profile.switches), secrets: [])
  }

  private func encode(
    _ draft: ChannelDraft, _ objects: WrittenObjects?, _ tree: inout FormTree
  ) throws(KitFailure) -> EncodedForm {
    let raw = objects?.json
    var secrets: [String] = []
    for (name, value) in draft.fields {
      guard let index = draft.kind.index(of: name), draft.kind.fields[index].role == .managed else { continue }
      if case .secret(.keep) = value { continue }
      guard let wire = profile.channel.field(name, of: draft.kind.name) else {
        throw .encoding("the profile \(profile.name) has no member for \(draft.kind.name).\(name)")
      }
      switch wire {
      case .member(let path):
        tree.adopt(path.write, from: raw)
        tree.set(path.write, try member(name, value: value, draft: draft, secrets: &secrets))
      case .switched(let by, let path):
        tree.adopt(by.write, from: raw)
        tree.adopt(path.write, from: raw)
        if case .cleared = value {
          tree.set(by.write, .bool(false))
        } else {
          tree.set(by.write, .bool(true))
          tree.set(path.write, try id(name, value))
        }
      case .route(let method, let targets):
        guard case .route(let kind, _) = value, let target = targets.first(where: { $0.kind == kind }) else {
          throw .encoding("the profile \(profile.name) cannot carry the value of \(draft.kind.name).\(name)")
        }
        for path in [method] + targets.map(\.id) { tree.adopt(path.write, from: raw) }
        for other in targets where other.kind != kind && tree.contains(other.id.write) {
          if let unused = other.unused {
            tree.set(other.id.write, .integer(unused))
          } else {
            tree.remove(other.id.write)
          }
        }
        tree.set(method.write, .string(target.word))
        tree.set(target.id.write, try id(name, value))
      case .levels(let path, let id, let level, title: _):
        tree.adopt(path.write, from: raw)
        tree.set(
          path.write,
          try levels(name, value: value, idPath: id.path, levelPath: level.path, known: objects?.items[name] ?? [:]))
      }
    }
    return EncodedForm(fields: tree.fields(profile.switches), secrets: secrets)
  }

  private func member(
    _ name: String, value: Value, draft: ChannelDraft, secrets: inout [String]
  ) throws(KitFailure) -> JSONValue {
    switch value {
    case .cleared: return .string("")
    case .text(let text): return .string(text)
    case .flag(let flag): return .bool(flag)
    case .seconds(let seconds):
      guard let number = profile.channel.unit.number(seconds: seconds) else {
        throw .encoding(
          "\(name) is \(seconds) seconds, which is not a whole number of \(profile.channel.unit.rawValue)")
      }
      return .integer(number)
    case .reference, .credential, .route: return try id(name, value)
    case .secret:
      guard let secret = draft.secrets[name] else { throw .encoding("the value of \(name) is not there") }
      let text = secret.reveal { $0 }
      secrets.append(text)
      return .string(text)
    case .levels, .names: throw .encoding("the profile \(profile.name) cannot carry the value of \(name)")
    }
  }

  private func id(_ name: String, _ value: Value) throws(KitFailure) -> JSONValue {
    let reference: Reference? =
      switch value {
      case .reference(let reference), .credential(let reference, value: _), .route(_, let reference): reference
      default: nil
      }
    guard let id = reference?.id else { throw .encoding("\(name) has no id") }
    return .integer(id)
  }

  private func levels(
    _ name: String, value: Value, idPath: [String], levelPath: [String], known: [Int: [JSONValue.Member]]
  ) throws(KitFailure) -> JSONValue {
    switch value {
    case .cleared: return .array([])
    case .levels(let levels):
      var items: [JSONValue] = []
      for level in levels {
        guard let id = level.reference.id else { throw .encoding("\(name) has a skill without an id") }
        // A list is written whole: what else an item has goes back as it was read.
        var item = FormTree()
        item.set(idPath, .integer(id))
        item.set(levelPath, .integer(level.level))
        items.append(.object(item.filled(with: known[id] ?? [])))
      }
      return .array(items)
    default: throw .encoding("the profile \(profile.name) cannot carry the value of \(name)")
    }
  }
}
