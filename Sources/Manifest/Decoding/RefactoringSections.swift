import Documents

extension ConfigurationDecoder {
  /// Reads `adopt`, `moved` and `removed`, and checks them against the channels of this environment.
  mutating func refactoring(_ configuration: inout Configuration, _ book: AddressBook) {
    guard ["adopt", "moved", "removed"].contains(where: { !project.overlay($0, environment).mappings.isEmpty }) else {
      return
    }
    let addresses = book.all(configuration.records)
    let present = Set(configuration.records.map(\.address))
    configuration.adoptions = adoptions(present, addresses)
    checkTargets(configuration.adoptions)
    configuration.moves = moves(present)
    configuration.removals = removals(present, addresses)
    checkSources(configuration)
  }

  /// One entry of a section.
  private struct Entry {
    var address: Address
    var key: Cursor
    var value: Cursor
    /// An earlier entry has the same address.
    var isHidden: Bool
  }

  /// Every entry of a section with its address; reports repeated addresses.
  private mutating func entries(_ name: String) -> [Entry] {
    var result: [Entry] = []
    var seen: [Address: (key: Cursor, isOwn: Bool)] = [:]
    let own = environment.flatMap { project.environmentBodies[$0]?.value(of: name) }
    for mapping in project.overlay(name, environment).mappings {
      let isOwn = own.map { $0.document.file == mapping.document.file && $0.node == mapping.node } ?? false
      for pair in mapping.pairs {
        guard let address = address(pair.key) else { continue }
        if let first = seen[address] {
          // An environment's own entry comes before the project's, and replaces it.
          if isOwn || !first.isOwn {
            findings.report(
              .refactoringRepeated, at: pair.key.place, "`\(name)` names `\(address)` twice",
              suggestion: "keep one of them",
              notes: [Diagnostic.Note("the first is here", at: first.key.place)])
          } else {
            result.append(Entry(address: address, key: pair.key, value: pair.value, isHidden: true))
          }
          continue
        }
        seen[address] = (pair.key, isOwn)
        result.append(Entry(address: address, key: pair.key, value: pair.value, isHidden: false))
      }
    }
    return result.sorted { $0.address < $1.address }
  }

  private mutating func address(_ cursor: Cursor) -> Address? {
    let text = cursor.text
    if cursor.shape == .scalar, let address = Address(text), project.kinds.contains(where: { $0.name == address.kind })
    {
      return address
    }
    findings.report(
      .channelKey, at: cursor.place, "`\(text)` is not an address", why: "an address is `<kind>.<key>`",
      suggestion: "for example \(Words.list(project.kinds.map { "\($0.name).my-channel" }, joinedBy: "or"))")
    return nil
  }

  private mutating func adoptions(_ present: Set<Address>, _ all: [Address: SourcePlace]) -> [Adoption] {
    entries("adopt").compactMap { entry in
      guard !entry.isHidden else {
        readHidden { decoder in _ = decoder.target(entry) }
        return nil
      }
      let target = target(entry)
      guard present.contains(entry.address) || all[entry.address] != nil else {
        let near = findings.didYouMean(entry.address.description, among: all.keys.map(\.description).sorted())
        findings.report(
          .adoptAddress, at: entry.key.place, "`\(entry.address)` is not in `channels`",
          suggestion: near ?? "write the channel first, then adopt it")
        return nil
      }
      guard present.contains(entry.address) else { return nil }
      return target.map { Adoption(address: entry.address, target: $0.value, place: $0.place) }
    }
  }

  /// Reports a channel that two entries of `adopt` name in the same way.
  private mutating func checkTargets(_ adoptions: [Adoption]) {
    var seen: [Adoption.AdoptionTarget: Adoption] = [:]
    for adoption in adoptions {
      // A name says a channel of its kind; uuid and id are the account's.
      let target: Adoption.AdoptionTarget =
        switch adoption.target {
        case .uuid(let uuid): .uuid(uuid.lowercased())
        case .id: adoption.target
        case .name(let name): .name("\(adoption.address.kind)/\(name)")
        }
      guard let first = seen.updateValue(adoption, forKey: target) else { continue }
      findings.report(
        .refactoringRepeated, at: adoption.place,
        "`adopt` gives one channel to `\(first.address)` and to `\(adoption.address)`",
        suggestion: "keep the entry of the address that the channel is to have",
        notes: [Diagnostic.Note("the first is here", at: first.place)])
    }
  }

  /// Reads which channel an entry of `adopt` names.
  private mutating func target(_ entry: Entry) -> Located<Adoption.AdoptionTarget>? {
    let known = ["uuid", "id", "name"]
    let pairs = Array(entry.value.pairs)
    let unknown = pairs.filter { !known.contains($0.key.text) }
    for pair in unknown { fields.unknownKey(pair.key, in: "adopt.\(entry.address)", known: known, &findings) }
    guard unknown.isEmpty else { return nil }
    guard let pair = pairs.first, pairs.count == 1, pair.value.shape == .scalar, !pair.value.isNull else {
      findings.report(
        .adoptTarget, at: place(of: entry),
        pairs.count > 1
          ? "`adopt` names the channel for `\(entry.address)` \(pairs.count) times"
          : "`adopt` names no channel for `\(entry.address)`",
        suggestion: "write one of `{uuid: …}`, `{id: …}` and `{name: …}`")
      return nil
    }
    guard let scalar = fields.variables.scalar(pair.value, &findings) else { return nil }
    guard !scalar.text.isEmpty else {
      findings.report(
        .adoptTarget, at: pair.value.place, "`adopt` names no channel for `\(entry.address)`",
        suggestion: "write its `\(pair.key.text)`, as Kit shows it", notes: scalar.notes)
      return nil
    }
    switch pair.key.text {
    case "uuid": return Located(.uuid(scalar.text), at: pair.value.place)
    case "name": return Located(.name(scalar.text), at: pair.value.place)
    default:
      guard scalar.isPlain, Scalars.isDecimalInteger(scalar.bytes), let id = Int(scalar.text) else {
        findings.report(
          .adoptTarget, at: pair.value.place, "the id of `adopt` is not a plain whole number",
          suggestion: "write the id as a plain number", notes: scalar.notes)
        return nil
      }
      return Located(.id(id), at: pair.value.place)
    }
  }

  /// The place of a finding on an entry: the value of its one key, or else at the whole entry.
  private func place(of entry: Entry) -> SourcePlace {
    let place = entry.value.onlyPair?.value.place ?? entry.value.place
    return place.start == place.end ? entry.value.place(behind: entry.key) : place
  }

  private mutating func moves(_ present: Set<Address>) -> [Move] {
    let moves: [(move: Move, oldPlace: SourcePlace)] = entries("moved").compactMap { entry in
      guard !entry.isHidden else {
        readHidden { decoder in _ = decoder.oldAddress(entry) }
        return nil
      }
      return oldAddress(entry).map { old in
        (Move(new: entry.address, old: old, place: entry.key.place), entry.value.place)
      }
    }
    let cycles = reportCycles(moves.map(\.move))
    return moves.compactMap { move, oldPlace in
      guard !cycles.contains(move.new) else { return nil }
      guard present.contains(move.new) else {
        findings.report(
          .movedAddress, at: move.place, "`\(move.new)` is not in `channels`", why: "an entry of `moved` is `new: old`",
          suggestion: present.contains(move.old)
            ? "turn the entry round: `\(move.old): \(move.new)`" : "rename the channel first")
        return nil
      }
      guard !present.contains(move.old) else {
        findings.report(
          .movedAddress, at: oldPlace, "`\(move.old)` is still in `channels`",
          suggestion: "remove it there, or remove this entry")
        return nil
      }
      return move
    }
  }

  /// Reports each cycle of moves once, and returns the new addresses of the entries that make one.
  private mutating func reportCycles(_ moves: [Move]) -> Set<Address> {
    let byNew = Dictionary(moves.map { ($0.new, $0) }) { first, _ in first }
    var seen: Set<Address> = []
    var inCycle: Set<Address> = []
    for first in moves where !seen.contains(first.new) {
      var path: [Move] = []
      var next: Move? = first
      while let move = next, seen.insert(move.new).inserted {
        path.append(move)
        next = byNew[move.old]
      }
      guard let next, let start = path.firstIndex(where: { $0.new == next.new }) else { continue }
      let cycle = path[start...]
      inCycle.formUnion(cycle.map(\.new))
      findings.report(
        .movedCycle, at: next.place,
        "the moves of \(Words.list(cycle.map(\.new.description))) "
          + (cycle.count == 1 ? "lead to where they begin" : "make a cycle"),
        why: "an entry of `moved` is `new: old`, and no channel has the old address any more",
        suggestion: "keep the entry that is meant; `kitform state mv` swaps two addresses, by way of a third",
        notes: cycle.dropFirst().prefix(20).map { Diagnostic.Note("the cycle goes on here", at: $0.place) })
    }
    return inCycle
  }

  /// Reads which address an entry of `moved` says that the channel had.
  private mutating func oldAddress(_ entry: Entry) -> Address? {
    guard entry.value.shape == .scalar, !entry.value.isNull else {
      findings.report(
        .movedAddress, at: entry.value.place(behind: entry.key),
        "`moved` does not say which address `\(entry.address)` had", why: "an entry of `moved` is `new: old`",
        suggestion: "write the old address, such as `\(entry.address): \(entry.address.kind).old-key`")
      return nil
    }
    guard let old = address(entry.value) else { return nil }
    guard entry.address.kind == old.kind else {
      findings.report(
        .movedAddress, at: entry.value.place, "`\(old)` and `\(entry.address)` are of different kinds",
        why: "a channel keeps its kind", suggestion: "remove the entry: the change is a delete and a create")
      return nil
    }
    return old
  }

  private mutating func removals(_ present: Set<Address>, _ all: [Address: SourcePlace]) -> [Removal] {
    entries("removed").compactMap { entry in
      guard !entry.isHidden else {
        readHidden { decoder in _ = decoder.destroys(entry) }
        return nil
      }
      let destroys = destroys(entry)
      guard !present.contains(entry.address) else {
        findings.report(
          .removedAddress, at: entry.key.place, "`\(entry.address)` is still in `channels`",
          suggestion: "remove it there, or remove this entry",
          notes: all[entry.address].map { [Diagnostic.Note("it is here", at: $0)] } ?? [])
        return nil
      }
      return destroys.map { Removal(address: entry.address, destroy: $0, place: entry.key.place) }
    }
  }

  /// Reads whether an entry of `removed` deletes the channel in Kit.
  private mutating func destroys(_ entry: Entry) -> Bool? {
    func report(at place: SourcePlace, _ findings: inout Findings, notes: [Diagnostic.Note] = []) {
      findings.report(
        .removedForm, at: place, "`removed` does not say what to do with `\(entry.address)`",
        suggestion: "write `{destroy: true}` to delete it in Kit, `{destroy: false}` to forget it and leave it there",
        notes: notes)
    }
    let pairs = Array(entry.value.pairs)
    let unknown = pairs.filter { $0.key.text != "destroy" }
    for pair in unknown { fields.unknownKey(pair.key, in: "removed.\(entry.address)", known: ["destroy"], &findings) }
    guard unknown.isEmpty else { return nil }
    guard let pair = pairs.first, pair.value.shape == .scalar, !pair.value.isNull else {
      report(at: place(of: entry), &findings)
      return nil
    }
    guard let scalar = fields.variables.scalar(pair.value, &findings) else { return nil }
    guard scalar.isPlain, ["true", "false"].contains(scalar.text) else {
      report(at: pair.value.place, &findings, notes: scalar.notes)
      return nil
    }
    return scalar.text == "true"
  }

  /// Reports an old address that moves to two new ones, or is removed too.
  private mutating func checkSources(_ configuration: Configuration) {
    var seen: [Address: Move] = [:]
    for move in configuration.moves {
      if let first = seen.updateValue(move, forKey: move.old) {
        findings.report(
          .movedCycle, at: move.place, "`\(move.old)` moves to `\(first.new)` and to `\(move.new)`",
          suggestion: "keep one of them",
          notes: [Diagnostic.Note("the first is here", at: first.place)])
      }
    }
    for removal in configuration.removals {
      guard let move = seen[removal.address] else { continue }
      findings.report(
        .refactoringRepeated, at: removal.place, "`\(removal.address)` is removed, and moves to `\(move.new)`",
        suggestion: "keep one of them: `moved` where the channel goes on under its new address",
        notes: [Diagnostic.Note("it moves here", at: move.place)])
    }
  }
}
