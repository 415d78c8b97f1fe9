/// The journal of a running apply, with its grouped flushes.
///
/// The first failure ends its use: who applies then starts no new call, and recovery takes what is missing as perhaps sent.
struct RunJournal {
  /// How far flushes may lie apart while anything waits for one.
  static let interval: Duration = .milliseconds(50)

  private let journal: (any Journal)?
  private(set) var failure: StateFailure?
  /// There are lines that no flush took up.
  private(set) var isDirty = false
  /// A flush is in progress.
  private(set) var isFlushing = false

  init(_ journal: (any Journal)?) { self.journal = journal }

  /// Begins the run's journal, replacing that of a run that is recovered.
  ///
  /// The operations `carried` over were sent by an earlier run, and their outcome is still not known.
  func begin(run: String, carried: Set<Int>) throws(StateFailure) {
    guard let journal else { return }
    try journal.begin(run: run)
    for operation in carried.sorted() { try journal.append(.unknown(operation: operation)) }
    try journal.sync()
  }

  /// Appends a line; a failure is kept in `failure`.
  mutating func append(_ entry: JournalEntry) {
    guard let journal, failure == nil else { return }
    do throws(StateFailure) {
      try journal.append(entry)
      isDirty = true
    } catch {
      failure = error
      isDirty = false
    }
  }

  /// Begins to make everything appended durable, beside what is appended from now on; nil where nothing waits for it.
  ///
  /// The result of the returned work belongs to `noteFlushed`.
  mutating func beginFlush() -> (@Sendable () -> StateFailure?)? {
    guard let journal, isDirty, !isFlushing, failure == nil else { return nil }
    isDirty = false
    isFlushing = true
    return {
      do throws(StateFailure) {
        try journal.sync()
        return nil
      } catch {
        return error
      }
    }
  }

  /// Takes note of how the flush ended that `beginFlush` began.
  mutating func noteFlushed(_ failure: StateFailure?) {
    isFlushing = false
    self.failure = self.failure ?? failure
  }

  /// Makes everything appended durable before it returns; a failure is kept in `failure`.
  mutating func flush() {
    guard let journal, isDirty || isFlushing, failure == nil else { return }
    isDirty = false
    do throws(StateFailure) { try journal.sync() } catch { failure = error }
  }

  /// Removes the journal once the last state is written; one that stays names a run that no state knows.
  func remove() throws(StateFailure) { try journal?.remove() }
}
