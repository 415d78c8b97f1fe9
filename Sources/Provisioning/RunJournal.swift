/// The journal of a running apply, with its grouped flushes.
///
/// The first failure ends its use: who applies then starts no new call, and recovery takes what is missing as perhaps sent.
struct RunJournal {
  /// How far flushes may lie apart while anything waits for one.
  static let interval: Duration = .milliseconds(50)

  private let journal: (any Journal)?
  private(set) var failure: StateFailure?
  /// Lines that no flush has made durable.
  private(set) var isDirty = false

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

  /// Makes everything appended durable; a failure is kept in `failure`.
  mutating func flush() {
    guard let journal, isDirty, failure == nil else { return }
    isDirty = false
    do throws(StateFailure) { try journal.sync() } catch { failure = error }
  }

  /// Removes the journal once the last state is written; one that stays names a run that no state knows.
  func remove() throws(StateFailure) { try journal?.remove() }
}
