import Documents
import KitformEngine
import Manifest
import Provisioning
import Wiring

/// `apply --verify`: custom channels, at run time.
extension ApplyFlow {
  /// Makes certain, before anything is written, that every custom channel of a plan can be logged in to afterwards.
  ///
  /// - Throws: where a token has no value; nothing was changed then.
  func checkTokens(for plan: Plan, _ configuration: Configuration, _ secrets: SecretResolver) throws {
    let addresses = Set(plan.changes.filter { ApplyFlow.touches($0.action) }.map(\.address))
    for record in configuration.records where record.address.kind == "custom" && addresses.contains(record.address) {
      _ = try ChannelAtRunTime(record, uuid: "").token(secrets)
    }
  }

  /// The outcome of an apply, once every custom channel that it touched was logged in to; where it had nothing to do, every
  /// one among its targets that says where its token is.
  ///
  /// What was applied stays applied: a failure makes it unverified and nothing else.
  func verified(
    _ outcome: RunOutcome, configuration: Configuration, engine: Engine, access: MessagingAccess
  ) async throws -> RunOutcome {
    var channels: [ChannelAtRunTime] = []
    switch outcome {
    case .done, .partial:
      guard let result = invocation.content.result else { return outcome }
      let done = Set(result.changes.filter { $0.verdict == .done && ApplyFlow.touches($0.action) }.map(\.address))
      channels = ApplyFlow.channels(of: result.state, configuration) { done.contains($0) }
    case .noChanges:
      guard let state = try await engine.readState() else { return outcome }
      let targets = (invocation.content.plan?.targets ?? []).compactMap { Target($0) }
      channels = ApplyFlow.channels(of: state, configuration) { address in
        targets.isEmpty || targets.contains { $0.matches(address) }
      }.filter(\.hasToken)
    default: return outcome
    }
    var checks: [HealthCheck] = []
    for channel in channels { checks += await ChannelVerification.run(channel, access, sendsMessage: false) }
    guard !checks.isEmpty else { return outcome }
    if invocation.show(checks) { return outcome }
    invocation.diagnostics.append(
      Diagnostic(
        .applyUnverified, at: nil,
        "\(outcome == .noChanges ? "nothing to apply" : "applied"), not verified: a custom channel cannot be logged in to",
        suggestion: "correct what the check names, then run `kitform channel verify`"))
    return outcome == .partial ? outcome : .unverified
  }

  /// Whether a change leaves a channel that may work differently at run time.
  private static func touches(_ action: Action) -> Bool { [.create, .update, .adopt].contains(action) }

  /// The custom channels of manifests and state whose addresses are wanted.
  private static func channels(
    of state: State, _ configuration: Configuration, where isWanted: (Address) -> Bool
  ) -> [ChannelAtRunTime] {
    configuration.records.compactMap { record in
      guard record.address.kind == "custom", isWanted(record.address),
        let entry = state.channels.first(where: { $0.address == record.address })
      else { return nil }
      return ChannelAtRunTime(record, uuid: entry.uuid)
    }
  }
}
