import Documents

extension ConfigurationDecoder {
  /// Reads `state`.
  mutating func state() -> StateSettings {
    var state = StateSettings()
    let overlay = project.overlay("state", environment)
    reportUnknown(overlay, "state", SectionGrammar.state.keyNames)
    if overlay.pair("backend") != nil {
      guard let backend = read(overlay, "backend", { $0.backend($1) }) else { return state }
      state.backend = backend
    }
    reportForeignSettings(overlay, state.backend)
    switch state.backend {
    case .local: readPath(overlay, &state)
    case .http: readHTTP(overlay, &state)
    case .s3: readS3(overlay, &state)
    }
    checkShared(overlay, state.backend)
    let backend = state.backend
    state.key = setting(overlay, "key") { decoder, key in
      backend != .s3 || key.shape != .scalar ? decoder.credential("state.key", key) : nil
    }
    readEncryption(overlay, &state)
    return state
  }

  /// Reads a setting of the state; what it hides is read too, unless it belongs to a backend that is left behind.
  private mutating func setting<Result>(
    _ overlay: Overlay, _ name: String, _ body: (inout Self, Cursor) -> Result?
  ) -> Result? {
    let last = overlay.mappings.firstIndex { $0.pair(of: "backend") != nil } ?? overlay.mappings.count
    let near = Overlay(Array(overlay.mappings.prefix(last + 1)))
    return read(near.pair(name) == nil ? overlay : near, name, body)
  }

  private mutating func backend(_ cursor: Cursor) -> StateBackend? {
    guard let written = text("state.backend", cursor) else { return nil }
    let names = StateBackend.allCases.map(\.rawValue)
    guard let known = StateBackend(rawValue: written.value) else {
      findings.report(
        .stateBackend, at: written.place, "there is no backend `\(written.value)`",
        suggestion: Words.didYouMean(written.value, among: names) ?? "the backends are \(Words.list(names))")
      return nil
    }
    return known
  }

  /// Reports settings of other backends, but for those that an environment's own backend leaves behind.
  private mutating func reportForeignSettings(_ overlay: Overlay, _ backend: StateBackend) {
    let others = StateBackend.allCases.flatMap(\.settings).filter { !backend.settings.contains($0) }
    for mapping in overlay.mappings {
      for pair in mapping.pairs where others.contains(pair.key.text) {
        findings.report(
          .stateBackend, at: pair.key.place, "the backend `\(backend.rawValue)` has no setting `\(pair.key.text)`",
          suggestion: "remove the line")
      }
      if mapping.pair(of: "backend") != nil { return }
    }
  }

  private mutating func readPath(_ overlay: Overlay, _ state: inout StateSettings) {
    let path = setting(overlay, "path") { decoder, cursor -> Located<String>? in
      guard let path = decoder.text("state.path", cursor) else { return nil }
      guard let problem = ProjectPath.problem(path.value) else { return path }
      decoder.findings.report(
        .stateBackend, at: path.place, "`state.path` \(problem)",
        suggestion: "write a path in the project, for example `state/${environment}.json`")
      return nil
    }
    if let path { state.settings.append((name: "path", value: path)) }
  }

  private mutating func readHTTP(_ overlay: Overlay, _ state: inout StateSettings) {
    for name in ["address", "lockAddress", "unlockAddress"] {
      guard let url = setting(overlay, name, { $0.text("state.\(name)", $1) }) else { continue }
      if let problem = StateSettings.problem(withAddress: url.value) {
        findings.report(
          .stateBackend, at: url.place, "`state.\(name)` \(problem)",
          suggestion:
            "write the URL of the state, for example `https://gitlab.example.com/api/v4/projects/7/terraform/state/production`"
        )
      } else {
        state.settings.append((name: name, value: url))
      }
    }
    if let method = setting(overlay, "updateMethod", { $0.text("state.updateMethod", $1) }) {
      if StateSettings.updateMethods.contains(method.value) {
        state.settings.append((name: "updateMethod", value: method))
      } else {
        findings.report(
          .valueChoice, at: method.place, "`state.updateMethod` is `POST`, `PUT` or `PATCH`",
          suggestion: "write one of the three")
      }
    }
    if let name = setting(overlay, "username", { $0.text("state.username", $1) }) {
      if name.value.contains(":") {
        findings.report(
          .stateBackend, at: name.place, "`state.username` holds a colon, which no user name may",
          suggestion: "write the name alone, and the password as a reference in `password`")
      } else {
        state.settings.append((name: "username", value: name))
      }
    }
    state.password = setting(overlay, "password") { $0.credential("state.password", $1) }
  }

  private mutating func readS3(_ overlay: Overlay, _ state: inout StateSettings) {
    if let bucket = setting(overlay, "bucket", { $0.text("state.bucket", $1) }) {
      if StateSettings.isBucket(bucket.value) {
        state.settings.append((name: "bucket", value: bucket))
      } else {
        findings.report(
          .stateBackend, at: bucket.place, "`state.bucket` is not a bucket's name",
          why: "it has 3 to 63 lower-case letters, digits, hyphens and dots", suggestion: "write its name alone")
      }
    }
    let key = overlay.value("key").flatMap { $0.shape == .scalar ? $0 : nil }
    if let key, let path = overlay.value("path") {
      findings.report(
        .stateBackend, at: key.place, "`state.key` and `state.path` both name the object",
        suggestion: "keep one of them", notes: [Diagnostic.Note("the other is here", at: path.place)])
    }
    let name = overlay.value("path") == nil ? "key" : "path"
    if let object = (overlay.value("path") ?? key).flatMap({ text("state.\(name)", $0) }) {
      if !StateSettings.isObject(object.value) {
        findings.report(
          .stateBackend, at: object.place, "`state.\(name)` is not the name of an object",
          why: "it has at most 900 bytes and no empty part, `.` or `..` between its slashes",
          suggestion: "write a name like `kitform/production.json`")
      } else {
        state.settings.append((name: "path", value: object))
      }
    }
    if let region = setting(overlay, "region", { $0.text("state.region", $1) }) {
      if region.value.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }) {
        state.settings.append((name: "region", value: region))
      } else {
        findings.report(
          .stateBackend, at: region.place, "`state.region` is not a region's name",
          suggestion: "write it like `eu-central-1`")
      }
    }
    let endpoint = setting(overlay, "endpoint") { decoder, cursor -> Located<String>? in
      guard let endpoint = decoder.text("state.endpoint", cursor) else { return nil }
      guard let problem = decoder.problem(withHost: endpoint.value, cursor) else { return endpoint }
      decoder.findings.report(
        .stateBackend, at: endpoint.place, "`state.endpoint` \(problem)",
        suggestion: "write the store's host, for example `s3.example.com`")
      return nil
    }
    if let endpoint { state.settings.append((name: "endpoint", value: endpoint)) }
    if let style = overlay.value("pathStyle"), let scalar = scalar("state.pathStyle", style) {
      state.pathStyle = fields.flag("state.pathStyle", scalar, &findings)
    }
    let missing =
      (overlay.pair("bucket") == nil ? ["bucket"] : []) + (key == nil && overlay.pair("path") == nil ? ["key"] : [])
    if !missing.isEmpty, let backend = overlay.pair("backend") {
      findings.report(
        .fieldMissing, at: backend.key.place, "`state` lacks \(Words.list(missing))",
        why: "they say where in the store the state is", suggestion: "add \(Words.list(missing))")
    }
  }

  /// Reports a state that two environments would share.
  private mutating func checkShared(_ overlay: Overlay, _ backend: StateBackend) {
    guard let environment else { return }
    let places = backend.distinguishing.compactMap { name in
      overlay.value(name).flatMap { $0.shape == .scalar ? (name: name, value: $0) : nil }
    }
    guard let first = places.first, !places.contains(where: { $0.value.text.contains("${environment}") }) else {
      return
    }
    let own = project.environmentBodies[environment]?.value(of: "state")
    guard let mine = places.first(where: { own?.value(of: $0.name) != nil }) else {
      findings.report(
        .stateShared, at: first.value.place, "all environments would share one state",
        why:
          "a state belongs to one account; with a shared one, an apply to staging would delete production's channels",
        suggestion:
          "write `${environment}` into the \(first.name), or give `state.\(first.name)` in each environment")
      return
    }
    guard let other = project.firstEnvironments[backend]?[project.stateNames(of: environment, backend)],
      other != environment, let place = project.overlay("state", other).value(mine.name)?.place
    else { return }
    findings.report(
      .stateShared, at: mine.value.place, "two environments would share one state",
      why: "a state belongs to one environment and its account", suggestion: "give each another \(mine.name)",
      notes: [Diagnostic.Note("the other is here", at: place)])
  }

  private mutating func readEncryption(_ overlay: Overlay, _ state: inout StateSettings) {
    let written = setting(overlay, "encrypt") { decoder, cursor -> Located<Bool>? in
      decoder.scalar("state.encrypt", cursor).flatMap {
        decoder.fields.flag("state.encrypt", $0, &decoder.findings)
      }.map { Located($0, at: cursor.place) }
    }
    guard let written else { return }
    let flag = written.value
    state.encrypts = flag
    let hasKey = overlay.value("key").map { state.backend != .s3 || $0.shape != .scalar } ?? false
    if flag, !hasKey {
      findings.report(
        .stateEncrypt, at: written.place, "an encrypted state takes a key, and `state.key` is not there",
        suggestion: state.backend == .s3
          ? "add `key: {env: KITFORM_STATE_KEY}`, and name the object by `path`"
          : "add `key: {env: KITFORM_STATE_KEY}`")
    }
  }
}
