import KitProfile
import Synchronization

extension KitConnection {
  /// Remembers a member that is missing; each line of the profile once.
  ///
  /// - Parameter consequence: what Kitform does without the member, as a clause.
  func addGap(_ misfit: Misfit, _ operation: Operation, _ consequence: String) {
    guard gaps.withLock({ gaps in !gaps.contains { $0.line == misfit.line } }) else { return }
    let context = context(operation)
    let gap = MemberGap(
      message: misfit.words(profile.name, redact: context.redact) + ". So \(consequence)", remedy: misfit.remedy,
      line: misfit.line)
    gaps.withLock { gaps in
      if !gaps.contains(where: { $0.line == gap.line }) { gaps.append(gap) }
    }
  }

  /// What was noted so far, in the order of the profile.
  var noted: [MemberGap] { gaps.withLock { gaps in gaps.sorted { $0.line < $1.line } } }
}
