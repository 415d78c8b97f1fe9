package import Manifest

extension State {
  /// The titles that the last apply knew of the account's objects.
  package func formerTitles(_ kinds: [Kind]) -> FormerTitles {
    var titles = FormerTitles()
    for entry in channels {
      guard let kind = kinds.first(where: { $0.name == entry.address.kind }) else { continue }
      for field in entry.applied {
        guard let index = kind.index(of: field.name), let value = Value(json: field.value) else { continue }
        titles.insert(value, shape: kind.fields[index].shape)
      }
    }
    return titles
  }
}

extension Plan {
  /// How many fields of unchanged channels an apply writes into the state with new titles of the same objects.
  package func renewedTitles(of state: State) -> Int {
    refreshed.reduce(0) { count, entry in
      count
        + entry.applied.count { field in
          guard let old = state[entry.address]?.applied(field.name)?.value, let before = Value(json: old),
            let after = Value(json: field.value)
          else { return false }
          return after.agrees(with: before) && !after.hasTitles(of: before)
        }
    }
  }
}
