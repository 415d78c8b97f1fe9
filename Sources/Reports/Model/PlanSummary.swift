import Basics
import Manifest
import Provisioning

/// A short summary of a plan, the same in every report.
enum PlanSummary {
  /// The order of actions in every report: deletes first.
  static let order: [Action] = [.delete, .create, .update, .adopt, .move, .forget, .release]

  /// "1 to delete", "2 to update", "guards to loosen"; empty for a plan without changes.
  static func counts(_ plan: Plan) -> [String] {
    let counts = order.compactMap { action in
      plan.count(action) == 0 ? nil : "\(plan.count(action)) to \(action.rawValue)"
    }
    return plan.loosenedGuards == nil ? counts : counts + ["guards to loosen"]
  }

  /// How many calls an apply makes, and about how long they take: the first goes out at once.
  static func calls(_ plan: Plan, perSecond: Double?) -> String {
    guard plan.calls > 0 else { return "No call: only the state changes." }
    guard let perSecond, perSecond > 0 else { return "\(Words.count(plan.calls, "call"))." }
    let tenths = Int((Double(plan.calls - 1) / perSecond * 10).rounded())
    let time = tenths < 600 ? "\(tenths / 10).\(tenths % 10) s" : TimeSpan.text((tenths + 5) / 10)
    return "\(Words.count(plan.calls, "call")), about \(time)."
  }

  /// That the first update of each kind under a profile goes alone; nil where none does.
  static func canaries(_ plan: Plan) -> String? {
    guard !plan.canaries.isEmpty else { return nil }
    let addresses = plan.canaries.map(\.description).joined(separator: ", ")
    return
      "First write under this profile: \(Words.count(plan.canaries.count, "channel")) (\(addresses)), then the rest."
  }

  /// "partial: 1 of 12 channels (ok.*)", escaped; nil for a whole plan.
  static func scope(_ plan: Plan) -> String? {
    plan.scope.map { scope in
      let targets = plan.targets.map { SafeText.escape($0) }.joined(separator: ", ")
      return "partial: \(scope.channels) of \(Words.count(scope.total, "channel")) (\(targets))"
    }
  }
}
