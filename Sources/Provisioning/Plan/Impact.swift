import Basics
import Manifest

/// What a change means to people, in the words of a contact centre.
enum Impact {
  /// A deletion: Kit refuses messages to the channel, and calls its callback no more.
  static func ofDelete(_ kind: Kind?, _ fields: [FieldChange]) -> [String] {
    var sentences = ["messages to it will be refused"]
    let callsBack = kind?.fields.contains { field in
      field.shape == .callbackURL && fields.contains { $0.name == field.name }
    }
    if callsBack == true { sentences.append("its callback is cut off: Kit delivers no more answers to it") }
    return sentences
  }

  /// A channel that is gone from the account and is created again.
  static func ofRecreation(_ record: Record, entry: State.Entry) -> [String] {
    let made = record.kind.outputs.contains { $0.name == "salt" } ? "new UUID and salt" : "new UUID"
    let old = entry.uuid.isEmpty ? "" : " (it was \(entry.uuid))"
    return ["it is gone from Kit and is created again: \(made)\(old): change it in every system that sends messages"]
  }

  /// An update: what each field that is sent does to those who use the channel.
  static func ofUpdate(_ kind: Kind, _ fields: [FieldChange]) -> [String] {
    var sentences: [String] = []
    for change in fields {
      if change.name == FieldChange.protection {
        if change.after == .value(.bool(false)) {
          sentences.append("once this is applied, the channel may be deleted or forgotten")
        }
        continue
      }
      guard change.isSent, let slot = kind.index(of: change.name) else { continue }
      guard let sentence = sentence(kind.fields[slot], change), !sentences.contains(sentence) else { continue }
      sentences.append(sentence)
    }
    return sentences
  }

  private static func sentence(_ field: Field, _ change: FieldChange) -> String? {
    switch (field.shape, change.before, change.after) {
    case (.duration, .value(.integer(let before)), .value(.integer(let after))):
      guard after < before else { return nil }
      return "\(field.consequence ?? "conversations close at another time"): earlier, after \(TimeSpan.text(after)) "
        + "instead of \(TimeSpan.text(before))"
    case (.route, _, .value(let after)):
      guard let target = route(after) else { return field.consequence }
      if case .value(let before) = change.before, let old = route(before) {
        return "messages go to \(target) from now on, no longer to \(old)"
      }
      return "messages go to \(target) from now on"
    case (.callbackURL, .value(.string(let before)), .value(.string(let after))):
      guard let old = Hosts.host(of: before), let new = Hosts.host(of: after), old != new else {
        return field.consequence
      }
      return "Kit calls \(new) from now on, no longer \(old)"
    default:
      return field.consequence
    }
  }

  private static func route(_ json: JSONValue) -> String? {
    guard case .route(let kind, let reference)? = Value(json: json) else { return nil }
    return "\(kind.words) \(reference.label)"
  }
}
