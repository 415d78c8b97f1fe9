import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import Wiring

/// Ends the command when an option names a channel that neither the manifests nor the state know: it could have no effect.
func checkAddresses(_ options: PlanOptions, _ configuration: Configuration, _ state: State?) throws {
  try checkTargets(options.targets, configuration, state)
  let known = Set(configuration.records.map(\.address) + (state?.channels.map(\.address) ?? []))
  for (option, addresses) in options.named {
    let unknown = addresses.filter { !known.contains($0) }.sorted()
    guard let first = unknown.first else { continue }
    throw UsageFailure(
      message:
        "\(option): neither the manifests nor the state know \(Words.list(unknown.map(\.description)))",
      remedy: Words.didYouMean(first.description, among: known.sorted().map(\.description))
        ?? "see `kitform state list`")
  }
}

extension PlanOptions {
  /// The options that name channels, with what they name.
  fileprivate var named: [(option: String, addresses: Set<Address>)] {
    [
      ("--allow-delete", allowDelete), ("--overwrite-drift", overwriteDrift), ("--recreate", recreate),
      ("--delete-first", deleteFirst), ("--accept-loss", Set(acceptedLosses.keys)),
    ]
  }

  /// A warning for each option that allows what this plan does not do, or what is allowed without it.
  func idle(in plan: Plan, _ kinds: [Kind]) -> [Diagnostic] {
    let deleted = Set(plan.changes.lazy.filter { $0.action == .delete }.map(\.address))
    let drifted = Set(
      plan.changes.lazy.filter { change in
        change.action == .update && change.fields.contains { $0.cause != .manifest }
      }.map(\.address))
    let remade = Set(plan.changes.lazy.filter { $0.action == .create && $0.cause == .account }.map(\.address))
    let effects = [
      "--allow-delete": (deleted, "deletes"), "--overwrite-drift": (drifted, "overwrites a change made in Kit of"),
      "--recreate": (remade, "makes anew"), "--delete-first": (deleted, "deletes"),
    ]
    let idle = named.compactMap { option, addresses -> Diagnostic? in
      if option == "--overwrite-drift", !plan.limits.refusesDrift { return overwritesAnyway }
      guard let (concerned, verb) = effects[option] else { return nil }
      return inVain(
        option, addresses.subtracting(concerned).sorted().map(\.description), verb: verb, none: "no such channel",
        suggestion: "leave it out, or check the address with `kitform state list`")
    }
    // A loss is accepted for one member of a channel, so it has its effect by member.
    let lost = Dictionary(plan.changes.map { ($0.address, Set($0.losses)) }) { $0.union($1) }
    let vain = acceptedLosses.flatMap { address, members in
      members.subtracting(lost[address] ?? []).map { "\(address).\($0)" }
    }
    return idle
      + [
        allowsAnyway(plan, kinds),
        inVain(
          "--accept-loss", vain.sorted(), verb: "deletes", none: "no such value",
          suggestion: "leave it out, or check the address and the member's name"),
      ].compactMap(\.self)
  }

  /// `--overwrite-drift` where no limit refuses drift.
  private var overwritesAnyway: Diagnostic? {
    guard !overwriteDrift.isEmpty else { return nil }
    return Diagnostic(
      .optionIdle, at: nil,
      "--overwrite-drift has no effect for \(Words.list(overwriteDrift.sorted().map(\.description))): `guards.drift` is not `refuse`, so that every change made in Kit is overwritten",
      suggestion: "leave it out, or write `guards: {drift: refuse}`")
  }

  /// `--allow-updates` where the plan keeps to the limit, or there is none.
  private func allowsAnyway(_ plan: Plan, _ kinds: [Kind]) -> Diagnostic? {
    guard let number = allowUpdates, !plan.exceedsUpdates(kinds) else { return nil }
    return Diagnostic(
      .optionIdle, at: nil,
      "--allow-updates \(number) has no effect: "
        + (plan.limits.maxUpdates.map {
          "the plan changes no more live channels than `guards.maxUpdates` allows, \($0)"
        }
          ?? "`guards.maxUpdates` is not set"),
      suggestion: "leave it out")
  }

  private func inVain(
    _ option: String, _ names: [String], verb: String, none: String, suggestion: String
  ) -> Diagnostic? {
    guard !names.isEmpty else { return nil }
    let more = names.count > 10 ? " and \(names.count - 10) more" : ""
    return Diagnostic(
      .optionIdle, at: nil,
      "\(option) has no effect for \(Words.list(names.prefix(10).map { SafeText.escape($0) }))\(more): the plan \(verb) \(names.count == 1 ? none : "none of them")",
      suggestion: suggestion)
  }
}
