package import Documents

/// Both pages of the Kit documentation, for a rule that is on both.
private let pages = "OK.ru messenger; Custom channel"

extension Rule {
  // The project.
  package static let projectMissing = Rule(
    "project.missing", "A project is a directory with a kitform.yaml.", example: "kitform init")
  package static let projectVersion = Rule(
    "project.version", "kitform.yaml says `kitform: 1`, the manifest version.", example: "kitform: 1")
  package static let projectRequires = Rule(
    "project.requires", "`requires` names the oldest Kitform that reads the project, and this one is not older.",
    example: "requires: \">= 0.1\"")
  package static let projectPlacement = Rule(
    "project.placement", "Sections that code owners guard are in kitform.yaml only.",
    example: "guards: {maxDeletes: 1}, in kitform.yaml")
  package static let projectRepeated = Rule(
    "project.repeated", "kitform.yaml has each section once.",
    example: "account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}")
  package static let projectUnreadable = Rule(
    "project.unreadable", "Every file of the project can be read.", example: "chmod u+r channels/support.yaml")
  package static let includeEmpty = Rule(
    "include.empty", "A pattern of `include` matches at least one file.", example: "include: [\"channels/**/*.yaml\"]")
  package static let includeMissed = Rule(
    "include.missed", .warning, "A file that looks like a manifest of the project is read.",
    example: "include: [\"channels/**/*.yaml\", \"channels/**/*.yml\"]")
  package static let includePattern = Rule(
    "include.pattern", "A pattern of `include` stays in the project's directory.",
    example: "include: [\"teams/*.yaml\"]")
  package static let includeBudget = Rule(
    "include.budget", "Comparing the files of a project with the patterns of `include` takes at most a few seconds.",
    example: "include: [\"channels/**/*.yaml\"]")
  package static let environmentBudget = Rule(
    "environment.budget", "A project's values, times its environments, are at most 10 million.",
    example: "environments: {staging: {}, production: {}}")
  package static let environmentName = Rule(
    "environment.name", "An environment's name is made of lower-case letters, digits and hyphens.",
    example: "environments: {production: {}, staging-2: {}}")
  package static let variableUnknown = Rule(
    "variable.unknown", "A variable is defined under `variables` or by --var.",
    example: "variables: {botHost: bots.example.com}")
  package static let variableName = Rule(
    "variable.name", "A variable's name is a letter, then letters, digits and underscores; `environment` is built in.",
    example: "variables: {botHost: bots.example.com}")
  package static let variableValue = Rule(
    "variable.value", "A variable is a string, a number or a boolean without references.",
    example: "variables: {empty: \"\", wait: 15m}")
  package static let variablePlace = Rule(
    "variable.place", "Keys, secret references and `include` contain no variables.",
    example: "accessToken: {env: OK_COMMUNITY_TOKEN}")
  package static let variableSyntax = Rule(
    "variable.syntax", "`${name}` is a variable; `$${` is a literal `${`.", example: "name: Costs $${5}")
  package static let variableBudget = Rule(
    "variable.budget", "Variables add at most 8 MiB to the texts of an environment.",
    example: "variables: {botHost: bots.example.com}")

  // Forms of values.
  package static let fieldUnknown = Rule(
    "field.unknown", "Only the fields of the reference exist.", example: "closing: {agent: 24h}")
  package static let fieldMissing = Rule("field.missing", "Required fields are there.", example: "name: OK community")
  package static let fieldEmpty = Rule(
    "field.empty", "A value is written, cleared explicitly, or left out.", example: "topicSet: none")
  package static let valueType = Rule(
    "value.type", "A value has the type of its field; a quoted scalar is a string.", example: "useTags: true")
  package static let valueChoice = Rule("value.choice", "A value is one of the listed words.", example: "region: eu")
  package static let durationFormat = Rule(
    "duration.format", "A duration is whole numbers with d, h, m and s, largest unit first, each at most once.",
    example: "closing: {agent: 1h30m}")
  package static let referenceFormat = Rule(
    "reference.format",
    "A plain decimal integer is Kit's id, any other value is a title; what looks like a number is quoted.",
    example: "redirect: {queue: \"2026-01-01\"}")
  package static let secretLiteral = Rule(
    "secret.literal", "A secret is a reference, never a literal.", example: "accessToken: {env: OK_COMMUNITY_TOKEN}")
  package static let secretForm = Rule(
    "secret.form", "A secret reference is {env: NAME}, {file: path} or {keep: true}.",
    example: "accessToken: {file: /run/secrets/ok-token}")
  package static let secretUnresolved = Rule(
    "secret.unresolved", .warning, "Every secret reference resolves.", example: "export OK_COMMUNITY_TOKEN=…")

  // Channels.
  package static let channelKind = Rule(
    "channel.kind", "A channel's kind is ok or custom.", example: "channels: {ok: {}, custom: {}}")
  package static let channelKey = Rule(
    "channel.key", "A key is lower-case letters, digits and inner hyphens, at most 63 characters.",
    example: "channels: {ok: {my-community: {name: My Community}}}")
  package static let channelDuplicate = Rule(
    "channel.duplicate", "Each channel of a project has an address of its own.",
    example: "channels: {ok: {one: {name: One}, two: {name: Two}}}")
  package static let nameLength = Rule(
    "name.length", .error, .ours, summary: "A name has 1 to 255 characters (assumed of Kit).",
    example: "name: OK community")
  package static let nameCharacters = Rule(
    "name.characters", .error, .ours, summary: "A name has no control characters and no white space at its ends.",
    example: "name: OK community")
  package static let nameDuplicate = Rule(
    "name.duplicate", .warning, .ours, summary: "Two channels of one kind do not share a name.",
    example: "name: OK community 2")
  package static let accessTokenShared = Rule(
    "ok.accessToken.shared", .warning, .documented("OK.ru messenger"),
    summary: "Two OK.ru channels do not share a token: generating a new key invalidates the old one.",
    example: "accessToken: {env: OK_OTHER_TOKEN}")
  package static let callbackForm = Rule(
    "callbackURL.form", "A callback URL is absolute, without user info and fragment.",
    example: "callbackURL: https://bots.example.com/kit")
  package static let callbackHTTPS = Rule(
    "callbackURL.https", .error, .ours, summary: "A callback URL is https, or http to loopback.",
    example: "callbackURL: https://bots.example.com/kit")
  package static let callbackAddress = Rule(
    "callbackURL.address", .error, .ours,
    summary: "A callback URL does not name a private, loopback, link-local or metadata address.",
    example: "callbackURL: https://bots.example.com/kit")
  package static let redirectOne = Rule(
    "redirect.one", .error, .documented(pages),
    summary: "Messages are redirected to exactly one queue or one function.",
    example: "redirect: {queue: Support}")
  package static let topicSetOne = Rule(
    "topicSet.one", .error, .documented(pages), summary: "A channel has one topic set; choosing another replaces it.",
    example: "topicSet: Retail")
  package static let skillLevel = Rule(
    "skills.level", .error, .ours, summary: "A skill's level is a whole number from 1 to 5.",
    example: "skills: {russian: 3, billing: 2}")
  package static let skillRepeated = Rule(
    "skills.repeated", "A skill is named once.", example: "skills: {russian: 3, billing: 2}")
  package static let closingAgentRange = Rule(
    "closing.agent.range", .error, .documented(pages),
    summary: "The closing time for agent and unassigned conversations is 60 seconds to 7 days.",
    example: "closing: {agent: 24h}"
  )
  package static let closingBotRange = Rule(
    "closing.bot.range", .error, .documented(pages),
    summary: "The closing time for bot conversations is 60 seconds to 7 days.",
    example: "closing: {bot: 1h}")
  package static let closingAgentWaiting = Rule(
    "closing.agent.waiting", .error, .documented(pages),
    summary: "The closing time for agent conversations is greater than the queue's max. waiting time.",
    example: "closing: {agent: 24h}")
  package static let closingUnchecked = Rule(
    "closing.agent.unchecked", .warning, .format,
    summary: "A closing time is checked against the queue's max. waiting time.",
    example: "assume: {queues: {Support: {maxWaitingTime: 10m}}}")
  package static let onlyUnknown = Rule(
    "only.unknown", "`only` names environments of the project.", example: "only: [production]")

  // Sections.
  package static let accountHost = Rule(
    "account.host", "A host is a name, or a loopback address with a port for a local Kit.",
    example: "apiHost: kitapi-eu.voximplant.com")
  package static let stateShared = Rule(
    "state.shared", "Each environment has a state of its own.", example: "state: {path: \"states/${environment}.json\"}"
  )
  package static let stateBackend = Rule(
    "state.backend", "The state's backend is `local`, `http` or `s3`, with settings of its own.",
    example: "state: {backend: local}")
  package static let stateEncrypt = Rule(
    "state.encrypt", "An encrypted state has a key, `state.key`.",
    example: "state: {encrypt: true, key: {env: KITFORM_STATE_KEY}}")
  package static let guardLimit = Rule(
    "guards.limit", "A guard's limit is a whole number; a percentage is at most 100.",
    example: "guards: {maxDeletes: 1, maxDeletePercent: 30, maxUpdates: 10}")
  package static let ruleUnknown = Rule(
    "rules.unknown", "`rules` names rules of the reference.", example: "rules: {name.length: warning}")
  package static let ruleDocumented = Rule(
    "rules.documented", "Rules that Kit documents cannot be relaxed.", example: "rules: {callbackURL.https: warning}")
  package static let rulesRelaxed = Rule(
    "rules.relaxed", .info, "Every report names the rules that the project relaxes.",
    example: "rules: {name.length: warning}")
  package static let assumeRepeated = Rule(
    "assume.repeated", "`assume` has each fact about a queue once.",
    example: "assume: {queues: {Support: {maxWaitingTime: 10m}}}")
  package static let adoptTarget = Rule(
    "adopt.target", "`adopt` names one channel by uuid, id or name.", example: "adopt: {ok.community: {id: 17}}")
  package static let adoptAddress = Rule(
    "adopt.address", "An address of `adopt` is in `channels`.", example: "adopt: {ok.community: {id: 17}}")
  package static let movedAddress = Rule(
    "moved.address", "An entry of `moved` is `new: old`; the new address is in `channels`, the old one is not.",
    example: "moved: {custom.partner-bot: custom.partners}")
  package static let movedCycle = Rule(
    "moved.cycle", "Moves make no cycle, and no address moves twice.",
    example: "moved: {custom.partner-bot: custom.partners}")
  package static let removedAddress = Rule(
    "removed.address", "An address of `removed` is no longer in `channels`.",
    example: "removed: {custom.old-bot: {destroy: false}}")
  package static let removedForm = Rule(
    "removed.form", "`removed` says {destroy: true} or {destroy: false}.",
    example: "removed: {custom.old-bot: {destroy: true}}")
  package static let refactoringRepeated = Rule(
    "refactoring.repeated", "An address is adopted, moved or removed once, and a channel is adopted at one address.",
    example: "adopt: {ok.community: {id: 17}}")

  // With the account.
  package static let accountReference = Rule(
    "account.reference", "A queue, function, topic set, skill or API token exists.",
    example: "redirect: {queue: Support}")
  package static let accountAmbiguous = Rule(
    "account.ambiguous", "A title names one object of the account.", example: "redirect: {queue: 17}")
  package static let accountUnconfirmed = Rule(
    "account.unconfirmed", .warning, .format, summary: "An id that the account does not confirm is used as written.",
    example: "redirect: {function: 1207}")

  package static let stateUncertain = Rule(
    "state.uncertain", .warning, .format,
    summary: "Nothing is created for an address whose earlier creation is uncertain.",
    example: "kitform state resolve ok.community --uuid UUID")

  /// Every rule of the manifests, in the order of the reference.
  package static let manifest: [Rule] = [
    projectMissing, projectVersion, projectRequires, projectPlacement, projectRepeated, projectUnreadable, includeEmpty,
    includeMissed,
    includePattern, includeBudget, environmentBudget,
    environmentName, variableUnknown, variableName, variableValue, variablePlace, variableSyntax,
    variableBudget,
    fieldUnknown, fieldMissing, fieldEmpty, valueType, valueChoice, durationFormat, referenceFormat, secretLiteral,
    secretForm, secretUnresolved, channelKind, channelKey, channelDuplicate, nameLength, nameCharacters, nameDuplicate,
    accessTokenShared, callbackForm, callbackHTTPS, callbackAddress, redirectOne, topicSetOne, skillLevel,
    skillRepeated, closingAgentRange, closingBotRange, closingAgentWaiting, closingUnchecked, onlyUnknown, accountHost,
    stateShared, stateBackend, stateEncrypt, guardLimit, ruleUnknown, ruleDocumented, rulesRelaxed, assumeRepeated,
    adoptTarget,
    adoptAddress, movedAddress, movedCycle, removedAddress, removedForm, refactoringRepeated, accountReference,
    accountAmbiguous, accountUnconfirmed, stateUncertain,
  ]

  private static let byID = Dictionary(manifest.map { ($0.id, $0) }) { first, _ in first }

  /// The rule of the manifests that has an id, or nil.
  package static func named(_ id: String) -> Rule? { byID[id] }
}
