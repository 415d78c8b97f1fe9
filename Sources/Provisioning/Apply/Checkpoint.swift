/// The named steps of an apply at which a debug build can die on purpose (`KITFORM_CRASH=answered:3`).
package enum Checkpoint: String, Sendable, CaseIterable {
  /// The journal is open and the state with its run record is written; no call has left.
  case recorded
  /// The journal has a call as sent, and it was not sent yet.
  case sent
  /// A call was answered, and nothing of it is noted yet.
  case answered
  /// The journal has a call's outcome.
  case noted
  /// A checkpoint of the state is written.
  case checkpointed
  /// The channels touched were read again.
  case verified
  /// The last state is written; the journal is still there.
  case saved
  /// The journal is gone.
  case cleared
}

/// Is asked at every checkpoint; throwing ends the run there, as a crash would.
package typealias CrashPoint = @Sendable (Checkpoint) throws(Crash) -> Void

/// A crash on purpose.
package struct Crash: Error, Sendable, Equatable {
  package var checkpoint: Checkpoint

  package init(at checkpoint: Checkpoint) { self.checkpoint = checkpoint }
}

/// Which passing of which checkpoint is the last: what `KITFORM_CRASH` says.
package struct CrashPlan: Sendable, Equatable {
  package var checkpoint: Checkpoint
  /// From 1.
  package var passing: Int

  /// Reads `answered:3`, or `answered` for the first passing; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let first = parts.first, let checkpoint = Checkpoint(rawValue: String(first)), parts.count <= 2 else {
      return nil
    }
    guard let passing = parts.count == 2 ? Int(parts[1]) : 1, passing >= 1 else { return nil }
    self.checkpoint = checkpoint
    self.passing = passing
  }
}
