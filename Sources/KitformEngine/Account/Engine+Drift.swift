package import Documents
import KitAPI
package import Manifest
package import Provisioning

extension Engine {
  /// What changed in Kit since the last apply, with what is needed to write it into the manifests.
  package struct Drifted: Sendable {
    package var drift: Drift
    /// The manifests' records, resolved to the account's ids.
    package var configuration: Configuration
    package var view: AccountView
    /// Findings about the manifests in this account.
    package var diagnostics: [Diagnostic]
  }

  /// Compares the account with the last apply; takes no lock and writes nothing.
  ///
  /// - Parameters:
  ///   - state: as read; one with an unfinished run is compared as it would be recovered.
  ///   - ended: the wall clock, for what the recovered view says of the unfinished run.
  package func drift(_ state: State?, ended: String) async throws(EngineFailure) -> Drifted {
    let view = try await view(also: Resolver.needs(configuration.records))
    let journal = try journal(of: state?.run)
    let recovered = state.flatMap {
      Recovery(comparison: comparison).recover($0, journal: journal, channels: view.channels, ended: ended)
    }
    var findings = Findings()
    var resolved = configuration
    let last = recovered?.state ?? state
    resolved.records = Resolver(view.facts, formerly: formerTitles(last)).resolve(configuration.records, &findings)
    let drift = Drift.find(
      PlanInput(
        configuration: resolved, state: last, account: binding, channels: view.channels,
        facts: view.facts, secrets: secrets.resolve(records: configuration.records), fingerprinter: fingerprinter,
        sources: loaded.project.sources, reads: remote.callsMade, interrupted: recovered?.words ?? []))
    return Drifted(
      drift: drift, configuration: resolved, view: view, diagnostics: findings.list.sorted(in: loaded.project.sources))
  }
}
