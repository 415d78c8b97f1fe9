import Channels
package import Documents
package import Manifest
package import Provisioning
import YAML

/// A project, an account and a state, small enough to be read in a test; plans are made of it.
package struct PlanScene: Sendable {
  /// The whole text of `kitform.yaml`.
  package var manifest: String
  package var account: ModelAccount
  package var state: State?
  /// Values of environment variables, for `{env: NAME}`; a name that is missing does not resolve.
  package var secrets: [String: String]
  package var fingerprinter: SecretFingerprinter?

  /// The lines that every scene's manifest begins with, two of them.
  package static let header = "kitform: 1\naccount: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}\n"
  /// What every scene's state is bound to.
  package static let binding = State.AccountBinding(host: "kitapi-eu.voximplant.com", name: "acme", isSandbox: false)
  /// A fingerprinter whose key needs no scrypt.
  package static let fingerprinter = SecretFingerprinter(
    source: Secret("a state key of more than thirty-two bytes"), host: binding.host, account: binding.name)

  package init(
    _ manifest: String, account: ModelAccount = ModelAccount(), state: State? = nil, secrets: [String: String] = [:]
  ) {
    self.manifest = PlanScene.header + manifest
    self.account = account
    self.state = state
    self.secrets = secrets
    fingerprinter = PlanScene.fingerprinter
  }

  /// What the manifest says: decoded, and its titles looked up in the account; with everything that is wrong in it.
  package func configuration() -> (configuration: Configuration, sources: SourceMap, findings: [Diagnostic]) {
    let file = SourceFile(path: "kitform.yaml", text: manifest)
    var sources = SourceMap()
    let (document, syntax) = YAMLComposer.compose(file, file: sources.add(file))
    let project = Project(documents: [document], sources: sources, kinds: Kinds.all, findings: syntax)
    var (configuration, found) = project.configuration(for: nil)
    var findings = Findings()
    findings.append(contentsOf: project.findings.list + found)
    configuration.records = Resolver(account.facts, formerly: state?.formerTitles(Kinds.all) ?? FormerTitles()).resolve(
      configuration.records, &findings)
    return (configuration, sources, findings.list)
  }

  /// Everything that a plan depends on; what is wrong in the manifest is among its findings.
  package func input(_ options: PlanOptions = PlanOptions()) -> PlanInput {
    let (configuration, sources, findings) = configuration()
    return PlanInput(
      configuration: configuration, state: state, account: PlanScene.binding, channels: account.channels,
      facts: account.facts, secrets: resolved(configuration.records), fingerprinter: fingerprinter, sources: sources,
      options: options, diagnostics: findings, reads: 1)
  }

  /// Makes the plan.
  package func plan(_ options: PlanOptions = PlanOptions()) -> Plan { Planner.plan(input(options)) }

  /// Makes the plan and carries it out; the scene is then as after an apply.
  @discardableResult
  package mutating func apply(_ options: PlanOptions = PlanOptions()) -> Plan {
    let plan = plan(options)
    let values = resolved(configuration().configuration.records)
    state = account.apply(plan, to: state, secrets: values)
    return plan
  }

  private func resolved(_ records: [Record]) -> ResolvedSecrets {
    var resolved = ResolvedSecrets()
    for record in records {
      for (slot, field) in zip(record.slots, record.kind.fields) {
        guard let slot, case .secret(let reference) = slot.value, case .environment(let name) = reference else {
          continue
        }
        if let value = secrets[name] {
          resolved[record.address, field.name] = Secret(value)
        } else {
          resolved.fail(
            ResolvedSecrets.UnresolvedSecret(
              key: ResolvedSecrets.SecretField(record.address, field.name), reference: reference,
              reason: "\(name) is not set", place: slot.place))
        }
      }
    }
    return resolved
  }
}
