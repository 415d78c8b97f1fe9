package import Basics
package import Manifest

/// Whether the account shows what was wanted, field by field, as far as fields can be read.
package struct AccountComparison: Sendable {
  private let kinds: [String: Kind]
  private let fingerprinter: SecretFingerprinter?

  /// Makes a comparison for `kinds`.
  ///
  /// The fingerprinter compares readable fields whose value comes from a secret reference; without one, or under another
  /// key, such a field counts as one that cannot be read.
  package init(kinds: [Kind], fingerprinter: SecretFingerprinter?) {
    self.kinds = Dictionary(kinds.map { ($0.name, $0) }) { first, _ in first }
    self.fingerprinter = fingerprinter
  }

  /// The kind of an address, or nil for one that is not known.
  package func kind(of address: Address) -> Kind? { kinds[address.kind] }

  /// One wanted field that the account shows with another value.
  struct Difference {
    var field: State.AppliedField
    var wanted: Value
    var shown: Value
  }

  /// The names of the wanted fields that `channel` shows differently; what it does not show is left out.
  package func differences(
    of channel: RemoteChannel, from wanted: [State.AppliedField], at address: Address
  ) -> [String] {
    differing(channel, from: wanted, at: address).map(\.field.name)
  }

  /// The wanted fields that `channel` shows differently, with both values; what an earlier apply read back is expected.
  func differing(
    _ channel: RemoteChannel, from wanted: [State.AppliedField], at address: Address
  ) -> [Difference] {
    guard let kind = kind(of: address) else { return [] }
    return wanted.compactMap { field in
      guard let index = kind.index(of: field.name), index < channel.values.count, let shown = channel.values[index],
        let value = kind.fields[index].value(json: field.value),
        !isSame(shown, as: value, field: field, at: address), !isReadBack(shown, of: field, at: address)
      else { return nil }
      return Difference(field: field, wanted: value, shown: shown)
    }
  }

  /// What the state remembers of a value that was read back; nil where no key made the field's fingerprint.
  func readBack(_ difference: Difference, at address: Address) -> State.ReadBack? {
    guard difference.field.isSecret else { return .value(difference.shown.json) }
    guard case .text(let text) = difference.shown,
      let made = try? fingerprinter?.fingerprint(Secret(text), of: address, field: difference.field.name)
    else { return nil }
    return .fingerprint(made)
  }

  private func isReadBack(_ shown: Value, of field: State.AppliedField, at address: Address) -> Bool {
    switch field.readBack {
    case nil: return false
    case .value(let json): return Value(json: json)?.agrees(with: shown) ?? false
    case .fingerprint(let known):
      guard case .text(let text) = shown, let fingerprinter else { return false }
      return (try? fingerprinter.compare(Secret(text), of: address, field: field.name, with: known)) == .same
    }
  }

  private func isSame(_ shown: Value, as wanted: Value, field: State.AppliedField, at address: Address) -> Bool {
    switch (shown, wanted) {
    case (.text(let text), .secret):
      guard let fingerprinter, let known = field.fingerprint,
        let comparison = try? fingerprinter.compare(Secret(text), of: address, field: field.name, with: known)
      else { return true }
      return comparison != .changed
    case (_, .secret): return true
    default: return wanted.agrees(with: shown)
    }
  }
}

extension Field {
  /// Reads a value that a plan or state holds for this field; nil where it is none.
  ///
  /// The form of an API token and of another reference are alike; the field's shape separates them.
  package func value(json: JSONValue) -> Value? {
    guard let value = Value(json: json) else { return nil }
    if case .credential = shape, case .reference(let reference) = value { return .credential(reference, value: nil) }
    return value
  }
}

extension State.AppliedField {
  /// Whether the value comes from a secret reference.
  package var isSecret: Bool { SecretReference(json: value) != nil }
}
