import Manifest

/// The updates of a plan that can hurt conversations in progress, as the fields of each kind say.
struct RiskyUpdates {
  /// The channels concerned, in the plan's order.
  private(set) var addresses: [Address] = []
  /// The fields concerned, each once.
  private var fields: Set<String> = []

  init(_ changes: [Change], kinds: [String: Kind]) {
    let adopted = Set(changes.filter { $0.action == .adopt }.map(\.address))
    for change in changes where change.action == .update {
      guard let kind = kinds[change.address.kind] else { continue }
      let risky = change.fields.filter { field in
        kind.index(of: field.name).flatMap { kind.fields[$0].risk }
          .map { RiskyUpdates.meets($0, field, isAdopted: adopted.contains(change.address)) } ?? false
      }
      guard !risky.isEmpty else { continue }
      addresses.append(change.address)
      fields.formUnion(risky.map(\.name))
    }
  }

  /// The fields in words: `closing.agent` and `redirect`.
  var words: String { Words.list(fields.sorted()) }

  /// Whether a field changes in the way that is a risk.
  ///
  /// A secret of a channel that is adopted is sent because Kit's value is unknown, not because it changes.
  private static func meets(_ risk: Field.Risk, _ field: FieldChange, isAdopted: Bool) -> Bool {
    guard field.isSent else { return false }
    switch risk {
    case .anyChange: return !(isAdopted && field.secret != nil)
    case .shorter:
      guard let before = seconds(field.before) else { return false }
      return seconds(field.after).map { $0 < before } ?? true
    }
  }

  private static func seconds(_ value: FieldValue) -> Int? {
    if case .value(let json) = value, case .seconds(let seconds)? = Value(json: json) { seconds } else { nil }
  }
}
