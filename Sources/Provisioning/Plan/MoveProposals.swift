import Documents
import Manifest

/// Finds creations that are nearly what is deleted: a channel that was given another address, and no `moved` entry.
struct MoveProposals {
  /// One warning for each such creation, at the channel.
  private(set) var diagnostics: [Diagnostic] = []

  /// The most pairs that are compared one by one; beyond, a pair must have one name.
  private static let pairLimit = 10_000

  init(_ changes: [Change], created: [Record]) {
    let deleted = changes.filter { $0.action == .delete }
    let creations = changes.filter { $0.action == .create && $0.cause == .manifest }
    guard !deleted.isEmpty, !creations.isEmpty else { return }
    let records = Dictionary(created.map { ($0.address, $0) }) { first, _ in first }
    let byName = Dictionary(grouping: deleted) { $0.name }
    var taken: Set<Address> = []
    for creation in creations {
      let candidates =
        deleted.count * creations.count <= MoveProposals.pairLimit ? deleted : byName[creation.name] ?? []
      var best: (old: Change, likeness: Int)?
      for old in candidates where old.address.kind == creation.address.kind && !taken.contains(old.address) {
        let likeness = MoveProposals.likeness(creation, old)
        if likeness > best?.likeness ?? 0 { best = (old, likeness) }
      }
      guard let best, let record = records[creation.address] else { continue }
      taken.insert(best.old.address)
      diagnostics.append(
        Diagnostic(
          .movedProposed, at: record.place,
          "\(creation.address) is nearly what \(best.old.address) is, which this plan deletes",
          why:
            "deleted and created, it is another channel with another UUID, which every system that sends messages to it needs",
          suggestion:
            "to keep the channel under its new address, write `moved: {\(creation.address): \(best.old.address)}`"
        ))
    }
  }

  /// How many fields a creation has in common with what is deleted; 0 unless that is three in four that can be compared.
  private static func likeness(_ creation: Change, _ old: Change) -> Int {
    var same = 0
    var compared = 0
    for field in creation.fields {
      guard case .value(let after) = field.after, let value = Value(json: after),
        let before = old.fields.first(where: { $0.name == field.name })?.before, case .value(let json) = before
      else { continue }
      compared += 1
      if value.agrees(with: json) { same += 1 }
    }
    return compared >= 2 && same * 4 >= compared * 3 ? same : 0
  }
}
