import Documents
import KitformEngine
import Manifest
import Provisioning

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
      ("--delete-first", deleteFirst),
    ]
  }

  /// A warning for each option that names known channels which this plan does nothing of the kind with.
  func idle(in plan: Plan) -> [Diagnostic] {
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
    return named.compactMap { option, addresses in
      guard let (concerned, verb) = effects[option] else { return nil }
      let idle = addresses.subtracting(concerned).sorted()
      guard !idle.isEmpty else { return nil }
      let isOne = idle.count == 1
      return Diagnostic(
        .optionIdle, at: nil,
        "\(option) has no effect for \(Words.list(idle.prefix(10).map(\.description)))\(idle.count > 10 ? " and \(idle.count - 10) more" : ""): the plan \(verb) \(isOne ? "no such channel" : "none of them")",
        suggestion: "leave it out, or check the address with `kitform state list`")
    }
  }
}
