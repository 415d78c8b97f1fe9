/// Why a secret cannot be compared with the fingerprint that the state has of it.
package enum FingerprintObstacle: Sendable, Hashable {
  /// The project has no `state.key`, and another token made it.
  case otherToken
  /// Neither the present `state.key` nor the token made it.
  case otherStateKey
  /// `state mv` of an earlier version of Kitform made it useless.
  case moved
  /// There is no key at hand.
  case noKey

  /// The cause, as the end of a sentence about one secret.
  package var words: String {
    switch self {
    case .otherToken: "its fingerprint was made under another key: another token, as the project has no `state.key`"
    case .otherStateKey: "its fingerprint was made under another key than the present `state.key`"
    case .moved: "its fingerprint was lost when an earlier Kitform moved it with `state mv`"
    case .noKey: "there is no key to compare it with"
    }
  }

  /// How to make the secret comparable again.
  package var remedy: String {
    let once = "one apply makes the fingerprints anew and sends no secret"
    let lost = "write `{keep: true}`, apply, and write the reference back: that sends the secret once"
    return switch self {
    case .otherToken:
      "add `state.key`, as `key: {env: KITFORM_STATE_KEY}`, and put the former token into KITFORM_FORMER_KEY: \(once); "
        + "where that token is lost, \(lost)"
    case .otherStateKey:
      "put the former value of `state.key`, or the token where there was no key, into KITFORM_FORMER_KEY: \(once); "
        + "where it is lost, \(lost)"
    case .moved: lost
    case .noKey: "provide the value of `state.key`, or of the account's token where there is none"
    }
  }
}

extension SecretFingerprint {
  /// The key's id in fingerprints that `state mv` of earlier versions left behind; nothing can be compared with them.
  package static let movedKey = "moved"
}

extension SecretFingerprinter {
  /// Why nothing can be compared with a fingerprint that no key at hand made.
  package func obstacle(_ known: SecretFingerprint) -> FingerprintObstacle {
    if known.key == SecretFingerprint.movedKey { return .moved }
    return switch origin {
    case .stateKey: .otherStateKey
    case .token: .otherToken
    }
  }
}
