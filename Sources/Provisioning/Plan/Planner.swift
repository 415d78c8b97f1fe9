import Basics
import Dispatch
import Documents
import Manifest
import Synchronization

/// Compares manifests, state and account, and plans the changes: pure, sorted, the same for the same input.
package enum Planner {
  /// Makes the plan; errors and refusals in it stop an apply.
  ///
  /// More than `worthSharing` channels are compared on two threads.
  package static func plan(_ input: PlanInput, worthSharing: Int = 256) -> Plan {
    var builder = PlanBuilder(input)
    builder.worthSharing = worthSharing
    if input.options.isDestroy {
      builder.planDestruction()
    } else {
      builder.planRecords()
      builder.planGone()
    }
    return builder.finish()
  }
}

/// A plan while it is made.
struct PlanBuilder {
  let input: PlanInput
  let targets: TargetSet
  var comparer: FieldComparer
  let refactoring: Refactoring
  let written: Set<Address>
  /// How many channels have to be planned to be worth a second thread.
  var worthSharing = Int.max
  var changes: [Change] = []
  var refreshed: [State.Entry] = []
  var diagnostics: [Diagnostic] = []
  /// Addresses that the plan looks at.
  var considered: Set<Address> = []
  /// Losses of updates that are not accepted, in the order of their addresses.
  var losses: [(address: Address, members: [String])] = []
  /// Channels that are created again because they are gone from the account.
  var recreated: [Address] = []
  /// Protected channels of which a finding speaks already.
  var reportedProtected: Set<Address> = []
  /// Records that are created, for the search of channels of the same name.
  var created: [Record] = []

  init(_ input: PlanInput) {
    self.input = input
    targets = TargetSet(input.options.targets)
    comparer = FieldComparer(input)
    refactoring = Refactoring(
      input.configuration, state: input.state, index: &comparer.index, targets: targets,
      isDestroy: input.options.isDestroy)
    written = Set(input.configuration.records.map(\.address))
  }

  /// Plans every channel of the manifests; many of them in two concurrent halves, with the same result.
  mutating func planRecords() {
    let records = input.configuration.records[...]
    guard records.count > worthSharing else { return plan(records) }
    let middle = records.count / 2
    let halves = [records[..<middle], records[middle...]]
    let before = self
    let planned = Mutex<[Int: PlanBuilder]>([:])
    DispatchQueue.concurrentPerform(iterations: halves.count) { half in
      var builder = before
      builder.plan(halves[half])
      planned.withLock { $0[half] = builder }
    }
    for half in halves.indices { planned.withLock { $0[half] }.map { merge($0) } }
  }

  /// Takes over what a copy, made before anything was planned, has planned since.
  private mutating func merge(_ other: PlanBuilder) {
    comparer.merge(other.comparer)
    changes += other.changes
    refreshed += other.refreshed
    diagnostics += other.diagnostics
    losses += other.losses
    considered.formUnion(other.considered)
    recreated += other.recreated
    reportedProtected.formUnion(other.reportedProtected)
    created += other.created
  }

  private mutating func plan(_ records: ArraySlice<Record>) {
    for record in records where targets.contains(record.address) {
      considered.insert(record.address)
      guard !refactoring.blocked.contains(record.address) else { continue }
      if let adoption = refactoring.adoptions[record.address] {
        adopt(record, adoption.channel)
      } else if let entry = refactoring.entries[record.address] {
        keep(record, entry)
      } else {
        create(record, entry: nil)
      }
    }
  }

  /// Plans the entries of the state that the manifests no longer have.
  mutating func planGone() {
    for entry in (input.state?.channels ?? []) where targets.contains(entry.address) {
      let address = entry.address
      guard !written.contains(address), refactoring.entries[address] != nil else { continue }
      considered.insert(address)
      guard !refactoring.blocked.contains(address) else { continue }
      let removal = refactoring.removals[address]
      let channel = comparer.index.channel(of: entry)
      if let removal, entry.isProtected, channel != nil {
        reportedProtected.insert(address)
        diagnostics.append(
          Diagnostic(
            .removedProtected, at: removal.place, "\(address) is protected",
            why: "a protected channel is neither deleted nor forgotten, also when its manifest is gone",
            suggestion: "write the channel back without `protect: true` and apply that first"))
      }
      leave(entry, channel, removal: removal)
    }
  }

  /// Plans the deletion of every managed channel; `removed: {…: {destroy: false}}` keeps one in Kit.
  mutating func planDestruction() {
    let wanted = Dictionary(input.configuration.records.map { ($0.address, $0) }) { first, _ in first }
    for var entry in (input.state?.channels ?? []) where targets.contains(entry.address) {
      considered.insert(entry.address)
      let record = wanted[entry.address]
      if let record, record.isProtected { entry.isProtected = true }
      let removal = record == nil ? refactoring.removals[entry.address] : nil
      leave(entry, comparer.index.channel(of: entry), removal: removal, record: record)
    }
  }

  /// Binds an address to a channel that exists; what differs is an update of the same address.
  private mutating func adopt(_ record: Record, _ channel: RemoteChannel) {
    let diff = comparer.compare(record, with: channel, applied: [])
    changes.append(
      Change(
        address: record.address, action: .adopt, id: channel.id, uuid: channel.uuid, name: channel.name,
        // The state remembers where the channel is written, and not the entry of `adopt`, which is to be taken out again.
        isProtected: record.isProtected, source: Change.Source(input.sources.position(of: record.place)),
        fields: protecting(record), wanted: diff.settled, precondition: channel.precondition))
    if diff.hasChanges { update(record, channel, diff) }
  }

  /// Compares a managed channel; one that is gone from the account is created again.
  private mutating func keep(_ record: Record, _ entry: State.Entry) {
    guard let channel = comparer.index.channel(of: entry) else { return create(record, entry: entry) }
    guard channel.kind === record.kind || channel.kind?.name == record.kind.name else {
      refuseKind(
        of: channel, at: record.address, record.place,
        why: "the account's channel cannot take the fields of the kind \(record.kind.name)",
        suggestion: "forget it with `kitform state rm \(record.address)`, and adopt or create the right one")
      return
    }
    let move = refactoring.moves[record.address]
    if let move {
      changes.append(
        Change(
          address: record.address, action: .move, id: channel.id, uuid: channel.uuid, name: channel.name,
          movedFrom: move.old, isProtected: entry.isProtected,
          source: Change.Source(input.sources.position(of: move.place)),
          wanted: comparer.moved(entry.applied, from: move.old, to: move.new), precondition: channel.precondition))
    }
    let diff = comparer.compare(record, with: channel, applied: entry.applied, former: move?.old)
    if diff.hasChanges || record.isProtected != entry.isProtected {
      update(record, channel, diff, entry: entry)
    } else {
      refresh(record, entry, diff)
    }
  }

  /// Reports that an address is bound to a channel of another kind, which is neither changed nor deleted.
  private mutating func refuseKind(
    of channel: RemoteChannel, at address: Address, _ place: SourcePlace?, why: String, suggestion: String
  ) {
    diagnostics.append(
      Diagnostic(
        .channelChangedKind, at: place,
        "\(address) is bound to channel \(channel.id), which is of the kind \(channel.shortKind)", why: why,
        suggestion: suggestion))
  }

  /// Appends the update or release that a difference comes to.
  private mutating func update(
    _ record: Record, _ channel: RemoteChannel, _ diff: FieldDiff, entry: State.Entry? = nil
  ) {
    var fields = diff.fields
    if let entry, entry.isProtected != record.isProtected {
      insert(protection(record, before: .value(.bool(entry.isProtected))), into: &fields, record)
    }
    let isRelease = fields.allSatisfy { $0.after == .absent || $0.secret == .notCompared }
    var wanted = diff.wanted
    if wanted.isEmpty, let entry {
      let old = refactoring.moves[record.address]?.old ?? entry.address
      wanted = old == entry.address ? entry.applied : comparer.moved(entry.applied, from: old, to: entry.address)
    }
    let impact = Impact.ofUpdate(record.kind, fields)
    let accepted = isRelease ? [] : sendAgain(&fields, record, channel)
    var change = Change(
      address: record.address, action: isRelease ? .release : .update, id: channel.id, uuid: channel.uuid,
      name: record.name, impact: impact, isProtected: record.isProtected,
      source: Change.Source(input.sources.position(of: record.place)), fields: fields, wanted: wanted,
      precondition: channel.precondition)
    change.losses = accepted
    change.impact += accepted.map { "\($0) may be lost: Kit does not show it, and --accept-loss names it" }
    changes.append(change)
  }

  /// Protecting and unprotecting: a change of its own that concerns the state alone.
  private func protection(_ record: Record, before: FieldValue) -> FieldChange {
    FieldChange(
      name: FieldChange.protection, before: before, after: .value(.bool(record.isProtected)), cause: .manifest,
      source: record[FieldChange.protection].map { input.sources.position(of: $0.place) })
  }

  /// What a channel that comes under management shows of its protection: nothing where it has none.
  private func protecting(_ record: Record) -> [FieldChange] {
    record.isProtected ? [protection(record, before: .absent)] : []
  }

  /// Puts a field where its kind's form has it.
  func insert(_ field: FieldChange, into fields: inout [FieldChange], _ record: Record) {
    guard let own = record.kind.index(of: field.name) else { return fields.append(field) }
    let place = fields.firstIndex { (record.kind.index(of: $0.name) ?? 0) > own } ?? fields.endIndex
    fields.insert(field, at: place)
  }

  /// Notes what the next write brings up to date on a channel without a change.
  private mutating func refresh(_ record: Record, _ entry: State.Entry, _ diff: FieldDiff) {
    guard refactoring.moves[record.address] == nil else { return }
    let source = input.sources.position(of: record.place)
    guard diff.isOutdated || entry.source != source || entry.name != record.name else { return }
    var new = entry
    new.source = source
    new.name = record.name
    if diff.isOutdated { new.applied = diff.wanted }
    if new != entry { refreshed.append(new) }
  }

  /// Plans a channel that the account does not have; `entry` is what the state still says of one that is gone.
  private mutating func create(_ record: Record, entry: State.Entry?) {
    if let entry, let move = refactoring.moves[record.address] {
      changes.append(
        Change(
          address: record.address, action: .move, id: entry.id, uuid: entry.uuid, name: entry.name,
          movedFrom: move.old, isProtected: entry.isProtected,
          source: Change.Source(input.sources.position(of: move.place)), wanted: entry.applied))
    }
    let diff = comparer.compare(record, with: nil, applied: [])
    var fields = diff.fields
    for field in protecting(record) { insert(field, into: &fields, record) }
    if entry != nil { recreated.append(record.address) }
    created.append(record)
    changes.append(
      Change(
        address: record.address, action: .create, id: nil, uuid: nil, name: record.name,
        cause: entry == nil ? .manifest : .account,
        impact: entry.map { Impact.ofRecreation(record, entry: $0) } ?? [], isProtected: record.isProtected,
        source: Change.Source(input.sources.position(of: record.place)), fields: fields, wanted: diff.wanted))
  }

  /// Plans the end of an entry: deleted, or forgotten where it stays in Kit or is gone from it already.
  private mutating func leave(
    _ entry: State.Entry, _ channel: RemoteChannel?, removal: Removal?, record: Record? = nil
  ) {
    let isForgotten = channel == nil || removal?.destroy == false
    if let channel, !isForgotten, channel.kind?.name != entry.address.kind {
      refuseKind(
        of: channel, at: entry.address, removal?.place ?? record?.place,
        why: "only a channel of the kind \(entry.address.kind) is deleted for this address",
        suggestion:
          "forget it with `kitform state rm \(entry.address)`, and delete the channel in Kit if it is not needed")
      return
    }
    var change = Change(
      address: entry.address, action: isForgotten ? .forget : .delete, id: entry.id, uuid: entry.uuid,
      name: channel?.name ?? entry.name, cause: channel == nil ? .account : .manifest, isProtected: entry.isProtected,
      source: entry.source.map { Change.Source($0, isGone: true) }, precondition: channel?.precondition)
    if let removal {
      change.source = Change.Source(input.sources.position(of: removal.place))
      change.named = "named in removed:"
    } else if let record {
      change.source = Change.Source(input.sources.position(of: record.place))
    }
    if input.options.allowDelete.contains(entry.address), change.named == nil, !isForgotten {
      change.named = "named by --allow-delete"
    }
    if let channel, !isForgotten {
      change.id = channel.id
      change.uuid = channel.uuid
      change.fields = comparer.removed(channel, applied: entry.applied)
      change.impact = Impact.ofDelete(channel.kind, change.fields)
    } else {
      change.impact = [channel == nil ? "it is gone from Kit already" : "it stays in Kit, and Kitform forgets it"]
    }
    changes.append(change)
  }
}
