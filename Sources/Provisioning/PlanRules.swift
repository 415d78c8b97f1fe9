import Documents
package import Manifest

extension Rule {
  // What a plan finds in the state and the account.
  package static let adoptMissing = Rule("adopt.missing", .error, .format, "The channel that `adopt` names exists.")
  package static let adoptAmbiguous = Rule(
    "adopt.ambiguous", .error, .format, "`adopt` names one channel of the account.")
  package static let adoptKind = Rule(
    "adopt.kind", .error, .format, "An adopted channel is of the kind of its address.")
  package static let adoptBound = Rule(
    "adopt.bound", .error, .format, "An address that is bound to one channel does not adopt another.")
  package static let adoptTaken = Rule("adopt.taken", .error, .format, "A channel is managed at one address.")
  package static let movedManaged = Rule(
    "moved.managed", .error, .format, "Of both addresses of a move, the state has one.")
  package static let movedProposed = Rule(
    "moved.proposed", .warning, .format,
    "A channel that is written at another address is moved there, not deleted and created.")
  package static let removedProtected = Rule(
    "removed.protected", .error, .format, "A protected channel is neither deleted nor forgotten.")
  package static let channelExists = Rule(
    "channel.exists", .error, .format, "A new channel does not take the name of one that Kitform does not manage.")
  package static let channelChangedKind = Rule(
    "channel.changedKind", .error, .format, "The account's channel is of the kind of the address that it is bound to.")
  package static let secretKeep = Rule("secret.keep", .error, .format, "{keep: true} stands for a value that Kit has.")
  package static let secretOtherKey = Rule(
    "secret.otherKey", .info, .format, "Fingerprints of secrets are compared under the key that made them.")
  package static let secretKey = Rule(
    "secret.key", .error, .format, "A key for comparing secrets can be derived from state.key or the account's token.")

  /// Every rule that a plan adds to those of the manifests, in the order of the reference.
  package static let planning: [Rule] = [
    adoptMissing, adoptAmbiguous, adoptKind, adoptBound, adoptTaken, movedManaged, movedProposed, removedProtected,
    channelExists,
    channelChangedKind, secretKeep, secretOtherKey, secretKey,
  ]
}

extension Diagnostic {
  /// A finding against a rule, with the rule's severity unless another is given.
  init(
    _ rule: Rule, _ severity: Severity? = nil, at place: SourcePlace?, _ message: String, why: String? = nil,
    suggestion: String? = nil, notes: [Note] = []
  ) {
    self.init(
      rule.id, severity ?? rule.severity, at: place, message, why: why, suggestion: suggestion, notes: notes)
  }
}
