import Basics
import Documents
import YAML

extension ConfigurationDecoder {
  /// Reads `account`.
  mutating func account() -> AccountSettings {
    var account = AccountSettings()
    let overlay = project.overlay("account", environment)
    guard !overlay.mappings.isEmpty else {
      guard project.isWhole, !project.written.contains("account") else { return account }
      findings.report(
        .fieldMissing, at: start, "`account` is missing", why: "it says which Kit account the channels belong to",
        suggestion: "add `account: {name: ACCOUNT, region: eu, token: {env: KIT_API_TOKEN}}`")
      return account
    }
    let misspelt = reportUnknown(overlay, "account", SectionGrammar.account.keyNames)
    account.name = read(overlay, "name") { $0.text("account.name", $1) }
    account.region = read(overlay, "region") { $0.region($1) }
    account.apiHost = read(overlay, "apiHost") { $0.host("account.apiHost", $1) }
    account.messagingHost = read(overlay, "messagingHost") { $0.host("account.messagingHost", $1) }
    account.profile = read(overlay, "profile") { $0.text("account.profile", $1) }
    account.token = read(overlay, "token") { $0.credential("account.token", $1) }
    var missing = ["name", "token"].filter { overlay.pair($0) == nil }
    if overlay.pair("region") == nil, overlay.pair("apiHost") == nil || overlay.pair("messagingHost") == nil {
      missing.append("region")
    }
    // A setting that is misspelt is there: its finding says which one was meant.
    missing.removeAll(where: misspelt.contains)
    if !missing.isEmpty, let key = sectionKey("account") {
      findings.report(
        .fieldMissing, at: key, "`account` lacks \(Words.list(missing))",
        suggestion: missing == ["region"]
          ? "add `region`, or both `apiHost` and `messagingHost`, as Kit shows them under Administration > Security > API tokens"
          : "add \(Words.list(missing))")
    }
    return account
  }

  private mutating func region(_ cursor: Cursor) -> Located<String>? {
    guard let region = text("account.region", cursor) else { return nil }
    guard SectionGrammar.regions.contains(region.value) else {
      findings.report(
        .valueChoice, at: region.place, "there is no region `\(region.value)`",
        suggestion: Words.didYouMean(region.value, among: SectionGrammar.regions)
          ?? "the regions are \(Words.list(SectionGrammar.regions))")
      return nil
    }
    return region
  }

  /// Reads `guards`.
  mutating func guards() -> GuardSettings {
    var guards = GuardSettings()
    let overlay = project.overlay("guards", environment)
    reportUnknown(overlay, "guards", SectionGrammar.guards.keyNames)
    guards.maxDeletes = read(overlay, "maxDeletes") { $0.limit("guards.maxDeletes", $1, atMost: Int.max) }
    guards.maxDeletePercent = read(overlay, "maxDeletePercent") {
      $0.limit("guards.maxDeletePercent", $1, atMost: 100)
    }
    guards.maxUpdates = read(overlay, "maxUpdates") { $0.limit("guards.maxUpdates", $1, atMost: Int.max) }
    guards.refusesDrift = read(overlay, "drift") { $0.refusesDrift($1) }
    return guards
  }

  private mutating func refusesDrift(_ cursor: Cursor) -> Located<Bool>? {
    guard let drift = text("guards.drift", cursor) else { return nil }
    guard ["refuse", "overwrite"].contains(drift.value) else {
      findings.report(
        .valueChoice, at: drift.place, "`guards.drift` is `refuse` or `overwrite`", suggestion: "write one of the two")
      return nil
    }
    return Located(drift.value == "refuse", at: drift.place)
  }

  /// Reads `assume.queues`.
  mutating func assumedQueues() -> [AssumedQueue] {
    let overlay = project.overlay("assume", environment)
    reportUnknown(overlay, "assume", SectionGrammar.assume.keyNames)
    for mapping in overlay.mappings {
      if let queues = mapping.pair(of: "queues") { _ = isMapping(queues, "assume.queues") }
    }
    let ownFile = environment.flatMap { project.environmentBodies[$0]?.value(of: "assume")?.value(of: "queues") }
    var queues: [AssumedQueue] = []
    var seen: [Reference.Name: (place: SourcePlace, isOwn: Bool)] = [:]
    for mapping in overlay.nested("queues").mappings {
      let isOwn = ownFile.map { $0.document.file == mapping.document.file && $0.node == mapping.node } ?? false
      for pair in mapping.pairs {
        guard fields.isKeyWithoutVariable(pair.key, &findings),
          let reference = fields.reference(
            .queue,
            ExpandedScalar(literal: pair.key), &findings)
        else { continue }
        if let first = seen[reference.name] {
          // An environment's own fact comes before the project's, and replaces it.
          if isOwn || !first.isOwn {
            findings.report(
              .assumeRepeated, at: pair.key.place, "the queue `\(reference.shortLabel)` is assumed twice",
              suggestion: "keep one of them", notes: [Diagnostic.Note("the first is here", at: first.place)])
          } else {
            readHidden { decoder in _ = decoder.assumedQueue(reference, pair) }
          }
          continue
        }
        seen[reference.name] = (pair.key.place, isOwn)
        if let queue = assumedQueue(reference, pair) { queues.append(queue) }
      }
    }
    return queues
  }

  private mutating func assumedQueue(_ reference: Reference, _ pair: (key: Cursor, value: Cursor)) -> AssumedQueue? {
    let name = "assume.queues.\(reference.shortLabel)"
    guard isMapping(pair, name) else { return nil }
    var isMisspelt = false
    for inner in pair.value.pairs where inner.key.text != "maxWaitingTime" {
      fields.unknownKey(inner.key, in: name, known: ["maxWaitingTime"], &findings)
      isMisspelt = isMisspelt || !Suggestion.nearest(to: inner.key.text, among: ["maxWaitingTime"]).isEmpty
    }
    guard let wait = pair.value.value(of: "maxWaitingTime") else {
      if isMisspelt { return nil }
      findings.report(
        .fieldMissing, at: pair.key.place, "`\(name)` lacks `maxWaitingTime`",
        suggestion: "add `maxWaitingTime: 10m`, as the queue's settings in Kit show it")
      return nil
    }
    guard let scalar = scalar("\(name).maxWaitingTime", wait),
      let seconds = fields.seconds("\(name).maxWaitingTime", scalar, &findings)
    else { return nil }
    return AssumedQueue(queue: reference, maxWaitingTime: seconds, place: wait.place)
  }

  /// The place of a finding about the whole project.
  private var start: SourcePlace { SourcePlace(file: project.documents.first?.file ?? 0, start: 0, end: 0) }

  /// The key of a section in `kitform.yaml`.
  private func sectionKey(_ name: String) -> SourcePlace? { project.sections[name]?.first?.key.place ?? start }

  /// Reports the keys of every mapping of an overlay that do not exist, and returns those that were probably meant.
  @discardableResult
  mutating func reportUnknown(_ overlay: Overlay, _ owner: String, _ known: [String]) -> Set<String> {
    var meant: Set<String> = []
    for mapping in overlay.mappings {
      for pair in mapping.pairs where !known.contains(pair.key.text) {
        fields.unknownKey(pair.key, in: owner, known: known, &findings)
        meant.formUnion(Suggestion.nearest(to: pair.key.text, among: known))
      }
    }
    return meant
  }

  /// Reads a scalar with its variables, or reports what is there instead.
  mutating func scalar(_ name: String, _ cursor: Cursor) -> ExpandedScalar? {
    guard cursor.shape == .scalar, !cursor.isNull else {
      findings.report(
        cursor.isNull ? .fieldEmpty : .valueType, at: cursor.place, "`\(name)` is \(cursor.words)",
        suggestion: "write one value, or remove the line")
      return nil
    }
    return fields.variables.scalar(cursor, &findings)
  }

  /// Reads a string that is neither empty nor has control characters.
  mutating func text(_ name: String, _ cursor: Cursor) -> Located<String>? {
    guard let scalar = scalar(name, cursor) else { return nil }
    if let fault = TextRules.fault(in: scalar.bytes) {
      findings.report(.valueType, at: cursor.place, "`\(name)` \(fault)", suggestion: "write its value")
      return nil
    }
    return Located(scalar.text, at: cursor.place)
  }

  /// Reads a reference to a secret that Kitform itself uses, so that `keep` says nothing.
  mutating func credential(_ name: String, _ cursor: Cursor) -> Located<SecretReference>? {
    guard let reference = fields.secretReference(cursor, for: name, &findings) else { return nil }
    guard reference != .keep else {
      findings.report(
        .secretForm, at: cursor.place, "`keep` has no effect here", suggestion: "write `{env: NAME}` or `{file: path}`")
      return nil
    }
    return Located(reference, at: cursor.place)
  }

  /// Reads a host name as Kit shows it, or a loopback address with a port.
  private mutating func host(_ name: String, _ cursor: Cursor) -> Located<String>? {
    guard let host = text(name, cursor) else { return nil }
    guard let problem = problem(withHost: host.value, cursor) else {
      if !host.value.contains("://"), let origin = try? Origin(written: host.value), HostClass.isLoopback(origin.host) {
        findings.report(
          .accountHost, at: host.place, "`\(name)` is this machine without a scheme, so that it is called by https",
          why: "a local Kit, such as `kitform sandbox`, answers plain http alone",
          suggestion: "write `http://\(host.value)`, or `https://\(host.value)` where https is meant",
          severity: .warning)
      }
      return host
    }
    findings.report(
      .accountHost, at: host.place, "`\(name)` is not a host name", why: "it \(problem)",
      suggestion: "copy the host as Kit shows it, for example `kitapi-eu.voximplant.com`")
    return nil
  }

  /// What is wrong with a host, as the end of a sentence that begins with "it".
  func problem(withHost host: String, _ cursor: Cursor) -> String? {
    if cursor.isPlain, Scalars.isCoreInteger(cursor.text) || Scalars.isCoreFloat(cursor.text) {
      return "is a number to YAML"
    }
    do {
      _ = try Origin(written: host)
      return nil
    } catch {
      return error.description
    }
  }

  private mutating func limit(_ name: String, _ cursor: Cursor, atMost: Int) -> Located<Int>? {
    guard let scalar = scalar(name, cursor) else { return nil }
    guard scalar.isPlain, Scalars.isDecimalInteger(scalar.bytes), let number = Int(scalar.text), number <= atMost else {
      findings.report(
        .guardLimit, at: cursor.place, "`\(name)` is not a whole number\(atMost == 100 ? " from 0 to 100" : "")",
        why: scalar.isPlain ? nil : "a quoted value is always a string",
        suggestion: "write a plain number, such as `\(name.hasSuffix("Percent") ? 30 : 1)`",
        notes: scalar.notes)
      return nil
    }
    return Located(number, at: cursor.place)
  }
}
