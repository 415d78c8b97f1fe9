import Basics
package import Manifest

extension ChannelDraft {
  /// The draft of a creation or an update: the fields that the change shows, with the secrets' values.
  ///
  /// Fields that are no longer managed and secrets that are the same are not sent.
  ///
  /// - Throws: `ApplyFailure.unusable` where a value does not decode or a secret did not resolve.
  package init(of change: Change, kind: Kind, secrets: ResolvedSecrets) throws(ApplyFailure) {
    self.init(kind: kind, fields: [], secrets: [:], acceptedLosses: Set(change.losses))
    for field in change.fields where field.isSent {
      switch field.after {
      case .value(let json): try add(field.name, json, of: change, secrets)
      case .secret(let reference?): try add(field.name, reference.json, of: change, secrets)
      case .secret(nil), .absent, .unknown: break
      }
    }
  }

  private mutating func add(
    _ name: String, _ json: JSONValue, of change: Change, _ secrets: ResolvedSecrets
  ) throws(ApplyFailure) {
    guard let index = kind.index(of: name), kind.fields[index].role == .managed else { return }
    guard let value = kind.fields[index].value(json: json) else {
      throw .unusable(change.address, reason: "the plan's value of \(name) cannot be read")
    }
    if case .secret(let reference) = value {
      guard let secret = secrets[change.address, name] else {
        throw .unusable(change.address, reason: "\(name) has no value: \(reference.label) was not resolved")
      }
      self.secrets[name] = secret
    }
    fields.append((name: name, value: value))
  }
}
