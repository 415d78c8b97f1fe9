import Basics
package import Documents

/// What a command line or an environment adds to a project.
package struct DecodingOptions: Sendable {
  /// `--var` and `KITFORM_VAR_…`, by name; the command line's win.
  package var variables: [(name: String, definition: Variables.Definition)]
  /// Set by `--sandbox`: callback URLs may name private addresses.
  package var isSandbox: Bool
  /// How many bytes variables may add to texts.
  package var variableBytes = Findings.variableByteLimit

  package init(variables: [(name: String, definition: Variables.Definition)] = [], isSandbox: Bool = false) {
    self.variables = variables
    self.isSandbox = isSandbox
  }
}

extension Project {
  /// Reads the project as `environment` sees it, with everything that is wrong.
  ///
  /// - Parameter environment: A name of `environments`, or nil in a project without them.
  package func configuration(for environment: String?, options: DecodingOptions = DecodingOptions()) -> (
    configuration: Configuration, findings: [Diagnostic]
  ) {
    var decoder = ConfigurationDecoder(project: self, environment: environment, options: options)
    return (decoder.decode(), decoder.findings.list)
  }

  /// As `configuration(for:options:)`, with findings in values that the environment
  /// overrides.
  func checkedConfiguration(for environment: String?, options: DecodingOptions) -> (
    configuration: Configuration, findings: [Diagnostic], hidden: [Diagnostic], variableBytes: Int
  ) {
    var decoder = ConfigurationDecoder(project: self, environment: environment, options: options)
    let configuration = decoder.decode()
    return (
      configuration, decoder.findings.list, decoder.hiddenFindings.list,
      options.variableBytes - decoder.findings.variableBytes
    )
  }
}

/// Decodes one environment's sections; each section's own rules are in a file of their own.
struct ConfigurationDecoder {
  let project: Project
  let environment: String?
  let options: DecodingOptions
  var findings = Findings()
  /// Findings in values that an environment overrides.
  var hiddenFindings = Findings()
  var fields: FieldDecoder

  init(project: Project, environment: String?, options: DecodingOptions) {
    self.project = project
    self.environment = environment
    self.options = options
    findings.relaxed = project.findings.relaxed
    hiddenFindings.relaxed = project.findings.relaxed
    findings.variableBytes = options.variableBytes
    hiddenFindings.variableBytes = options.variableBytes
    fields = FieldDecoder(
      variables: Variables(), environments: project.environments,
      isEnvironment: { project.environmentPlaces[$0] != nil }, allowsPrivateAddresses: false)
  }

  mutating func decode() -> Configuration {
    var configuration = Configuration(environment: environment ?? "default")
    fields.variables = variables()
    configuration.account = account()
    configuration.state = state()
    configuration.guards = guards()
    configuration.assumedQueues = assumedQueues()
    configuration.relaxedRules = project.relaxed
    let localHost = configuration.account.apiHost.map { isLoopback($0.value) } ?? false
    fields.allowsPrivateAddresses = options.isSandbox || localHost
    var addresses = AddressBook()
    configuration.records = records(&addresses)
    refactoring(&configuration, addresses)
    CrossChecks.run(configuration, &findings)
    return configuration
  }

  /// Reads a setting from the mapping that wins; what it hides is read too, for its findings alone.
  mutating func read<Result>(_ overlay: Overlay, _ key: String, _ body: (inout Self, Cursor) -> Result?) -> Result? {
    var result: Result?
    var isHidden = false
    for value in overlay.mappings.compactMap({ $0.value(of: key) }) {
      if isHidden {
        readHidden { decoder in _ = body(&decoder, value) }
      } else {
        result = body(&self, value)
      }
      isHidden = true
    }
    return result
  }

  /// Reads an overridden value: its findings count only if every environment overrides it.
  mutating func readHidden(_ body: (inout Self) -> Void) {
    swap(&findings, &hiddenFindings)
    body(&self)
    swap(&findings, &hiddenFindings)
  }

  private func isLoopback(_ host: String) -> Bool {
    (try? Origin(written: host)).map { HostClass($0.host) == .loopback } ?? false
  }

  /// The project's variables, the environment's over them, then those of the command line and `environment` itself.
  private mutating func variables() -> Variables {
    var variables = Variables()
    for mapping in project.overlay("variables", environment).mappings.reversed() {
      for pair in mapping.pairs {
        let name = pair.key.text
        guard Variables.isName(name), name != "environment" else {
          findings.report(
            .variableName, at: pair.key.place, "`\(name)` cannot be a variable's name",
            why: name == "environment"
              ? "`${environment}` is built in" : LookAlikes.named(in: name).map { "it has the character \($0)" },
            suggestion: "use a letter, then letters, digits and underscores")
          continue
        }
        guard pair.value.shape == .scalar, !pair.value.isNull, !pair.value.text.contains("${") else {
          findings.report(
            .variableValue, at: pair.value.place(behind: pair.key),
            pair.value.shape == .scalar && !pair.value.isNull
              ? "the variable `\(name)` refers to another variable" : "the variable `\(name)` is \(pair.value.words)",
            suggestion: "write a string, a number or a boolean; `\"\"` is the empty string")
          continue
        }
        variables[name] = Variables.Definition(
          text: pair.value.text, isPlain: pair.value.isPlain, place: pair.value.place, label: "`variables`")
      }
    }
    for (name, definition) in options.variables { variables[name] = definition }
    variables["environment"] = Variables.Definition(
      text: environment ?? "default", isPlain: false, place: nil, label: "the environment")
    return variables
  }

  private mutating func records(_ addresses: inout AddressBook) -> [Record] {
    var records: [Record] = []
    checkDefaultsSections()
    var decoders: [String: ChannelDecoder] = [:]
    for kind in project.kinds {
      decoders[kind.name] = ChannelDecoder(
        kind: kind, decoder: fields, environment: environment,
        defaults: DefaultSlots(
          kind: kind, defaults: project.overlay("defaults", environment), decoder: fields, relaxed: findings.relaxed,
          shared: sharedDefaults, variableBytes: &findings.variableBytes))
    }
    for section in project.sections["channels"] ?? [] {
      for pair in section.body.pairs {
        guard var decoder = decoders[pair.key.text] else {
          let suggestion = channelWithoutKind(pair)
          findings.report(
            .channelKind, at: pair.key.place, "there is no kind of channel `\(pair.key.text)`",
            suggestion: suggestion ?? Words.didYouMean(pair.key.text, among: project.kinds.map(\.name))
              ?? "the kinds are \(Words.list(project.kinds.map(\.name)))")
          continue
        }
        guard isMapping(pair, "channels.\(pair.key.text)") else { continue }
        decode(pair.value, decoder: &decoder, records: &records, addresses: &addresses)
        decoders[pair.key.text] = decoder
      }
    }
    report(project.kinds.compactMap { decoders[$0.name]?.defaults })
    records.sort { $0.address < $1.address }
    return records
  }

  /// Where to write a channel that is in the place of its kind; nil for what is no channel.
  private func channelWithoutKind(_ pair: (key: Cursor, value: Cursor)) -> String? {
    let keys = Set(pair.value.pairs.prefix(20).map(\.key.text))
    guard keys.contains("name") || keys.contains("redirect"), Address.isKey(pair.key.text) else { return nil }
    let kinds = project.kinds.filter { kind in keys.allSatisfy(kind.keys.contains) }.map(\.name)
    return "a channel belongs under its kind: write "
      + (kinds.isEmpty ? project.kinds.map(\.name) : kinds).map { "`\($0): {\(pair.key.text): …}`" }
      .joined(separator: " or ")
  }

  /// Reports what is wrong with default values: one finding for all kinds that share the value.
  private mutating func report(_ defaults: [DefaultSlots]) {
    struct Key: Hashable {
      var place: SourcePlace?
      var message: String
    }
    var found: [(finding: Diagnostic, users: DefaultUsers)] = []
    var indices: [Key: Int] = [:]
    for (finding, users) in defaults.flatMap(\.findings) {
      let key = Key(place: finding.place, message: finding.message)
      if let known = indices[key] {
        found[known].users.add(users)
      } else {
        indices[key] = found.count
        found.append((finding, users))
      }
    }
    for (finding, users) in found {
      var finding = finding
      finding.notes += users.notes
      findings.append(contentsOf: [finding])
    }
    for defaults in defaults { hiddenFindings.append(contentsOf: defaults.hiddenFindings) }
  }

  private mutating func decode(
    _ body: Cursor, decoder: inout ChannelDecoder, records: inout [Record],
    addresses: inout AddressBook
  ) {
    let document = body.document
    let count = Int(document.nodes[document.resolved(body.node)].count)
    // Many files with few channels each must not move all records once for each file.
    if records.capacity < records.count + count {
      records.reserveCapacity(max(records.count + count, records.count * 2))
    }
    for pair in document.pairs(body.node) {
      let place = document.place(pair.key)
      let address = Address(kind: decoder.kind.name, key: document.text(pair.key))
      // A channel that cannot count under its key is read all the same, for what else is wrong with it.
      let counts = claim(address, at: place, &addresses, records)
      guard document.isMapping(pair.value) else {
        let isNull = document.isNull(pair.value)
        findings.report(
          isNull ? .fieldMissing : .valueType, at: isNull ? place : document.place(pair.value),
          isNull ? "`\(address)` has no fields" : "`\(address)` is not a mapping of fields",
          suggestion: "a channel has at least \(Words.list(decoder.kind.fields.filter(\.isRequired).map(\.name)))")
        if counts { addresses.hasNoRecord(address, at: place) }
        continue
      }
      let record = decoder.decode(address: address, key: place, Cursor(document, pair.value), &findings)
      guard counts else { continue }
      if let record { records.append(record) } else { addresses.hasNoRecord(address, at: place) }
    }
  }

  /// Notes a channel's address; false, with a finding, where it cannot be one or is taken.
  private mutating func claim(
    _ address: Address, at place: SourcePlace, _ addresses: inout AddressBook, _ records: [Record]
  ) -> Bool {
    guard Address.isKey(address.key) else {
      findings.report(
        .channelKey, at: place, "`\(address.key)` cannot be a channel's key",
        why: "the key is the channel's identity in plans, the state and on the command line"
          + (LookAlikes.named(in: address.key).map { "; it has the character \($0)" } ?? ""),
        suggestion:
          "use lower-case letters, digits and inner hyphens, at most 63 characters; the display name is `name`")
      return false
    }
    if let first = addresses.insert(address, records) {
      findings.report(
        .channelDuplicate, at: place, "`\(address)` appears twice", suggestion: "give one of them another key",
        notes: [Diagnostic.Note("the first is here", at: first)])
      return false
    }
    return true
  }

  /// The keys that `defaults` may hold for all kinds.
  private var sharedDefaults: [String] {
    project.kinds.first?.keys.filter { key in key != "name" && project.kinds.allSatisfy { $0.keys.contains(key) } }
      ?? []
  }

  /// Checks the keys of `defaults`: what all kinds share except `name`, and a kind's own under its name.
  private mutating func checkDefaultsSections() {
    guard let first = project.kinds.first else { return }
    let shared = sharedDefaults
    for mapping in project.overlay("defaults", environment).mappings {
      for pair in mapping.pairs {
        let key = pair.key.text
        if let kind = project.kinds.first(where: { $0.name == key }) {
          guard isMapping(pair, "defaults.\(key)") else { continue }
          for inner in pair.value.pairs {
            checkDefault(inner, known: kind.keys.filter { $0 != "name" }, owner: "defaults.\(key)", kind: kind)
          }
        } else {
          checkDefault(pair, known: shared + project.kinds.map(\.name), owner: "defaults", kind: first)
        }
      }
    }
  }

  private mutating func checkDefault(
    _ pair: (key: Cursor, value: Cursor), known: [String], owner: String, kind: Kind
  ) {
    let key = pair.key.text
    guard known.contains(key) else {
      let owners = project.kinds.filter { $0.keys.contains(key) }.map(\.name)
      if key == "name" || owners.isEmpty {
        findings.report(
          .fieldUnknown, at: pair.key.place, "`\(owner)` has no field `\(key)`",
          why: key == "name" ? "each channel has a name of its own" : nil,
          suggestion: Words.didYouMean(key, among: known) ?? "its fields are \(Words.list(known))")
      } else {
        findings.report(
          .fieldUnknown, at: pair.key.place, "`\(owner)` has no field `\(key)`",
          why: "not every kind of channel has it",
          suggestion: "write it under \(Words.list(owners.map { "defaults.\($0)" }))")
      }
      return
    }
    let members = kind.fields.filter { $0.group.map(String.init) == key }.map { String($0.key) }
    guard !members.isEmpty else { return }
    guard pair.value.hasPairs else {
      fields.notAGroup("\(owner).\(key)", members: members, cursor: pair.value, findings: &findings)
      return
    }
    for inner in pair.value.pairs where !members.contains(inner.key.text) {
      fields.unknownKey(inner.key, in: "\(owner).\(key)", known: members, &findings)
    }
  }

  /// Reports a value that should be a mapping.
  mutating func isMapping(_ pair: (key: Cursor, value: Cursor), _ name: String) -> Bool {
    guard pair.value.shape != .mapping else { return true }
    findings.report(
      pair.value.isNull ? .fieldEmpty : .valueType, at: pair.value.place(behind: pair.key),
      "`\(name)` is \(pair.value.words), but a mapping is wanted",
      suggestion: pair.value.isNull
        ? "write `\(pair.key.text): {}`, or remove the line"
        : "write `\(pair.key.text): {…}`, each thing in it under a key of its own")
    return false
  }
}
