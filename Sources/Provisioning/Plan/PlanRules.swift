package import Documents

extension Rule {
  // What a plan finds in the state and the account.
  package static let adoptMissing = Rule(
    "adopt.missing", "The channel that `adopt` names exists.", example: "adopt: {ok.community: {id: 17}}")
  package static let adoptAmbiguous = Rule(
    "adopt.ambiguous", "`adopt` names one channel of the account.", example: "adopt: {ok.community: {uuid: UUID}}")
  package static let adoptKind = Rule(
    "adopt.kind", "An adopted channel is of the kind of its address.", example: "adopt: {custom.partner-bot: {id: 17}}")
  package static let adoptBound = Rule(
    "adopt.bound", "An address that is bound to one channel does not adopt another.",
    example: "kitform state rm ok.community")
  package static let adoptTaken = Rule(
    "adopt.taken", "A channel is managed at one address.", example: "moved: {ok.community: ok.group}")
  package static let movedManaged = Rule(
    "moved.managed", "Of both addresses of a move, the state has one.", example: "removed: {ok.group: {destroy: false}}"
  )
  package static let movedProposed = Rule(
    "moved.proposed", .warning,
    "A channel that is written at another address is moved there, not deleted and created.",
    example: "moved: {custom.partner-bot: custom.partners}")
  package static let removedProtected = Rule(
    "removed.protected", "A protected channel is neither deleted nor forgotten.", example: "protect: false")
  package static let channelExists = Rule(
    "channel.exists", "A new channel does not take the name of one that Kitform does not manage.",
    example: "adopt: {ok.community: {uuid: UUID}}")
  package static let stateLost = Rule(
    "state.lost", .error, .conduct,
    summary: "If the state has no channels, the account has none of the channels of the manifests.",
    example: "kitform plan --adopt-matching")
  package static let channelChangedKind = Rule(
    "channel.changedKind", "The account's channel is of the kind of the address that it is bound to.",
    example: "kitform state rm ok.community")
  package static let accountStoredOtherwise = Rule(
    "account.storedOtherwise", .warning, "A manifest has each value as Kit stores it.",
    example: "callbackURL: https://bots.example.com/kit/")
  package static let secretKeep = Rule(
    "secret.keep", "{keep: true} is for a channel that exists: Kit keeps its value.",
    example: "accessToken: {env: OK_COMMUNITY_TOKEN}")
  package static let secretOtherKey = Rule(
    "secret.otherKey", .info, "Fingerprints of secrets are compared under the key that made them.",
    example: "state: {key: {env: KITFORM_STATE_KEY}}")
  package static let secretKey = Rule(
    "secret.key", "A key for comparing secrets can be derived from state.key or the account's token.",
    example: "state: {key: {env: KITFORM_STATE_KEY}}")

  // What keeps a plan from being applied, and what became of an apply.
  package static let guardsEmpty = Rule(
    "guards.empty", .error, .conduct,
    summary: "A plan of manifests without channels deletes only channels that --allow-delete names.",
    example: "removed: {custom.old-bot: {destroy: true}}")
  package static let guardsMaxDeletes = Rule(
    "guards.maxDeletes", .error, .conduct,
    summary: "A plan deletes at most `guards.maxDeletes` channels without --allow-delete.",
    example: "removed: {custom.old-bot: {destroy: true}}")
  package static let guardsMaxDeletePercent = Rule(
    "guards.maxDeletePercent", .error, .conduct,
    summary: "A plan deletes at most `guards.maxDeletePercent` of the managed channels, once 4 are managed.",
    example: "kitform apply --allow-delete custom.old-bot")
  package static let guardsMaxUpdates = Rule(
    "guards.maxUpdates", .error, .conduct,
    summary:
      "A plan changes redirect, access token, callback URL or a closing time to a shorter one on at most `guards.maxUpdates` live channels, unless a person or an approval allows it.",
    example: "kitform apply --allow-updates 30")
  package static let guardsDrift = Rule(
    "guards.drift", .error, .conduct,
    summary: "With `guards.drift: refuse`, a plan does not overwrite what was changed in Kit.",
    example: "kitform plan --overwrite-drift ok.community")
  package static let protect = Rule(
    "protect", .error, .conduct,
    summary: "A protected channel is neither deleted nor forgotten; unprotecting is a change of its own.",
    example: "protect: false")
  package static let recreate = Rule(
    "recreate", .error, .conduct,
    summary: "A managed channel that is gone from the account is created again only with --recreate.",
    example: "kitform apply --recreate ok.community")
  package static let updateLoss = Rule(
    "update.loss", .error, .conduct, summary: "An update deletes no value that the account has and does not show.",
    example: "kitform apply --accept-loss custom.partner-bot.salt")
  package static let applyFailed = Rule(
    "apply.failed", .error, .conduct, summary: "Kit takes every change of a plan.", example: "kitform plan")
  package static let applyUncertain = Rule(
    "apply.uncertain", .error, .conduct, summary: "The outcome of every change is known.",
    example: "kitform state resolve ok.community --uuid UUID")
  package static let applyNotAttempted = Rule(
    "apply.not-attempted", .warning, .conduct,
    summary: "Every change of a plan is attempted; deletions come after all other changes.",
    example: "kitform apply")
  package static let applyUnverified = Rule(
    "apply.unverified", .error, .conduct, summary: "A channel reads back as it was written.", example: "kitform plan")

  /// Every rule that a plan or an apply adds to those of the manifests, in the order of the reference.
  package static let planning: [Rule] = [
    adoptMissing, adoptAmbiguous, adoptKind, adoptBound, adoptTaken, movedManaged, movedProposed, removedProtected,
    channelExists, stateLost,
    channelChangedKind, accountStoredOtherwise, secretKeep, secretOtherKey, secretKey, guardsEmpty, guardsMaxDeletes,
    guardsMaxDeletePercent,
    guardsMaxUpdates, guardsDrift, protect, recreate, updateLoss, applyFailed, applyUncertain, applyNotAttempted,
    applyUnverified,
  ]
}

extension ChangeResult.ChangeEnding {
  /// The rule that a change with this verdict breaks; nil for one that is done.
  package var rule: Rule? {
    switch self {
    case .done: nil
    case .failed: .applyFailed
    case .uncertain: .applyUncertain
    case .notAttempted: .applyNotAttempted
    }
  }
}
