import Documents
import KitformEngine
import Manifest
import Provisioning

/// A secret reference that a command sends somewhere, and what for.
struct SentReference {
  /// What names it: `account.token`, or a channel's field.
  let setting: String
  let reference: SecretReference
  let place: SourcePlace?
  let purpose: SecretPolicy.Purpose

  init(_ setting: String, _ reference: SecretReference, at place: SourcePlace?, for purpose: SecretPolicy.Purpose) {
    self.setting = setting
    self.reference = reference
    self.place = place
    self.purpose = purpose
  }
}

extension Session {
  /// What the manifests of an environment send to the account, the state's password beside it.
  func sentReferences(_ configuration: Configuration) -> [SentReference] {
    var sent: [SentReference] = []
    if let token = configuration.account.token {
      sent.append(SentReference("account.token", token.value, at: token.place, for: .account))
    }
    if configuration.state.backend == .http, let password = configuration.state.password {
      sent.append(SentReference("state.password", password.value, at: password.place, for: .state))
    }
    for record in configuration.records {
      for (field, slot) in zip(record.kind.fields, record.slots) {
        guard let slot else { continue }
        let name = "\(record.address).\(field.name)"
        switch slot.value {
        case .secret(let reference): sent.append(SentReference(name, reference, at: slot.place, for: .channel))
        case .credential(_, value: let reference?):
          sent.append(SentReference("\(name).value", reference, at: slot.place, for: .apiToken))
        default: break
        }
      }
    }
    return sent
  }

  /// Refuses, before any connection, secrets that are not meant to be sent: those of others, those that the environment does
  /// not list, and the account's own token in a channel.
  ///
  /// - Parameter saved: a saved plan, which sends what its own references name.
  func checkSecrets(_ configuration: Configuration, saved: Plan? = nil) throws {
    guard !isSandbox else { return }
    let manifest = sentReferences(configuration)
    let planned = (saved?.sentSecrets ?? []).map {
      SentReference("\($0.address).\($0.field)", $0.reference, at: nil, for: .channel)
    }
    let sent = manifest + planned
    try checkSecrets(sent.filter { $0.purpose != .state })
    try checkOwn(sent, configuration)
    warnOfOpenSecrets(manifest)
  }

  /// Refuses references by their names.
  func checkSecrets(_ sent: [SentReference]) throws {
    guard !isSandbox else { return }
    let policy = secretPolicy
    try refuse(
      sent.compactMap { item in
        policy.refusal(of: item.reference, for: item.purpose).map { (item, $0) }
      })
  }

  /// Refuses the account's token and the state's key in the fields of channels, by their references or the token's value.
  private func checkOwn(_ sent: [SentReference], _ configuration: Configuration) throws {
    let token = configuration.account.token?.value
    let value = token.flatMap { reference in (try? realSecrets.resolve(reference)).flatMap { $0 } }?.reveal { $0 }
    var equal: [SecretReference: Bool] = [:]
    func isToken(_ reference: SecretReference) -> Bool {
      guard let value else { return false }
      if let known = equal[reference] { return known }
      let other = (try? realSecrets.resolve(reference)).flatMap { $0 }?.reveal { $0 }
      equal[reference] = other.map { $0.utf8.elementsEqual(value.utf8) } ?? false
      return equal[reference] ?? false
    }
    try refuse(
      sent.compactMap { item in
        if item.purpose != .account, item.reference == configuration.state.key?.value { return (item, .stateKey) }
        guard item.purpose == .channel else { return nil }
        return item.reference == token || isToken(item.reference) ? (item, .accountToken) : nil
      })
  }

  private func refuse(_ refused: [(SentReference, SecretPolicy.Refusal)]) throws {
    var failures = refused.map { item, refusal in
      EngineFailure.secretNotSent(
        setting: item.setting, reference: item.reference, refusal: refusal, place: item.place)
    }
    guard let last = failures.popLast() else { return }
    for failure in failures { invocation.report(failure) }
    throw last
  }

  /// Which variables may be sent, as the environment says.
  var secretPolicy: SecretPolicy {
    SecretPolicy(list: invocation.surroundings.environment[SecretPolicy.variable])
  }

  /// The value of `KITFORM_SECRET_ENV` that these references need, where they name variables; only what looks like a
  /// variable's name is shown.
  static func globs(for sent: [SentReference]) -> String? {
    let names = sent.compactMap { item -> String? in
      // What is refused whatever is listed needs no entry.
      guard item.reference.form != nil, SecretPolicy(list: nil).refusal(of: item.reference, for: item.purpose) == nil
      else { return nil }
      switch item.reference {
      case .environment(let name), .fileNamedBy(let name): return name
      case .file, .keep: return nil
      }
    }
    return names.isEmpty ? nil : Set(names).sorted().joined(separator: " ")
  }

  /// A pipeline runs what a branch says: without a list, the branch says which variable is sent.
  private func warnOfOpenSecrets(_ sent: [SentReference]) {
    guard isPipeline, !secretPolicy.isNarrowed, let globs = Session.globs(for: sent),
      !invocation.diagnostics.contains(where: { $0.id == Rule.secretEnvOpen.id })
    else { return }
    invocation.diagnostics.append(
      Diagnostic(
        .secretEnvOpen, at: nil, "the branch decides which variables are sent: \(SecretPolicy.variable) is not set",
        why: "a pull request can name any variable of this pipeline as a secret of a channel",
        suggestion:
          "set it outside the repository, where the pipeline keeps its settings: \(SecretPolicy.variable)='\(globs)'"))
  }

  /// What `doctor` says of the variables that the manifests send.
  func secretsCheck(_ configuration: Configuration) -> HealthCheck? {
    guard !isSandbox, let globs = Session.globs(for: sentReferences(configuration)) else { return nil }
    let line = "\(SecretPolicy.variable)='\(globs)'"
    if secretPolicy.isNarrowed {
      return HealthCheck("secrets.env", .ok, "\(SecretPolicy.variable) is set; these manifests need \(line)")
    }
    return isPipeline
      ? HealthCheck(
        "secrets.env", .warning,
        "\(SecretPolicy.variable) is not set, so that a branch decides which variables are sent",
        remedy: "set it outside the repository: \(line)")
      : HealthCheck("secrets.env", .ok, "\(SecretPolicy.variable) is not set; for a pipeline set \(line)")
  }
}
