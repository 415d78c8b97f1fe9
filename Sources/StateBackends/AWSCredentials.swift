package import Manifest

/// Keys for an S3-compatible store, from where other tools look for them.
///
/// `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` (with `AWS_SESSION_TOKEN`) come first, then the profile of `AWS_PROFILE`,
/// or `default`, in the files of `AWS_SHARED_CREDENTIALS_FILE` and `AWS_CONFIG_FILE`.
package struct AWSCredentials: Sendable {
  package var accessKey: String
  package var secretKey: Secret
  package var sessionToken: Secret?

  package init(accessKey: String, secretKey: Secret, sessionToken: Secret? = nil) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
  }

  /// Why there are no keys, as one sentence; it quotes no value.
  package struct Problem: Error, Sendable, Equatable {
    package var words: String
  }

  /// The most that a file of keys may hold, in bytes.
  private static let fileLimit = 1 << 20

  /// Finds the keys, and the profile's region where it has one.
  package static func find(
    environment: [String: String], files: any SecretFiles
  ) throws(Problem) -> (credentials: AWSCredentials, region: String?) {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let home = variable("HOME") ?? "/"
    let named = variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE")
    let profile = named ?? "default"
    let shared = try read(
      variable("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials",
      isNamed: variable("AWS_SHARED_CREDENTIALS_FILE") != nil, files)
    let config = try read(
      variable("AWS_CONFIG_FILE") ?? "\(home)/.aws/config", isNamed: variable("AWS_CONFIG_FILE") != nil, files)
    let values = config.section(profile == "default" ? profile : "profile \(profile)")
      .merging(shared.section(profile)) { $1 }
    let region = values["region"]
    if let accessKey = variable("AWS_ACCESS_KEY_ID"), let secretKey = variable("AWS_SECRET_ACCESS_KEY") {
      let token = variable("AWS_SESSION_TOKEN").map { Secret($0) }
      return (AWSCredentials(accessKey: accessKey, secretKey: Secret(secretKey), sessionToken: token), region)
    }
    if let accessKey = values["aws_access_key_id"], let secretKey = values["aws_secret_access_key"] {
      let token = values["aws_session_token"].map { Secret($0) }
      return (AWSCredentials(accessKey: accessKey, secretKey: Secret(secretKey), sessionToken: token), region)
    }
    let other = ["role_arn", "sso_session", "sso_start_url", "credential_process", "web_identity_token_file"]
      .first { values[$0] != nil }
    if let other {
      throw Problem(
        words:
          "the profile `\(profile)` gets its keys by `\(other)`, which Kitform does not do: put the keys into the environment, for example with `aws configure export-credentials --format env`"
      )
    }
    throw Problem(
      words: named == nil
        ? "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set, and there is no profile `default` with keys"
        : "no file of keys has a profile `\(profile)` with keys")
  }

  private static func read(
    _ path: String, isNamed: Bool, _ files: any SecretFiles
  ) throws(Problem) -> INIFile {
    do throws(SecretFileFailure) {
      return INIFile(try files.read(path, limit: fileLimit, inside: nil))
    } catch {
      guard isNamed else { return INIFile([]) }
      throw Problem(words: "the file of keys \(path) cannot be read")
    }
  }
}

/// Sections with `name = value` lines; `#` and `;` begin comments.
struct INIFile {
  private var sections: [String: [String: String]] = [:]

  init(_ bytes: [UInt8]) {
    var section = ""
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let text = INIFile.trimmed(line)
      if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { continue }
      if text.hasPrefix("["), let close = text.firstIndex(of: "]") {
        let words = text[text.index(after: text.startIndex)..<close].split(whereSeparator: \.isWhitespace)
        section = words.joined(separator: " ")
      } else if let equals = text.firstIndex(of: "=") {
        // An indented line belongs to a nested setting, which means nothing here.
        guard line.first?.isWhitespace == false else { continue }
        sections[section, default: [:]][INIFile.trimmed(text[..<equals])] = INIFile.trimmed(
          text[text.index(after: equals)...])
      }
    }
  }

  /// The values of a section that are not empty.
  func section(_ name: String) -> [String: String] { (sections[name] ?? [:]).filter { !$0.value.isEmpty } }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var text = Substring(text)
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
