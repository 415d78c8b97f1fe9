import Manifest

/// What a run has learned so far, from which each version of the state is made.
///
/// Entries are kept by address while the run lasts, so that an outcome costs the same however many channels there are.
struct Ledger {
  private let base: State
  private(set) var entries: [Address: State.Entry]
  /// The run's record as it was first written; creations that earlier runs left uncertain come first.
  private(set) var record: RunRecord
  /// Numbers of the operations whose outcome is known.
  private var closed: Set<Int> = []
  /// The profile under which each kind's update is verified.
  private var profiles: [String: String]
  /// Outcomes that no written state holds yet.
  private(set) var hasUnsaved = false

  init(base: State, record: RunRecord) {
    self.base = base
    self.record = record
    profiles = base.profiles
    entries = Dictionary(base.channels.map { ($0.address, $0) }) { _, last in last }
  }

  /// Notes when the run began, UTC, ISO 8601.
  mutating func begin(at time: String) { record.started = time }

  /// Records all state-only changes at once: a move frees its old address before any new one is taken.
  mutating func applyQuietly(_ changes: [Change], refreshed: [State.Entry]) {
    for entry in refreshed where entries[entry.address] != nil { entries[entry.address] = entry }
    let moved = changes.filter { $0.action == .move }.map { change in
      (change, change.movedFrom.flatMap { entries.removeValue(forKey: $0) })
    }
    for (change, entry) in moved { enter(change, former: entry) }
    for change in changes where change.action != .move {
      if change.action == .forget {
        entries[change.address] = nil
      } else {
        enter(change, former: entries[change.address])
      }
    }
  }

  /// Notes what a finished call has made of its address.
  mutating func record(_ change: Change, done identity: ChannelIdentity?, operation: Int) {
    if change.action == .delete {
      entries[change.address] = nil
    } else {
      enter(change, former: change.action == .create ? nil : entries[change.address], identity: identity)
    }
    close(operation)
  }

  /// Notes that nothing came of an operation, so that no later run looks for it.
  mutating func close(_ operation: Int) {
    closed.insert(operation)
    hasUnsaved = true
  }

  /// Notes that an update may or may not have happened.
  mutating func doubt(_ change: Change, operation: Int) {
    entries[change.address]?.forgetSecrets(changedBy: change.wanted)
    close(operation)
  }

  /// Fills in a UUID that a creation's answer left out.
  mutating func complete(_ address: Address, uuid: String) {
    if entries[address]?.uuid.isEmpty == true { entries[address]?.uuid = uuid }
  }

  /// Notes that the account shows another value of a field than the one that was written.
  mutating func remember(_ readBack: State.ReadBack?, of field: String, at address: Address) {
    guard let index = entries[address]?.applied.firstIndex(where: { $0.name == field }) else { return }
    entries[address]?.applied[index].readBack = readBack
    hasUnsaved = true
  }

  /// Notes that an update of a kind changed what it was to change and nothing else.
  mutating func verify(_ kind: String, under profile: String) {
    profiles[kind] = profile
    hasUnsaved = true
  }

  /// Whether an update of a kind was verified under a profile, in this run or an earlier one.
  func isVerified(_ kind: String, under profile: String) -> Bool { profiles[kind] == profile }

  /// Notes that the last snapshot is written.
  mutating func markSaved() { hasUnsaved = false }

  /// The present state, its record reduced to the open operations.
  func snapshot(serial: Int) -> State {
    state(serial: serial, operations: record.operations.filter { !closed.contains($0.number) })
  }

  /// The last state of a run: of its record, only the creations in `uncertain` remain.
  func conclusion(serial: Int, uncertain: Set<Int>) -> State {
    state(serial: serial, operations: record.operations.filter { uncertain.contains($0.number) })
  }

  private func state(serial: Int, operations: [RunRecord.RunOperation]) -> State {
    var state = base
    state.serial = serial
    state.profiles = profiles
    // Addresses are sorted, not entries, which are moved about at a price.
    state.channels = entries.keys.sorted().compactMap { entries[$0] }
    state.run = nil
    if !operations.isEmpty {
      var run = record
      run.operations = operations
      state.run = run
    }
    return state
  }

  private mutating func enter(_ change: Change, former: State.Entry?, identity: ChannelIdentity? = nil) {
    guard let id = identity?.id ?? change.id ?? former?.id else { return }
    entries[change.address] = State.Entry(
      address: change.address, id: id, uuid: identity?.uuid ?? change.uuid ?? former?.uuid ?? "", name: change.name,
      source: change.source?.position ?? former?.source, applied: change.wanted, isProtected: change.isProtected)
  }
}
