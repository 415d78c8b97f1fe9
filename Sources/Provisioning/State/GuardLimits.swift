/// The limits of `guards` that a plan ran under.
package struct GuardLimits: Sendable, Equatable {
  package var maxDeletes: Int
  package var maxDeletePercent: Int
  /// Nil in states and plans that were written before there was such a limit; it then allows any number.
  package var maxUpdates: Int?
  package var refusesDrift: Bool

  package init(
    maxDeletes: Int = 1, maxDeletePercent: Int = 30, maxUpdates: Int? = 10, refusesDrift: Bool = false
  ) {
    self.maxDeletes = maxDeletes
    self.maxDeletePercent = maxDeletePercent
    self.maxUpdates = maxUpdates
    self.refusesDrift = refusesDrift
  }
}
