package import Documents
package import Manifest

/// Why a plan may not be applied: the rule, whom it concerns, and the way forward.
package struct Refusal: Sendable, Equatable {
  package var rule: Rule
  package var addresses: [Address]
  package var message: String
  package var remedy: String
  /// Lines of a manifest that answer the refusal, to be pasted; empty where there are none.
  package var paste: [String]

  package init(rule: Rule, addresses: [Address], message: String, remedy: String, paste: [String] = []) {
    self.rule = rule
    self.addresses = addresses
    self.message = message
    self.remedy = remedy
    self.paste = paste
  }
}
