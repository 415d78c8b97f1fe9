import Basics

/// Keeps one environment's state somewhere: the contract that every backend meets.
///
/// A state that is torn, foreign or newer is an error, never "no state".
package protocol StateStore: Sendable {
  /// What people call the place, for messages: a path or an address, without credentials.
  var label: String { get }
  /// Reads the state; nil where there has never been one.
  func read() async throws(StateFailure) -> State?
  /// Reads the journal of a run as it lies on this machine, without the lock; nil where there is none of it.
  func journal(of run: String) throws(StateFailure) -> [JournalEntry]?
  /// Takes the lock, at once or not at all.
  ///
  /// - Throws: `StateFailure.locked` with the holder.
  func lock(_ info: LockInformation) async throws(StateFailure) -> any StateLock
  /// Frees a lock whose holder is gone.
  ///
  /// - Parameters:
  ///   - id: the holder's, as the message about the lock shows it.
  ///   - info: who frees it; a remote store takes the lock for a moment to see who holds it.
  /// - Throws: `StateFailure.locked` where someone else holds it.
  func unlock(id: String, as info: LockInformation) async throws(StateFailure) -> Unlocking
}

/// What came of freeing a lock.
package enum Unlocking: Sendable, Equatable {
  /// Its holder, as far as the server knows.
  case freed(LockInformation?)
  /// It is free.
  case wasFree
}

/// A held lock; writing goes through it, so that nothing is written without one.
package protocol StateLock: Sendable {
  /// Reads the state under the lock.
  func read() async throws(StateFailure) -> State?
  /// Replaces the state, durably, before it returns; `state.serial` must be the last one read plus one.
  func write(_ state: State) async throws(StateFailure)
  /// Works out how a state is written that will probably be the next one, while there is time; any other may be written too.
  func prepare(_ state: State) async
  /// Stores a state in place of none, a damaged one, or one of another lineage, and returns it with its new serial.
  ///
  /// That is its own serial or, where it is higher, the one after the serial of the state that is there: a
  /// server may keep versions by it, and refuse one that it has seen.
  func replace(with state: State) async throws(StateFailure) -> State
  /// The journal of the run that holds the lock; nil where the backend has no place for one.
  var journal: (any Journal)? { get }
  /// Whether a run writes checkpoints, because the runner's disk may be gone after a crash and the lock may be taken over.
  var wantsCheckpoints: Bool { get }
  /// Whether the lock was taken over from a holder that may still run: its calls may be in progress for a while.
  var wasTakenOver: Bool { get }
  /// Gives the lock back; safe to call twice.
  func release() async
  /// Whether `release` could not give the lock back, so that other runs will find it held.
  var isStuck: Bool { get }
}

extension StateLock {
  package var isStuck: Bool { false }
}

/// Who holds a lock, for the message that a second user reads.
package struct LockInformation: Sendable, Equatable {
  package var id: String
  package var who: String
  package var host: String
  package var processID: Int
  /// UTC, ISO 8601.
  package var since: String
  package var command: String

  package init(id: String, who: String, host: String, processID: Int, since: String, command: String) {
    self.id = id
    self.who = who
    self.host = host
    self.processID = processID
    self.since = since
    self.command = command
  }

  /// The command that frees a lock of this id, for people to copy.
  ///
  /// An id is what a server says: a shell must not take any of it for a command of its own.
  package static func unlockCommand(_ id: String) -> String {
    let id = SafeText.escape(id)
    let isPlain =
      !id.isEmpty
      && id.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
    return "kitform state unlock " + (isPlain ? id : "'\(id.replacing("'", with: #"'\''"#))'")
  }
}

/// Why a state could not be read, written or locked; each message names the place and the way out.
package enum StateFailure: Error, Sendable, Equatable {
  /// Someone else holds the lock.
  case locked(holder: LockInformation?, label: String)
  /// The state does not decode, its checksum differs, or it was cut; `backup` is the newest one that is whole.
  case damaged(label: String, reason: String, backup: String?)
  /// Written by a newer Kitform.
  case newer(label: String, version: Int)
  /// It was encrypted under another key than the one at hand.
  case sealedByOtherKey(label: String)
  /// The operating system or the server refused; the remedy is nil where the reason is enough.
  case failed(label: String, reason: String, remedy: String? = nil)
  /// Someone else has written meanwhile: the lock was lost.
  case conflict(label: String)

  /// Whether someone else has the lock now, and may have written the state.
  package var isLostLock: Bool {
    switch self {
    case .locked, .conflict: true
    case .damaged, .newer, .sealedByOtherKey, .failed: false
    }
  }
}

/// The outcomes of a run's calls as they become known; makes recovery exact and quick, and is never the only copy.
package protocol Journal: Sendable {
  /// Begins the journal of one run, replacing what was there.
  func begin(run: String) throws(StateFailure)
  /// Appends one line; it is on disk after the next `sync`.
  func append(_ entry: JournalEntry) throws(StateFailure)
  /// Makes everything appended durable.
  func sync() throws(StateFailure)
  /// Reads the journal of one run; nil where there is none or it names another run. A torn last line is ignored.
  func entries(run: String) throws(StateFailure) -> [JournalEntry]?
  /// Removes the journal.
  func remove() throws(StateFailure)
}

/// One line of the journal.
package enum JournalEntry: Sendable, Equatable {
  /// The call is about to leave.
  case sent(operation: Int)
  /// The account did it.
  case done(operation: Int, id: Int?, uuid: String?)
  /// Certainly not done.
  case refused(operation: Int)
  /// The outcome is not known.
  case unknown(operation: Int)
}
