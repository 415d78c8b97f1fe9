import Documents
package import Manifest

extension Plan {
  /// Makes warnings of errors about objects that are gone from the account, where the plan does not send their ids.
  ///
  /// A channel in Kit may go on naming a deleted queue. To adopt it, or to change another field of it, sends nothing of that.
  package mutating func weakenUnsentReferences(of records: [Record], _ facts: AccountFacts) {
    var sent: [Address: Set<String>] = [:]
    for change in changes where change.isCall {
      sent[change.address, default: []].formUnion(change.fields.lazy.filter(\.isSent).map(\.name))
    }
    var kept: Set<SourcePlace> = []
    var needed: Set<SourcePlace> = []
    for record in records {
      for (slot, field) in zip(record.slots, record.kind.fields) {
        guard let slot else { continue }
        for (kind, reference) in slot.value.references(field.shape) {
          guard case .objects(let objects) = facts[kind] else { continue }
          let place = reference.place ?? slot.place
          let isKept =
            reference.id.map { id in !objects.contains { $0.id == id } } ?? false
            && !(sent[record.address]?.contains(field.name) ?? false)
          if isKept { kept.insert(place) } else { needed.insert(place) }
        }
      }
    }
    kept.subtract(needed)
    guard !kept.isEmpty else { return }
    for index in diagnostics.indices where diagnostics[index].rule == .accountReference {
      guard diagnostics[index].severity == .error, let place = diagnostics[index].place, kept.contains(place) else {
        continue
      }
      diagnostics[index].severity = .warning
      diagnostics[index].why = "the channel in Kit names it all the same, and this plan does not send it"
    }
  }
}

extension PlanOptions {
  /// Whether the plan looks at an address.
  package func concerns(_ address: Address) -> Bool { TargetSet(targets).contains(address) }
}

extension Value {
  /// The account objects that a field's value names, with their kinds.
  fileprivate func references(_ shape: Shape) -> [(kind: ReferenceKind, reference: Reference)] {
    switch (self, shape) {
    case (.route(let kind, let reference), _): [(kind, reference)]
    case (.reference(let reference), .reference(let kind)): [(kind, reference)]
    case (.credential(let reference, value: _), .credential(let kind)): [(kind, reference)]
    case (.levels(let levels), .levels(let kind, _)): levels.map { (kind, $0.reference) }
    default: []
    }
  }
}
