package import Documents
package import KitformEngine
package import Manifest
package import Provisioning

/// A secret reference that a command sends somewhere, and what for.
package struct SentReference {
  /// What names it: `account.token`, or a channel's field.
  package let setting: String
  package let reference: SecretReference
  package let place: SourcePlace?
  package let purpose: SecretPolicy.SecretPurpose

  package init(
    _ setting: String, _ reference: SecretReference, at place: SourcePlace?, for purpose: SecretPolicy.SecretPurpose
  ) {
    self.setting = setting
    self.reference = reference
    self.place = place
    self.purpose = purpose
  }
}

extension Session {
  /// What the manifests of an environment send to the account, the state's password beside it.
  package func sentReferences(_ configuration: Configuration) -> [SentReference] {
    var sent: [SentReference] = []
    if let token = configuration.account.token {
      sent.append(SentReference("account.token", token.value, at: token.place, for: .account))
    }
    if configuration.state.backend == .http { sent.append(Session.password(of: configuration.state)) }
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

  /// The password of an `http` state: the manifest's, or else the variable that holds it where no manifest names one.
  package static func password(of state: StateSettings) -> SentReference {
    let reference = state.password?.value ?? .environment("TF_HTTP_PASSWORD")
    return SentReference("state.password", reference, at: state.password?.place, for: .state)
  }

  /// Refuses, before any connection, secrets that are not meant to be sent: those of others, those that the environment does
  /// not list, and the account's own token in a channel.
  ///
  /// - Parameter saved: a saved plan, which sends what its own references name.
  package func checkSecrets(_ configuration: Configuration, saved: Plan? = nil) throws {
    guard !isSandbox else { return }
    let manifest = sentReferences(configuration)
    let planned = (saved?.sentSecrets ?? []).map {
      SentReference("\($0.address).\($0.field)", $0.reference, at: nil, for: .channel)
    }
    let sent = manifest + planned
    try checkSecrets(sent.filter { $0.purpose != .state })
    try refuse(own(sent, configuration))
    warnOfOpenSecrets(manifest)
  }

  /// Refuses references by their names.
  package func checkSecrets(_ sent: [SentReference]) throws {
    try refuse(byName(sent))
  }

  /// The secrets of an environment's manifests that may not be sent; none in the sandbox. It makes no call.
  package func refusals(_ configuration: Configuration) -> [EngineFailure] {
    guard !isSandbox else { return [] }
    let sent = sentReferences(configuration)
    let named = byName(sent)
    return (named.isEmpty ? own(sent, configuration) : named).map(Session.failure)
  }

  /// References that are refused by their names.
  private func byName(_ sent: [SentReference]) -> [(SentReference, SecretPolicy.SecretRefusal)] {
    let policy = secretPolicy
    return sent.compactMap { item in
      policy.refusal(of: item.reference, for: item.purpose).map { (item, $0) }
    }
  }

  /// Refuses a state's password, a remembered place's as well, before it is resolved to be sent.
  package func checkPassword(of state: StateSettings, _ configuration: Configuration) throws {
    guard !isSandbox else { return }
    let sent = [Session.password(of: state)]
    try refuse(byName(sent))
    try refuse(own(sent, configuration))
  }

  /// The tokens of the accounts of all environments: none of them belongs into a channel of another.
  private func accountTokens(_ configuration: Configuration) -> [SecretReference] {
    let own = [configuration.account.token?.value].compactMap(\.self)
    guard loaded.project.environments.count > 1, let options = try? decodingOptions() else { return own }
    let others = Validation(loaded.project, environments: loaded.project.environments, options: options).configurations
    return Array(Set(own + others.compactMap { $0.account.token?.value }))
  }

  /// The account's token in the fields of channels and as a state's password, a channel's secret as that password, and the
  /// state's key or its former one anywhere, by reference or value.
  private func own(
    _ sent: [SentReference], _ configuration: Configuration
  ) -> [(SentReference, SecretPolicy.SecretRefusal)] {
    let (tokens, key) = (accountTokens(configuration), configuration.state.key?.value)
    let channelSecrets = Set(
      configuration.records.flatMap(\.slots).compactMap { slot -> SecretReference? in
        if case .secret(let reference)? = slot?.value, reference != .keep { reference } else { nil }
      })
    let former = SecretReference.environment(Session.formerKeyVariable)
    var values: [SecretReference: String?] = [:]
    func value(_ reference: SecretReference) -> String? {
      if let known = values[reference] { return known }
      let value = (try? realSecrets.resolve(reference)).flatMap { $0 }?.reveal { $0 }
      values[reference] = .some(value)
      return value
    }
    /// Tells whether a reference or its value is the same as that of an item.
    func isSame(_ item: SentReference, _ sent: String?, as other: SecretReference, _ known: String?) -> Bool {
      if item.reference == other { return true }
      guard let sent, let known else { return false }
      return sent.utf8.elementsEqual(known.utf8)
    }
    // Read once for all items: a project may send a thousand secrets.
    let keyValue = key.flatMap(value)
    let tokenValues = tokens.map { (reference: $0, value: value($0)) }
    let formerValue = value(former)
    return sent.compactMap { item in
      guard item.purpose != .account else { return nil }
      let sentValue = value(item.reference)
      if let key, isSame(item, sentValue, as: key, keyValue) { return (item, .stateKey) }
      guard item.purpose == .channel || item.purpose == .state else { return nil }
      if tokenValues.contains(where: { isSame(item, sentValue, as: $0.reference, $0.value) }) {
        return (item, .accountToken)
      }
      if item.purpose == .state, channelSecrets.contains(where: { isSame(item, sentValue, as: $0, value($0)) }) {
        return (item, .channelSecret)
      }
      // Without a key of its own, the state's former key may be the account's token, which `apiToken.value` may be.
      return isSame(item, sentValue, as: former, formerValue) ? (item, .stateKey) : nil
    }
  }

  private static func failure(_ item: SentReference, _ refusal: SecretPolicy.SecretRefusal) -> EngineFailure {
    .secretNotSent(setting: item.setting, reference: item.reference, refusal: refusal, place: item.place)
  }

  private func refuse(_ refused: [(SentReference, SecretPolicy.SecretRefusal)]) throws {
    var failures = refused.map(Session.failure)
    guard let last = failures.popLast() else { return }
    for failure in failures { run.report(failure) }
    throw last
  }

  /// Which variables may be sent, as the environment says.
  package var secretPolicy: SecretPolicy {
    let policy = SecretPolicy(list: run.surroundings.environment[SecretPolicy.variable])
    let idle = policy.idleEntries
    if !idle.isEmpty {
      run.noteOnce(
        "warning: \(idle.count == 1 ? "the entry" : "the entries") \(idle.map(String.init).joined(separator: ", ")) of \(SecretPolicy.variable) can match no variable: list names alone, without quotes, `$` and `=`"
      )
    }
    return policy
  }

  /// The value of `KITFORM_SECRET_ENV` that these references need, where they name variables; only what looks like a
  /// variable's name is shown.
  package static func globs(for sent: [SentReference]) -> String? {
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

  /// A pipeline runs what a branch contains: without a list, the branch decides which variable is sent.
  private func warnOfOpenSecrets(_ sent: [SentReference]) {
    guard isPipeline, !secretPolicy.isNarrowed, let globs = Session.globs(for: sent),
      !run.diagnostics.contains(where: { $0.id == Rule.secretEnvOpen.id })
    else { return }
    run.diagnostics.append(
      Diagnostic(
        .secretEnvOpen, at: nil, "a branch can decide which variables are sent: \(SecretPolicy.variable) is not set",
        why: "a pull request can name any variable of this pipeline as a secret of a channel",
        suggestion:
          "set it outside the repository, where the pipeline keeps its settings: \(SecretPolicy.variable)='\(globs)'"))
  }

  /// What `doctor` says of the variables that the manifests send.
  package func secretsCheck(_ configuration: Configuration) -> HealthCheck? {
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
