package import Provisioning
import Synchronization

/// A state store in memory, with its lock and its journal, and with faults to order.
package final class MemoryStateStore: StateStore {
  package let label = "memory"
  private let power: PowerSwitch
  private let hasJournal: Bool
  private let wantsCheckpoints: Bool
  private let disk: Mutex<Contents>

  /// What lies on the simulated disk; it outlives processes.
  package struct Contents: Sendable {
    package var state: State?
    package var holder: LockInformation?
    /// Whether the next lock counts as taken over from a runner that may still be there.
    package var isTakenOver = false
    package var journalRun: String?
    /// Lines that a flush has made durable come first.
    package var journal: [JournalEntry] = []
    package var durable = 0
    /// Every state that was ever written, oldest first.
    package var writes: [State] = []
    /// What the next writes of the state answer; nil for a success.
    package var writeAnswers: [WriteAnswer?] = []
    /// Whether appending to the journal fails.
    package var failsJournal = false

    package init() {}

    /// The machine itself goes down: lines that were not flushed are lost.
    package mutating func loseUnflushedLines() { journal.removeLast(journal.count - durable) }

    /// The runner is gone with its disk.
    package mutating func loseJournal() {
      journal = []
      durable = 0
      journalRun = nil
    }
  }

  /// How a write of the state fails.
  package enum WriteAnswer: Sendable {
    /// The state stays as it was.
    case failure
    /// The state is written, and the answer says otherwise.
    case lost
    /// Someone else has written.
    case conflict
  }

  package init(
    _ contents: Contents = Contents(), hasJournal: Bool = true, wantsCheckpoints: Bool = false,
    power: PowerSwitch = PowerSwitch()
  ) {
    disk = Mutex(contents)
    self.hasJournal = hasJournal
    self.wantsCheckpoints = wantsCheckpoints
    self.power = power
  }

  /// What lies on the disk now.
  package var contents: Contents {
    get { disk.withLock { $0 } }
    set { disk.withLock { $0 = newValue } }
  }

  package func read() async throws(StateFailure) -> State? { contents.state }

  package func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock {
    let holder = disk.withLock { contents -> LockInformation? in
      if let holder = contents.holder { return holder }
      contents.holder = info
      return nil
    }
    if let holder { throw .locked(holder: holder, label: label) }
    return Lock(store: self, id: info.id, wasTakenOver: contents.isTakenOver)
  }

  package func journal(of run: String) throws(StateFailure) -> [JournalEntry]? {
    hasJournal ? try MemoryJournal(store: self).entries(run: run) : nil
  }

  package func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking {
    guard let holder = contents.holder else { return .wasFree }
    guard holder.id == id else { throw .locked(holder: holder, label: label) }
    disk.withLock { $0.holder = nil }
    return .freed(holder)
  }

  private struct Lock: StateLock {
    let store: MemoryStateStore
    let id: String
    let wasTakenOver: Bool

    func read() async throws(StateFailure) -> State? { store.contents.state }

    func write(_ state: State) async throws(StateFailure) {
      guard store.power.step() else { throw .failed(label: store.label, reason: "the power is off") }
      try store.disk.withLock { contents throws(StateFailure) in
        let answer = contents.writeAnswers.isEmpty ? nil : contents.writeAnswers.removeFirst()
        if answer == .failure { throw .failed(label: "memory", reason: "no space left on device") }
        if answer == .conflict { throw .conflict(label: "memory") }
        guard state.serial == (contents.state?.serial ?? 0) + 1 else { throw .conflict(label: "memory") }
        contents.state = state
        contents.writes.append(state)
        if answer == .lost { throw .failed(label: "memory", reason: "the answer was lost") }
      }
      guard store.power.step() else { throw .failed(label: store.label, reason: "the power is off") }
    }

    func prepare(_ state: State) async {}

    func replace(with state: State) async throws(StateFailure) -> State {
      store.disk.withLock { contents in
        let state = state.following(max(state.serial - 1, contents.state?.serial ?? 0))
        contents.state = state
        contents.writes.append(state)
        return state
      }
    }

    var journal: (any Journal)? { store.hasJournal ? MemoryJournal(store: store) : nil }
    var wantsCheckpoints: Bool { store.wantsCheckpoints }

    func release() async {
      store.disk.withLock { if $0.holder?.id == id { $0.holder = nil } }
    }
  }

  private struct MemoryJournal: Journal {
    let store: MemoryStateStore

    func begin(run: String) throws(StateFailure) {
      try change { contents in
        contents.loseJournal()
        contents.journalRun = run
      }
    }

    func append(_ entry: JournalEntry) throws(StateFailure) { try change { $0.journal.append(entry) } }
    func sync() throws(StateFailure) { try change { $0.durable = $0.journal.count } }
    func remove() throws(StateFailure) { try change { $0.loseJournal() } }

    func entries(run: String) throws(StateFailure) -> [JournalEntry]? {
      let contents = store.contents
      return contents.journalRun == run ? contents.journal : nil
    }

    private func change(_ body: (inout Contents) -> Void) throws(StateFailure) {
      guard store.power.step() else { throw .failed(label: store.label, reason: "the power is off") }
      try store.disk.withLock { contents throws(StateFailure) in
        if contents.failsJournal { throw .failed(label: "memory", reason: "no space left on device") }
        body(&contents)
      }
    }
  }
}
