import Documents
import Manifest

/// The effect of `adopt`, `moved` and `removed` on one state and one account (Plans.md, "Refactoring").
struct Refactoring {
  /// The state's entries by address, after the moves.
  private(set) var entries: [Address: State.Entry] = [:]
  /// The moves that are still to be made, by new address.
  private(set) var moves: [Address: Move] = [:]
  /// The adoptions that are still to be made, by address.
  private(set) var adoptions: [Address: (channel: RemoteChannel, place: SourcePlace)] = [:]
  /// The valid removals, by address.
  private(set) var removals: [Address: Removal] = [:]
  /// Addresses for which nothing is planned: an entry with a mistake concerns them, or a move that no target means.
  private(set) var blocked: Set<Address> = []
  /// What is wrong with the entries, each at its place.
  private(set) var diagnostics: [Diagnostic] = []

  /// Applies the entries within `targets` to a state; what can be said without state and account is checked before.
  init(_ configuration: Configuration, state: State?, index: inout AccountIndex, targets: TargetSet, isDestroy: Bool) {
    for entry in state?.channels ?? [] { entries[entry.address] = entry }
    for removal in configuration.removals where removals[removal.address] == nil {
      removals[removal.address] = removal
    }
    guard !isDestroy else { return }
    for move in configuration.moves {
      if targets.contains(move.new) { apply(move) } else { blocked.insert(move.old) }
    }
    guard !configuration.adoptions.isEmpty else { return }
    var bound: [Int: Address] = [:]
    let news = Dictionary(moves.values.map { ($0.old, $0.new) }) { first, _ in first }
    for entry in state?.channels ?? [] {
      if let channel = index.channel(of: entry) { bound[channel.id] = news[entry.address] ?? entry.address }
    }
    for adoption in configuration.adoptions
    where targets.contains(adoption.address) && !blocked.contains(adoption.address) {
      apply(adoption, &index, bound)
    }
  }

  private mutating func apply(_ move: Move) {
    guard var entry = entries[move.old] else { return }
    guard entries[move.new] == nil else {
      block(
        move.new,
        Diagnostic(
          .movedManaged, at: move.place,
          "\(move.old) cannot become \(move.new): both are managed",
          why: "the state has a channel at each address, and a move would lose one of them",
          suggestion:
            "remove this entry from `moved`; to stop managing one of them, write `removed: {\(move.old): {destroy: false}}`"
        ))
      blocked.insert(move.old)
      return
    }
    entries[move.old] = nil
    entry.address = move.new
    entries[move.new] = entry
    moves[move.new] = move
  }

  private mutating func apply(_ adoption: Adoption, _ index: inout AccountIndex, _ bound: [Int: Address]) {
    let address = adoption.address
    let present = entries[address].flatMap { index.channel(of: $0) }
    if present != nil, case .name = adoption.target { return }
    let found = index.channels(adoption.target, kind: address.kind)
    guard let channel = found.first else {
      guard entries[address] == nil else { return }
      return block(
        address,
        Diagnostic(
          .adoptMissing, at: adoption.place, "the account has no channel with the \(adoption.target.words)",
          why: "adopting binds \(address) to a channel that exists",
          suggestion:
            "look it up under Setup > Conversations > Channels in Kit, or remove this entry to create the channel"))
    }
    guard found.count == 1 else {
      return block(
        address,
        Diagnostic(
          .adoptAmbiguous, at: adoption.place,
          "the account has \(found.count) channels with the \(adoption.target.words)",
          why: "an address belongs to exactly one channel: "
            + found.map { "id \($0.id) has the UUID \($0.uuid)" }.joined(separator: ", "),
          suggestion: "write `uuid` instead of `name`"))
    }
    guard channel.kind?.name == address.kind else {
      return block(
        address,
        Diagnostic(
          .adoptKind, at: adoption.place,
          "the channel with the \(adoption.target.words) is of the kind \(channel.shortKind)",
          why: "\(address) is the address of a channel of the kind \(address.kind)",
          suggestion: "write the channel under the kind that it has"))
    }
    if let present {
      guard present.id != channel.id else { return }
      return block(
        address,
        Diagnostic(
          .adoptBound, at: adoption.place, "\(address) is already bound to another channel, UUID \(present.uuid)",
          why: "adopting \(channel.uuid) would lose the one that is managed now",
          suggestion: "adopt it at an address of its own, or forget the other first: kitform state rm \(address)"))
    }
    if let (other, claim) = adoptions.first(where: { $0.value.channel.id == channel.id }) {
      return block(
        address,
        Diagnostic(
          .adoptTaken, at: adoption.place, "the channel with the \(adoption.target.words) is adopted as \(other) too",
          why: "one channel has one address", suggestion: "keep one of them",
          notes: [Diagnostic.Note("\(other) adopts it here", at: claim.place)]))
    }
    if let other = bound[channel.id] {
      return block(
        address,
        Diagnostic(
          .adoptTaken, at: adoption.place,
          "the channel with the \(adoption.target.words) is already managed as \(other)",
          why: "one channel has one address",
          suggestion: "to give it a new address, write `moved: {\(address): \(other)}`"))
    }
    entries[address] = nil
    adoptions[address] = (channel, adoption.place)
  }

  private mutating func block(_ address: Address, _ diagnostic: Diagnostic) {
    blocked.insert(address)
    diagnostics.append(diagnostic)
  }
}

extension Adoption.AdoptionTarget {
  /// As it was written, for messages.
  fileprivate var words: String {
    switch self {
    case .uuid(let uuid): "UUID \(uuid)"
    case .id(let id): "id \(id)"
    case .name(let name): "name “\(name)”"
    }
  }
}

extension AccountIndex {
  /// The channels that an adoption names; by name those of the kind, else all of that name.
  mutating func channels(_ target: Adoption.AdoptionTarget, kind: String) -> [RemoteChannel] {
    switch target {
    case .uuid(let uuid): return channel(uuid: uuid).map { [$0] } ?? []
    case .id(let id): return channel(id: id).map { [$0] } ?? []
    case .name(let name):
      let named = channels(named: name)
      let ofKind = named.filter { $0.kind?.name == kind }
      return ofKind.isEmpty ? Array(named.prefix(1)) : ofKind
    }
  }
}
