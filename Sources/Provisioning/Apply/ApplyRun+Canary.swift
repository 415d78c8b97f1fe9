import Basics
import Manifest

extension ApplyRun {
  /// Sends the first update of each kind under a profile alone, and continues only if it changed nothing else.
  ///
  /// An account that takes a written object in another way than the profile says would lose something of every channel;
  /// so it loses something of one. An update that is refused proves nothing, and the next one of its kind takes its place.
  mutating func performCanaries() async throws(Crash) {
    guard let profile = applier.remote.profileIdentity else { return }
    for index in calls.indices where calls[index].change.action == .update {
      let kind = calls[index].change.address.kind
      guard halt == nil else { return }
      guard !ledger.isVerified(kind, under: profile) else { continue }
      canary = index
      try await perform([index])
      canary = nil
      guard let verdict = results[calls[index].index]?.verdict, verdict == .done || verdict == .uncertain else {
        continue
      }
      guard await isConfirmed(index) else { continue }
      if verdict == .done { ledger.verify(kind, under: profile) }
    }
  }

  /// Reads the account again and compares the whole object with the one before the update; else the run ends.
  private mutating func isConfirmed(_ index: Int) async -> Bool {
    guard case .update(let planned, let draft) = calls[index].request else { return true }
    let address = calls[index].change.address
    // The listing that the update was sent from; it is replaced by the one that is read now.
    guard let before = listing[planned.id] else { return true }
    let reason: String
    switch await list() {
    case nil:
      if let reason = applier.stop.reason { end(with: .stopped(reason)) }
      return false
    case .failure(let failure)?: reason = "the account could not be read again: \(failure.message)"
    case .success?:
      guard let after = listing[planned.id], after.uuid == before.uuid else {
        reason = "the account no longer lists the channel"
        break
      }
      let names = applier.remote.unplanned(from: before, to: after, by: draft)
      guard !names.isEmpty else { return true }
      reason =
        "the update changed more than the plan: \(names.map { SafeText.escape($0) }.joined(separator: ", "))"
        + "; a secret that Kit never shows cannot be seen this way"
    }
    canaryFailures.append(
      ApplyResult.Unverified(address: address, reason: "first write under this profile: \(reason)"))
    end(with: .canary(address))
    return false
  }
}
