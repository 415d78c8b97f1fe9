/// What keeps a state.
package enum StateBackend: String, Sendable, CaseIterable {
  case local, http, s3

  /// The settings that mean something to it, beside `backend`, `key` and `encrypt`.
  var settings: [String] {
    switch self {
    case .local: ["path"]
    case .http: ["address", "lockAddress", "unlockAddress", "updateMethod", "username", "password"]
    case .s3: ["bucket", "path", "region", "endpoint", "pathStyle"]
    }
  }

  /// The settings of which one at least differs between environments.
  var distinguishing: [String] {
    switch self {
    case .local: ["path"]
    case .http: ["address"]
    case .s3: ["path", "key", "bucket", "endpoint"]
    }
  }
}

/// The `state` section.
package struct StateSettings: Sendable {
  /// `local` where nothing is written.
  package var backend = StateBackend.local
  /// The texts among the backend's own settings by name, in the order of the grammar; an `s3` object's name is `path`.
  package var settings: [(name: String, value: Located<String>)] = []
  /// Whether a bucket is in the path; nil where that follows from the endpoint.
  package var pathStyle: Bool?
  /// The password of an `http` state.
  package var password: Located<SecretReference>?
  /// The key for fingerprints of secrets, and for encryption.
  package var key: Located<SecretReference>?
  /// Whether states and saved plans are encrypted.
  package var encrypts = false

  package init() {}

  /// A setting by its name.
  package subscript(name: String) -> Located<String>? { settings.first { $0.name == name }?.value }
}
