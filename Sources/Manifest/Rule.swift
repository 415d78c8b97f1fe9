package import Documents

/// One rule that a finding refers to: its id never changes, so that a team can refer to it.
package struct Rule: Sendable {
  package let id: String
  package let severity: Severity
  package let source: RuleSource
  /// One sentence for the reference: what holds, with the limit.
  package let summary: String

  package init(_ id: String, _ severity: Severity = .error, _ source: RuleSource = .format, _ summary: String) {
    self.id = id
    self.severity = severity
    self.source = source
    self.summary = summary
  }

  /// Whether `rules` in `kitform.yaml` may relax it: what Kit documents and the form of the manifests may not.
  package var isRelaxable: Bool { source == .ours }
}

/// Both pages of the Kit documentation, where a rule stands on both.
private let pages = "OK.ru messenger; Custom channel"

extension Rule {
  // The project.
  package static let projectMissing = Rule("project.missing", "A project is a directory with a kitform.yaml.")
  package static let projectVersion = Rule("project.version", "kitform.yaml says `kitform: 1`, the manifest version.")
  package static let projectPlacement = Rule(
    "project.placement", "Sections that code owners guard stand in kitform.yaml only.")
  package static let projectRepeated = Rule("project.repeated", "A section of kitform.yaml stands once.")
  package static let projectUnreadable = Rule("project.unreadable", "Every file of the project can be read.")
  package static let includeEmpty = Rule("include.empty", "A pattern of `include` matches at least one file.")
  package static let includePattern = Rule(
    "include.pattern", "A pattern of `include` stays in the project's directory.")
  package static let environmentName = Rule(
    "environment.name", "An environment's name is made of lower-case letters, digits and hyphens.")
  package static let variableUnknown = Rule(
    "variable.unknown", "A variable stands under `variables`, or is given by --var.")
  package static let variableName = Rule(
    "variable.name", "A variable's name is a letter, then letters, digits and underscores; `environment` is built in.")
  package static let variableValue = Rule(
    "variable.value", "A variable is a text, a number or a switch without references.")
  package static let variablePlace = Rule(
    "variable.place", "Variables do not stand in keys, in secret references or in `include`.")
  package static let variableSyntax = Rule("variable.syntax", "`${name}` is a variable; `$${` is a literal `${`.")

  // Forms of values.
  package static let fieldUnknown = Rule("field.unknown", "Only the fields of the reference exist.")
  package static let fieldMissing = Rule("field.missing", "Required fields are there.")
  package static let fieldEmpty = Rule("field.empty", "A value is written, cleared explicitly, or left out.")
  package static let valueType = Rule("value.type", "A value has the type of its field; quoted scalars are texts.")
  package static let valueChoice = Rule("value.choice", "A value is one of the listed words.")
  package static let durationFormat = Rule(
    "duration.format", "A duration is whole numbers with d, h, m and s, largest unit first, each at most once.")
  package static let referenceFormat = Rule(
    "reference.format",
    "A plain decimal integer is Kit's id, any other text a title; what looks like a number is quoted.")
  package static let secretLiteral = Rule("secret.literal", "A secret is a reference, never a literal.")
  package static let secretForm = Rule(
    "secret.form", "A secret reference is {env: NAME}, {file: path} or {keep: true}.")
  package static let secretUnresolved = Rule("secret.unresolved", .warning, "Every secret reference resolves.")

  // Channels.
  package static let channelKind = Rule("channel.kind", "A channel's kind is ok or custom.")
  package static let channelKey = Rule(
    "channel.key", "A key is lower-case letters, digits and inner hyphens, at most 63 characters.")
  package static let channelDuplicate = Rule("channel.duplicate", "An address stands once in a project.")
  package static let nameLength = Rule("name.length", .error, .ours, "A name has 1 to 255 characters (assumed of Kit).")
  package static let nameCharacters = Rule(
    "name.characters", .error, .ours, "A name has no control characters and no blanks at its ends.")
  package static let nameDuplicate = Rule(
    "name.duplicate", .warning, .ours, "Two channels of one kind do not share a name.")
  package static let accessTokenShared = Rule(
    "ok.accessToken.shared", .warning, .documented("OK.ru messenger"),
    "Two OK.ru channels do not share a token: generating a new key invalidates the old one.")
  package static let callbackForm = Rule(
    "callbackURL.form", "A callback URL is absolute, without user info and fragment.")
  package static let callbackHTTPS = Rule(
    "callbackURL.https", .error, .ours, "A callback URL is https, or http to loopback.")
  package static let callbackAddress = Rule(
    "callbackURL.address", .error, .ours,
    "A callback URL does not name a private, loopback, link-local or metadata address.")
  package static let redirectOne = Rule(
    "redirect.one", .error, .documented(pages), "Messages are redirected to exactly one queue or one function.")
  package static let topicSetOne = Rule(
    "topicSet.one", .error, .documented(pages), "A channel has one topic set; choosing another replaces it.")
  package static let skillLevel = Rule("skills.level", .error, .ours, "A skill's level is a whole number from 1 to 5.")
  package static let skillRepeated = Rule("skills.repeated", "A skill is named once.")
  package static let closingAgentRange = Rule(
    "closing.agent.range", .error, .documented(pages),
    "The closing time for agent and unassigned conversations is 60 seconds to 7 days.")
  package static let closingBotRange = Rule(
    "closing.bot.range", .error, .documented(pages), "The closing time for bot conversations is 60 seconds to 7 days.")
  package static let closingAgentWaiting = Rule(
    "closing.agent.waiting", .error, .documented(pages),
    "The closing time for agent conversations is greater than the queue's max. waiting time.")
  package static let closingUnchecked = Rule(
    "closing.agent.unchecked", .warning, .format, "A closing time is checked against the queue's max. waiting time.")
  package static let onlyUnknown = Rule("only.unknown", "`only` names environments of the project.")

  // Sections.
  package static let accountHost = Rule(
    "account.host", "A host is a name, or a loopback address with a port for a local Kit.")
  package static let stateShared = Rule("state.shared", "Each environment has a state of its own.")
  package static let stateBackend = Rule(
    "state.backend", "The state's backend is `local`, `http` or `s3`, with settings of its own.")
  package static let stateEncrypt = Rule("state.encrypt", "An encrypted state has a key, `state.key`.")
  package static let guardLimit = Rule(
    "guards.limit", "A guard's limit is a whole number; a percentage is at most 100.")
  package static let ruleUnknown = Rule("rules.unknown", "`rules` names rules of the reference.")
  package static let ruleDocumented = Rule("rules.documented", "Rules that Kit documents cannot be relaxed.")
  package static let assumeRepeated = Rule("assume.repeated", "A fact about a queue stands once.")
  package static let adoptTarget = Rule("adopt.target", "`adopt` names one channel by uuid, id or name.")
  package static let adoptAddress = Rule("adopt.address", "An address of `adopt` stands in `channels`.")
  package static let movedAddress = Rule(
    "moved.address", "`moved` says new: old; the new address stands in `channels`, the old one does not.")
  package static let movedCycle = Rule("moved.cycle", "Moves make no cycle, and no address moves twice.")
  package static let removedAddress = Rule("removed.address", "An address of `removed` no longer stands in `channels`.")
  package static let removedForm = Rule("removed.form", "`removed` says {destroy: true} or {destroy: false}.")
  package static let refactoringRepeated = Rule("refactoring.repeated", "An address is adopted, moved or removed once.")

  // With the account.
  package static let accountReference = Rule(
    "account.reference", "A queue, function, topic set, skill or API token exists.")
  package static let accountAmbiguous = Rule("account.ambiguous", "A title names one object of the account.")
  package static let accountUnconfirmed = Rule(
    "account.unconfirmed", .warning, .format, "An id that the account does not confirm is used as written.")

  package static let stateUncertain = Rule(
    "state.uncertain", .warning, .format, "Nothing is created for an address whose earlier creation is uncertain.")

  /// Every rule of the manifests, in the order of the reference.
  package static let all: [Rule] = [
    projectMissing, projectVersion, projectPlacement, projectRepeated, projectUnreadable, includeEmpty, includePattern,
    environmentName, variableUnknown, variableName, variableValue, variablePlace, variableSyntax,
    fieldUnknown, fieldMissing, fieldEmpty, valueType, valueChoice, durationFormat, referenceFormat, secretLiteral,
    secretForm, secretUnresolved, channelKind, channelKey, channelDuplicate, nameLength, nameCharacters, nameDuplicate,
    accessTokenShared, callbackForm, callbackHTTPS, callbackAddress, redirectOne, topicSetOne, skillLevel,
    skillRepeated, closingAgentRange, closingBotRange, closingAgentWaiting, closingUnchecked, onlyUnknown, accountHost,
    stateShared, stateBackend, stateEncrypt, guardLimit, ruleUnknown, ruleDocumented, assumeRepeated, adoptTarget,
    adoptAddress, movedAddress, movedCycle, removedAddress, removedForm, refactoringRepeated, accountReference,
    accountAmbiguous, accountUnconfirmed, stateUncertain,
  ]

  private static let byID = Dictionary(all.map { ($0.id, $0) }) { first, _ in first }

  /// The rule of the manifests that has an id, or nil.
  package static func named(_ id: String) -> Rule? { byID[id] }

  private init(_ id: String, _ summary: String) { self.init(id, .error, .format, summary) }
  private init(_ id: String, _ severity: Severity, _ summary: String) { self.init(id, severity, .format, summary) }
}
