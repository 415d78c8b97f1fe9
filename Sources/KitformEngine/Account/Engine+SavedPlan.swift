import KitAPI
import Manifest
package import Provisioning

extension Engine {
  /// The result of checking a saved plan today: how to apply it, or why not.
  package struct Reviewed: Sendable {
    /// The saved plan with what it needs; its refusals are those of the guards of now.
    package var planned: Planned
    /// Why it may no longer be applied, one sentence each; empty where it may.
    package var reasons: [String]
  }

  /// Reads the account again and holds a saved plan against it and the state; writes nothing, and derives no plan.
  ///
  /// - Throws: `EngineFailure.secrets` where a secret that the plan sends does not resolve.
  package func review(_ file: PlanFile, state: State) async throws(EngineFailure) -> Reviewed {
    let begin = ContinuousClock.now
    async let information = accountInformation()
    async let listing = listing(state)
    try check(await information)
    let channels = try await listing.getOrThrow()
    let check = SavedPlanCheck(file.plan, state: state, channels: channels)
    let foreign = binding(of: file.plan)
    var plan = check.adjusted
    plan.canaries = plan.canaries(after: state, under: remote.profileIdentity)
    var reviewed = Reviewed(
      planned: Planned(plan: plan, channels: channels, listed: begin, secrets: ResolvedSecrets(), view: state),
      reasons: foreign.isEmpty ? check.reasons : foreign)
    if foreign.isEmpty { try resolveSecrets(&reviewed) }
    return reviewed
  }

  /// Why the plan is for another account or environment, or made under another API profile, than the one at hand.
  private func binding(of plan: Plan) -> [String] {
    func differ(_ one: String, _ other: String) -> Bool { !one.utf8.elementsEqual(other.utf8) }
    var reasons: [String] = []
    if differ(plan.account.name, binding.name) || differ(plan.account.host, binding.host)
      || plan.account.isSandbox != binding.isSandbox
    {
      reasons.append("it is for the account \(plan.account.words), not for \(binding.words)")
    }
    if differ(plan.environment, configuration.environment) {
      reasons.append("it is for the environment `\(plan.environment)`, not for `\(configuration.environment)`")
    }
    if let reason = PlanProfile.difference(plan.profile?.digest, profileDigest) { reasons.append(reason) }
    return reasons
  }

  /// Resolves the secrets that the plan sends, and compares them with the planned ones.
  private func resolveSecrets(_ reviewed: inout Reviewed) throws(EngineFailure) {
    let wanted = reviewed.planned.plan.sentSecrets
    let values = secrets.resolve(
      wanted.compactMap { secret in
        guard let kind = comparison.kind(of: secret.address), let slot = kind.index(of: secret.field) else {
          return nil
        }
        return SecretResolver.SecretRequest(secret.address, kind.fields[slot], secret.reference, at: nil)
      })
    reviewed.planned.secrets = values
    guard values.failures.isEmpty else { throw .secrets(values.failures) }
    guard !wanted.isEmpty else { return }
    guard let fingerprinter else {
      reviewed.reasons.append("there is no key to compare its secrets with")
      return
    }
    for secret in wanted {
      guard let value = values[secret.address, secret.field] else { continue }
      do throws(KeyDerivationFailure) {
        guard let planned = secret.fingerprint else {
          let fingerprint = try fingerprinter.fingerprint(value, of: secret.address, field: secret.field)
          reviewed.planned.plan.complete(secret, with: fingerprint)
          continue
        }
        switch try fingerprinter.compare(value, of: secret.address, field: secret.field, with: planned) {
        case .same where try fingerprinter.isOutdated(planned):
          let fingerprint = try fingerprinter.fingerprint(value, of: secret.address, field: secret.field)
          reviewed.planned.plan.complete(secret, with: fingerprint)
        case .same: continue
        case .changed:
          reviewed.reasons.append("\(secret.field) of \(secret.address) has another value than the planned one")
        case .unknown:
          let obstacle = fingerprinter.obstacle(planned)
          guard obstacle == .otherToken else {
            reviewed.reasons.append(
              "\(secret.field) of \(secret.address) cannot be compared with the planned value: \(obstacle.words)")
            continue
          }
          // What was reviewed is the reference; the plan's token and this one are different on purpose.
          let fingerprint = try fingerprinter.fingerprint(value, of: secret.address, field: secret.field)
          reviewed.planned.plan.complete(secret, with: fingerprint)
        }
      } catch {
        reviewed.reasons.append(error.words)
      }
    }
  }
}

extension State.AccountBinding {
  /// The account as messages name it.
  fileprivate var words: String { "`\(name)` on \(host)\(isSandbox ? " (a sandbox)" : "")" }
}
