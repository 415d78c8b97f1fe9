package import Manifest

/// Brings a state with an unfinished run up to date, before any new plan (ApplyProtocol.md, "Recover").
package struct Recovery: Sendable {
  private let comparison: AccountComparison

  package init(comparison: AccountComparison) { self.comparison = comparison }

  /// What became of each operation of the state's run record, and the state without it; nil where there is no record.
  ///
  /// Pure, so that `plan` can show and use it without writing anything. The serial stays as it is.
  ///
  /// - Parameters:
  ///   - state: as it was read.
  ///   - journal: the lines of the record's run; nil where there is no journal of it, and then every call counts as
  ///     perhaps sent.
  ///   - channels: the account's complete listing.
  ///   - ended: the time to remember as the run's end, UTC, ISO 8601.
  /// - Returns: the recovered state with its findings, or nil.
  package func recover(
    _ state: State, journal: [JournalEntry]?, channels: [RemoteChannel], ended: String
  ) -> Recovered? {
    guard let run = state.run else { return nil }
    var work = Work(state: state, run: run, channels: channels, journal: journal, comparison: comparison)
    work.settleDecided()
    work.settleCreations()
    work.awaitCreated()
    return work.conclude(ended: ended)
  }
}

/// A recovered state with its findings.
package struct Recovered: Sendable, Equatable {
  /// Without the run record, but for creations that stay uncertain; not yet written.
  package var state: State
  /// One for each operation of the record, in its order.
  package var findings: [RecoveryFinding]
  /// Creations that the listing does not settle: nothing is created for their addresses.
  package var uncertain: [UncertainCreation]
  /// Whether a listing after the settle window could say more.
  package var needsSettling: Bool
  /// "the apply of 2026-05-04 12:04 UTC by ci-7 did not finish"
  package var headline: String

  /// What became of one operation.
  package struct RecoveryFinding: Sendable, Equatable {
    package var address: Address
    package var action: Action
    package var verdict: OperationEnding
  }

  /// The three ends of an operation.
  package enum OperationEnding: Sendable, Equatable {
    case done
    /// Not done, or not to be seen: the plan finds it again.
    case open
    case uncertain
  }

  /// For people who have the lock: the headline, then a line for each operation.
  package var words: [String] { [headline] + lines }

  /// A line for each operation.
  package var lines: [String] {
    findings.map { finding in
      switch (finding.verdict, finding.action) {
      case (.done, .create): "\(finding.address) was created"
      case (.done, .delete): "\(finding.address) was deleted"
      case (.done, _): "\(finding.address) was updated"
      case (.open, .create): "\(finding.address) was not created"
      case (.open, .delete): "\(finding.address) was not deleted"
      case (.open, _): "\(finding.address) was not updated, or not completely"
      case (.uncertain, _): "\(finding.address): \(UncertainCreation.remedy(for: finding.address))"
      }
    }
  }
}

/// The work of one recovery: entries by address, and a verdict for each operation.
private struct Work {
  private let state: State
  private let run: RunRecord
  private let comparison: AccountComparison
  private let channels: [RemoteChannel]
  private let shown: ShownChannels
  private let hasJournal: Bool
  /// The last journal line of each operation.
  private let lines: [Int: JournalEntry]
  private var entries: [Address: State.Entry]
  private var verdicts: [Int: Recovered.OperationEnding] = [:]
  private var uncertain: [UncertainCreation] = []
  private var needsSettling = false

  init(
    state: State, run: RunRecord, channels: [RemoteChannel], journal: [JournalEntry]?, comparison: AccountComparison
  ) {
    self.state = state
    self.run = run
    self.comparison = comparison
    self.channels = channels
    shown = ShownChannels(channels)
    hasJournal = journal != nil
    var lines: [Int: JournalEntry] = [:]
    for line in journal ?? [] { lines[line.operation] = line }
    self.lines = lines
    entries = Dictionary(state.channels.map { ($0.address, $0) }) { _, last in last }
  }

  /// What the journal or the account decides: everything but creations without an answer.
  mutating func settleDecided() {
    for operation in run.operations {
      switch (lines[operation.number], operation.action) {
      case (.refused, _): verdicts[operation.number] = .open
      case (.done(_, let id, let uuid), _): done(operation, id: id, uuid: uuid)
      case (_, .delete):
        if operation.identity.map({ shown[$0] == nil }) ?? true {
          done(operation, id: nil, uuid: nil)
        } else {
          verdicts[operation.number] = .open
        }
      case (_, .update): resolveUpdate(operation)
      default: break
      }
    }
  }

  /// Creations without an answer, those of one natural key together.
  ///
  /// One that the journal does not show as sent is looked for all the same, for a machine that lost the last lines; but it
  /// is never in doubt.
  mutating func settleCreations() {
    let open = run.operations.filter { verdicts[$0.number] == nil }
    let excluded = Set(run.known).union(entries.values.lazy.map(\.id)).union(state.channels.lazy.map(\.id))
    let match = CreationMatch(channels: channels, excluded: excluded, comparison: comparison)
    var groups: [NaturalKey: [RunRecord.RunOperation]] = [:]
    var keys: [NaturalKey] = []
    for operation in open {
      let key = NaturalKey(operation)
      if groups[key] == nil { keys.append(key) }
      groups[key, default: []].append(operation)
    }
    for key in keys {
      let operations = groups[key, default: []]
      for (operation, verdict) in zip(operations, match.verdicts(on: operations)) { settle(operation, verdict) }
    }
  }

  /// A channel that the run made and that does not show yet must not look as if it were gone.
  mutating func awaitCreated() {
    let known = Set(run.known)
    if entries.values.contains(where: { !known.contains($0.id) && shown[$0.identity] == nil }) { needsSettling = true }
  }

  /// The recovered state, with what to say about it.
  mutating func conclude(ended: String) -> Recovered {
    var recovered = state
    recovered.channels = entries.values.map { entry in
      var entry = entry
      if entry.uuid.isEmpty { entry.uuid = shown[entry.identity]?.uuid ?? "" }
      return entry
    }.sorted { $0.address < $1.address }
    recovered.run = nil
    if !uncertain.isEmpty {
      recovered.run = run
      recovered.run?.operations = uncertain.map(\.operation)
      recovered.run?.isTakenOver = false
    }
    if !state.history.contains(where: { $0.id == run.id }) {
      recovered.remember(
        State.PastRun(
          id: run.id, command: run.command, digest: run.digest, started: run.started, ended: ended, who: run.who,
          outcome: ApplyOutcome.interrupted.rawValue, commit: nil, changes: pastChanges))
    }
    return Recovered(
      state: recovered,
      findings: run.operations.map {
        .init(address: $0.address, action: $0.action, verdict: verdicts[$0.number] ?? .open)
      }, uncertain: uncertain, needsSettling: needsSettling,
      headline: "\(run.words) did not finish")
  }

  /// What the run is known to have changed, for the history.
  private var pastChanges: [State.PastChange] {
    run.operations.filter { verdicts[$0.number] == .done }.map { operation in
      let entry = entries[operation.address]
      return State.PastChange(operation, former: state[operation.address], id: entry?.id, uuid: entry?.uuid)
    }
  }

  private func isPerhapsSent(_ operation: RunRecord.RunOperation) -> Bool {
    !hasJournal || lines[operation.number] != nil
  }

  private mutating func settle(_ operation: RunRecord.RunOperation, _ verdict: CreationMatch.CreationDecision) {
    switch verdict {
    case .adopt(let channel, let isShared):
      done(operation, id: channel.id, uuid: channel.uuid)
      // Which of several got which secret cannot be seen: the plan sends them again.
      if isShared { entries[operation.address]?.applied.removeAll { $0.isSecret } }
      needsSettling = needsSettling || isPerhapsSent(operation)
    case .missing:
      verdicts[operation.number] = .open
      needsSettling = needsSettling || isPerhapsSent(operation)
    case .uncertain(let candidates):
      guard isPerhapsSent(operation) else {
        verdicts[operation.number] = .open
        return
      }
      verdicts[operation.number] = .uncertain
      uncertain.append(UncertainCreation(operation: operation, candidates: candidates))
    }
  }

  private mutating func done(_ operation: RunRecord.RunOperation, id: Int?, uuid: String?) {
    verdicts[operation.number] = .done
    if operation.action == .delete {
      entries[operation.address] = nil
      return
    }
    let former = operation.action == .create ? nil : entries[operation.address]
    guard let id = id ?? operation.channelID ?? former?.id else { return }
    entries[operation.address] = State.Entry(
      address: operation.address, id: id, uuid: uuid ?? operation.uuid ?? former?.uuid ?? "", name: operation.name,
      source: operation.source, applied: operation.wanted, isProtected: operation.isProtected)
  }

  /// An update without an answer is done when the account shows its wanted values.
  ///
  /// A secret cannot be seen: one that the update may have changed is not known any more, so that the plan sends it again,
  /// whichever value is wanted by then.
  private mutating func resolveUpdate(_ operation: RunRecord.RunOperation) {
    verdicts[operation.number] = .open
    if isPerhapsSent(operation) { entries[operation.address]?.forgetSecrets(changedBy: operation.wanted) }
    guard let channel = operation.identity.flatMap({ shown[$0] }),
      comparison.differences(of: channel, from: operation.wanted, at: operation.address).isEmpty
    else { return }
    let former = entries[operation.address]
    let remembered = operation.wanted.compactMap { $0.isSecret ? former?.applied($0.name) : $0 }
    done(operation, id: nil, uuid: nil)
    if remembered != operation.wanted {
      entries[operation.address]?.applied = remembered
      verdicts[operation.number] = .open
    }
  }
}

extension JournalEntry {
  /// The operation that a line is about.
  var operation: Int {
    switch self {
    case .sent(let operation), .done(let operation, id: _, uuid: _), .refused(let operation), .unknown(let operation):
      operation
    }
  }
}
