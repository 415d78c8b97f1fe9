import Manifest

/// What makes two channels the same to people: the kind and the display name, compared by canonical equivalence.
///
/// Wider than the comparison of values, so that a name which the account spells in another Unicode form still counts as a
/// candidate.
package struct NaturalKey: Hashable, Sendable {
  package var kind: String
  package var name: String

  package init(kind: String, name: String) {
    self.kind = kind
    self.name = name
  }

  package init(_ operation: RunRecord.RunOperation) {
    self.init(kind: operation.address.kind, name: operation.name)
  }
}

/// Finds the channels that creations without a known outcome have made.
package struct CreationMatch: Sendable {
  /// What to do with one such creation.
  package enum CreationDecision: Sendable {
    /// It made this channel; `isShared` says that another creation of the key could have made it as well.
    case adopt(RemoteChannel, isShared: Bool)
    /// It made none that shows.
    case missing
    /// Unknown: the channels that may be the created one.
    case uncertain([ChannelIdentity])
  }

  /// The account's channels by natural key, without those that the run cannot have made; sorted by id.
  private let candidates: [NaturalKey: [RemoteChannel]]
  private let comparison: AccountComparison

  /// Makes a match over a listing, without the `excluded` ids: known before the run, in the state or learned since.
  package init(channels: [RemoteChannel], excluded: Set<Int>, comparison: AccountComparison) {
    var candidates: [NaturalKey: [RemoteChannel]] = [:]
    for channel in channels where !excluded.contains(channel.id) {
      guard let kind = channel.kind else { continue }
      candidates[NaturalKey(kind: kind.name, name: channel.name), default: []].append(channel)
    }
    self.candidates = candidates.mapValues { $0.sorted { $0.id < $1.id } }
    self.comparison = comparison
  }

  /// The ids of all candidates, whatever their key.
  package var ids: Set<Int> { Set(candidates.values.joined().map(\.id)) }

  /// The candidates of one key, by id.
  package func candidates(of key: NaturalKey) -> [ChannelIdentity] { candidates[key, default: []].map(\.identity) }

  /// The verdicts on the creations of one natural key, in their order.
  ///
  /// Each candidate that equals a creation in every readable field is that creation's; more candidates than creations, or
  /// one that equals none, leave the rest uncertain.
  package func verdicts(on operations: [RunRecord.RunOperation]) -> [CreationDecision] {
    guard let first = operations.first else { return [] }
    let candidates = candidates[NaturalKey(first), default: []]
    guard candidates.count <= operations.count else {
      return operations.map { _ in .uncertain(candidates.map(\.identity)) }
    }
    let fits = candidates.map { candidate in
      operations.indices.filter { index in
        let operation = operations[index]
        return comparison.differences(of: candidate, from: operation.wanted, at: operation.address).isEmpty
      }
    }
    var owner = [Int?](repeating: nil, count: operations.count)
    for candidate in candidates.indices {
      var tried: Set<Int> = []
      _ = assign(candidate, fits: fits, owner: &owner, tried: &tried)
    }
    let assigned = Set(owner.compactMap { $0 })
    let unexplained = candidates.indices.filter { !assigned.contains($0) }.map { candidates[$0].identity }
    return owner.map { candidate in
      if let candidate { return .adopt(candidates[candidate], isShared: operations.count > 1) }
      return unexplained.isEmpty ? .missing : .uncertain(unexplained)
    }
  }

  /// Gives a candidate to an operation that it fits, moving others aside where that helps.
  private func assign(_ candidate: Int, fits: [[Int]], owner: inout [Int?], tried: inout Set<Int>) -> Bool {
    for operation in fits[candidate] where tried.insert(operation).inserted {
      guard let former = owner[operation] else {
        owner[operation] = candidate
        return true
      }
      if assign(former, fits: fits, owner: &owner, tried: &tried) {
        owner[operation] = candidate
        return true
      }
    }
    return false
  }
}

extension RemoteChannel {
  fileprivate var identity: ChannelIdentity { ChannelIdentity(id: id, uuid: uuid) }
}
