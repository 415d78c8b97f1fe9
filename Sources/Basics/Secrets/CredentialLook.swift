/// What a credential looks like, and what names credentials have: for texts whose meaning is not known for certain.
package enum CredentialLook {
  /// Whether a name is one of those that credentials have.
  package static func isName(_ name: String) -> Bool {
    let name = name.lowercased()
    return ["token", "secret", "passw", "passphrase", "credential", "apikey", "api_key", "api-key", "salt", "bearer"]
      .contains { name.contains($0) } || name.hasSuffix("key")
  }

  /// Whether a string has a long word in which letters and digits, or both cases, are mixed, as tokens have.
  package static func isValue(_ text: String) -> Bool {
    // A digest of ours, an address and a path are made of words.
    guard !text.hasPrefix("kf1-") else { return false }
    return text.split(whereSeparator: { !($0.isLetter || $0.isNumber) }).contains { word in
      let scalars = word.unicodeScalars
      guard scalars.count >= 10 else { return false }
      let digits = scalars.count { $0.properties.numericType != nil }
      var changes = 0
      for (one, next) in zip(scalars, scalars.dropFirst()) {
        if one.properties.isLowercase, next.properties.isUppercase { changes += 1 }
      }
      return (digits > 0 && digits < scalars.count) || changes >= 3 || scalars.count >= 32
    }
  }
}
