import Documents
import KitformEngine
import Manifest
import Provisioning

/// `apply --verify`: the channels that were touched, at run time.
extension ApplyFlow {
  /// The outcome of an apply, once every custom channel that it touched was logged in to.
  ///
  /// What was applied stays applied: a failure makes it unverified and nothing else.
  func verified(
    _ outcome: RunOutcome, _ configuration: Configuration, _ access: MessagingAccess
  ) async -> RunOutcome {
    guard let result = invocation.result, outcome == .done || outcome == .partial else { return outcome }
    var checks: [HealthCheck] = []
    for channel in ApplyFlow.touched(result, configuration) {
      do {
        checks += try await ChannelVerification.run(channel, access, sendsMessage: false)
      } catch {
        let words = ApplyFlow.words(error)
        checks.append(
          HealthCheck(
            "channel.login", .failed, words.message, remedy: words.remedy, address: channel.address))
      }
    }
    guard !checks.isEmpty else { return outcome }
    if invocation.show(checks) { return outcome }
    invocation.diagnostics.append(
      Diagnostic(
        .applyUnverified, at: nil, "applied, not verified: a custom channel cannot be logged in to",
        suggestion: "correct what the check names, then run `kitform channel verify`"))
    return outcome == .done ? .unverified : outcome
  }

  /// The custom channels that were created, updated or adopted.
  private static func touched(_ result: ApplyResult, _ configuration: Configuration) -> [ChannelAtRunTime] {
    let done = result.changes.filter { change in
      change.verdict == .done && [.create, .update, .adopt].contains(change.action) && change.address.kind == "custom"
    }
    let addresses = Set(done.map(\.address))
    return configuration.records.compactMap { record in
      guard addresses.contains(record.address),
        let entry = result.state.channels.first(where: { $0.address == record.address })
      else { return nil }
      return ChannelAtRunTime(record, id: entry.id, uuid: entry.uuid)
    }
  }

  private static func words(_ error: any Error) -> (message: String, remedy: String?) {
    switch error {
    case let failure as LocalFailure: (failure.message, failure.remedy)
    case let failure as EngineFailure: (failure.words.message, failure.words.remedy)
    default: (SafeText.escape("\(error)"), nil)
    }
  }
}
