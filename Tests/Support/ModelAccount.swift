import Basics
import Channels
import Documents
package import Manifest
package import Provisioning

/// An account as a value: it carries plans out without calls, doubts or time, as an apply that goes well does.
package struct ModelAccount: Sendable {
  package var channels: [RemoteChannel] = []
  package var facts: AccountFacts
  private var lastID = 100

  /// An account with three queues, two functions, topic sets, skills and API tokens, and no channel.
  package init() {
    func objects(_ titles: [(Int, String)]) -> AccountFacts.FactListing {
      .objects(titles.map { AccountObject(id: $0.0, title: $0.1) })
    }
    facts = AccountFacts([
      .queue: objects([(1, "Support"), (2, "Wholesale"), (3, "Night shift")]),
      .function: objects([(11, "Greeter"), (12, "Router")]),
      .topicSet: objects([(21, "Retail"), (22, "Wholesale")]),
      .skill: objects([(31, "russian"), (32, "billing"), (33, "english")]),
      .apiToken: objects([(41, "Bot"), (42, "Partner")]),
    ])
  }

  /// Adds a channel that somebody made in Kit; values by field name, as manifests mean them.
  @discardableResult
  package mutating func add(_ kind: Kind, _ name: String, _ values: [String: Value] = [:]) -> RemoteChannel {
    lastID += 1
    var channel = RemoteChannel(
      id: lastID, uuid: ModelAccount.uuid(lastID), kind: kind, kindLabel: kind.name, name: name,
      values: kind.fields.map { field in
        field.role == .managed && !field.isSecret ? ModelAccount.standard(field.shape) : nil
      }, raw: .null)
    ModelAccount.set("name", to: .text(name), on: &channel)
    for (field, value) in values.sorted(by: { $0.key < $1.key }) { ModelAccount.set(field, to: value, on: &channel) }
    channels.append(channel)
    return channel
  }

  /// Changes a field of a channel as somebody in Kit's own pages would.
  package mutating func change(_ name: String, _ field: String, to value: Value) {
    for index in channels.indices where channels[index].name == name {
      ModelAccount.set(field, to: value, on: &channels[index])
      return
    }
  }

  /// Deletes a channel behind Kitform's back.
  package mutating func remove(_ name: String) { channels.removeAll { $0.name == name } }

  /// Carries a plan out and returns the state as it is then.
  package mutating func apply(_ plan: Plan, to state: State?, secrets: ResolvedSecrets) -> State {
    var state =
      state
      ?? State(lineage: String(repeating: "0", count: 32), serial: 0, environment: "default", account: plan.account)
    for entry in plan.refreshed { state[entry.address] = entry }
    let moved = plan.changes.filter { $0.action == .move }
    for change in moved { if let old = change.movedFrom { state[old] = nil } }
    let order: [Action] = [.move, .adopt, .forget, .release, .create, .update, .delete]
    for action in order {
      for change in plan.changes where change.action == action { apply(change, &state, secrets) }
    }
    state.serial += 1
    state.guards = plan.guards
    return state
  }

  private mutating func apply(_ change: Change, _ state: inout State, _ secrets: ResolvedSecrets) {
    var identity = (id: change.id ?? 0, uuid: change.uuid ?? "")
    switch change.action {
    case .delete:
      channels.removeAll { $0.id == identity.id }
      state[change.address] = nil
      return
    case .forget:
      state[change.address] = nil
      return
    case .create:
      guard let kind = Kinds.all.first(where: { $0.name == change.address.kind }) else { return }
      let channel = add(kind, change.name)
      identity = (channel.id, channel.uuid)
      for field in change.wanted { send(field.name, field.value, change.address, channel.id, secrets) }
    case .update:
      for field in change.fields where field.isSent {
        switch field.after {
        case .value(let json): send(field.name, json, change.address, identity.id, secrets)
        case .secret(let reference?): send(field.name, reference.json, change.address, identity.id, secrets)
        case .secret(nil), .absent, .unknown: break
        }
      }
    case .adopt, .move, .release: break
    }
    state[change.address] = State.Entry(
      address: change.address, id: identity.id, uuid: identity.uuid, name: change.name,
      source: change.source?.position, applied: change.wanted, isProtected: change.isProtected)
  }

  private mutating func send(
    _ field: String, _ json: JSONValue, _ address: Address, _ id: Int, _ secrets: ResolvedSecrets
  ) {
    guard let index = channels.firstIndex(where: { $0.id == id }), var value = Value(json: json) else { return }
    if case .secret = value {
      guard let secret = secrets[address, field] else { return }
      value = .text(secret.reveal { $0 })
    }
    ModelAccount.set(field, to: value, on: &channels[index])
  }

  /// Sets a field; secrets are taken and never shown, titles are not stored.
  private static func set(_ field: String, to value: Value, on channel: inout RemoteChannel) {
    guard let kind = channel.kind, let slot = kind.index(of: field), !kind.fields[slot].isSecret else { return }
    func bare(_ reference: Reference) -> Reference { Reference(id: reference.id) }
    channel.values[slot] =
      switch value {
      case .reference(let reference), .credential(let reference, _):
        if case .credential = kind.fields[slot].shape {
          .credential(bare(reference), value: nil)
        } else {
          .reference(bare(reference))
        }
      case .route(let kind, let reference): .route(kind, bare(reference))
      case .levels(let levels) where levels.isEmpty: .cleared
      case .levels(let levels): .levels(levels.map { Value.Level(bare($0.reference), level: $0.level) })
      default: value
      }
    if field == "name", case .text(let name) = value { channel.name = name }
    channel.raw = .object(
      zip(kind.fields, channel.values).compactMap { field, value in value.map { JSONValue.Member(field.name, $0.json) }
      })
  }

  /// What Kit gives a field that a creation leaves out.
  private static func standard(_ shape: Shape) -> Value? {
    switch shape {
    case .text, .callbackURL: .text("")
    case .flag: .flag(false)
    case .duration: .seconds(3600)
    case .reference, .levels: .cleared
    case .route: .route(.queue, Reference(id: 1))
    case .credential: .credential(Reference(id: 41), value: nil)
    case .secret, .environments: nil
    }
  }

  /// A UUID that says which channel it is.
  package static func uuid(_ id: Int) -> String {
    let text = String(id)
    return "0f6c0000-0000-4000-8000-" + String(repeating: "0", count: 12 - text.count) + text
  }
}
