import Basics
import Documents

extension FieldDecoder {
  /// Checks a callback URL; nil when it cannot be used.
  func callbackURL(_ scalar: ExpandedScalar, _ findings: inout Findings) -> String? {
    let example = "for example `https://bots.example.com/kit`"
    let text = scalar.text
    guard let url = try? URLParts(text) else {
      findings.report(
        .callbackForm, at: scalar.place, "`callbackURL` is not an absolute https URL",
        suggestion: scalar.blockHelp ?? MeantForm.callbackURL(text) ?? example, notes: scalar.notes)
      return nil
    }
    if url.userInfo != nil || url.fragment != nil {
      findings.report(
        .callbackForm, at: scalar.place, "`callbackURL` has \(url.userInfo != nil ? "user info" : "a fragment")",
        why: "Kit calls the address as it is written; a password in it would be visible to everyone",
        suggestion:
          "remove it; a secret path is a better key: `callbackURL: {env: NAME}` keeps it out of the repository",
        notes: scalar.notes)
      return nil
    }
    let host = url.hostClass
    if url.scheme == "http", host != .loopback {
      findings.report(
        .callbackHTTPS, at: scalar.place, "`callbackURL` is plain http",
        why: "the signature does not cover the body; only https keeps it from being changed on the way",
        suggestion: "write `https://`", notes: scalar.notes)
    } else if host != .name, host != .publicAddress, !allowsPrivateAddresses {
      findings.report(
        .callbackAddress, at: scalar.place, "`callbackURL` names \(host.words)",
        why: "Kit calls it from the internet", suggestion: "write a public host name", notes: scalar.notes)
    }
    return text
  }
}

extension HostClass {
  /// What a host is, in words for a message.
  fileprivate var words: String {
    switch self {
    case .name, .publicAddress: "a public host"
    case .loopback: "this machine itself"
    case .privateAddress: "a private address"
    case .linkLocal: "a link-local address"
    case .metadata: "a cloud's metadata service"
    case .unspecified: "the unspecified address"
    case .reserved: "a reserved address"
    case .digits: "a host of digits that is not four dotted decimals"
    case .malformed: "something that is not a host"
    }
  }
}
