import Basics

/// The rules for settings of a state, for those of manifests and for those that a directory remembers.
extension StateSettings {
  /// The setting that no manifest could have, as a sentence; nil where there is none.
  ///
  /// Hosts and addresses are checked where they are used, also those that come from the environment.
  package var problem: String? {
    for (name, value) in settings {
      let text = value.value
      let problem: String? =
        switch (backend, name) {
        case (.local, "path"): ProjectPath.problem(text)
        case (.http, "updateMethod"): StateSettings.updateMethods.contains(text) ? nil : "is not a method of an update"
        case (.http, "username"): text.contains(":") ? "holds a colon" : nil
        case (.s3, "bucket"): StateSettings.isBucket(text) ? nil : "is not a bucket's name"
        case (.s3, "path"): StateSettings.isObject(text) ? nil : "is not the name of an object"
        case (.s3, "region"): StateSettings.isHostLabel(text) ? nil : "is not a region's name"
        default: backend.settings.contains(name) ? nil : "is not a setting of the backend `\(backend.rawValue)`"
        }
      if let problem { return "its `\(SafeText.shortened(name))` \(problem)" }
    }
    return nil
  }

  static let updateMethods = ["POST", "PUT", "PATCH"]

  static func isBucket(_ text: String) -> Bool {
    let isOuter: (UInt8) -> Bool = { (97...122).contains($0) || (48...57).contains($0) }
    return (3...63).contains(text.utf8.count) && text.utf8.first.map(isOuter) == true
      && text.utf8.last.map(isOuter) == true && !text.contains("..")
      && text.utf8.allSatisfy { isOuter($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
  }

  /// Whether a string is the name of an object in a store.
  static func isObject(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return text.utf8.count <= 900 && !parts.contains { ["", ".", ".."].contains(String(Substring($0))) }
  }

  /// Whether a string can be one part of a host's name; the region of the environment may have capitals.
  private static func isHostLabel(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      (97...122).contains(byte | 0x20) || (48...57).contains(byte) || [45, 95].contains(byte)
    }
  }

  /// What is wrong with a state's URL, as the end of a sentence that begins with "it".
  package static func problem(withAddress text: String) -> String? {
    let parts: URLParts
    do {
      parts = try URLParts(text)
    } catch {
      return error.description
    }
    if parts.scheme == "http", !HostClass.isLoopback(parts.host) { return Origin.OriginProblem.plainHTTP.description }
    if parts.userInfo != nil { return "holds a user name or password; they belong into `username` and `password`" }
    return parts.fragment == nil ? nil : "has a fragment, which no server sees"
  }
}
