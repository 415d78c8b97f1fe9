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
  package struct CredentialsProblem: Error, Sendable, Equatable {
    package var words: String
  }

  /// The most that a file of keys may hold, in bytes.
  private static let fileLimit = 1 << 20

  /// Variables that name another source of keys, with what that is: each needs calls to hosts that no manifest names.
  private static let otherSources: [(variable: String, words: String)] = [
    ("AWS_WEB_IDENTITY_TOKEN_FILE", "a web identity, as in Kubernetes and in pipelines with OpenID Connect"),
    ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "a container's credentials, as on ECS and CodeBuild"),
    ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "a container's credentials, as with EKS Pod Identity"),
    ("AWS_ROLE_ARN", "a role"),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "the role of a machine, as on EC2"),
  ]

  /// Settings of a profile that name another source of keys.
  private static let otherSettings = [
    "role_arn", "sso_session", "sso_start_url", "credential_process", "credential_source", "web_identity_token_file",
    "login_session",
  ]

  /// How keys of any other source get into the environment.
  private static let exported =
    "put the keys into the environment before it runs, for example with `eval \"$(aws configure export-credentials --format env)\"`"

  /// Finds the keys, and the profile's region where it has one.
  ///
  /// A file that cannot be read counts as an empty one where the keys are found without it.
  package static func find(
    environment: [String: String], files: any SecretFiles
  ) throws(CredentialsProblem) -> (credentials: AWSCredentials, region: String?) {
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let variables = SecretResolver(environment: environment, projectDirectory: "/", files: files)
    func secret(_ name: String) throws(CredentialsProblem) -> Secret? {
      guard variable(name) != nil else { return nil }
      do throws(SecretFailure) { return try variables.resolve(.environment(name)) } catch {
        throw CredentialsProblem(words: error.words)
      }
    }
    let home = variable("HOME") ?? "/"
    let named = variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE")
    let profile = named ?? "default"
    let shared = read(variable("AWS_SHARED_CREDENTIALS_FILE"), else: "\(home)/.aws/credentials", files)
    let config = read(variable("AWS_CONFIG_FILE"), else: "\(home)/.aws/config", files)
    // In the file of settings the default profile goes by either name.
    let settings = (profile == "default" ? config.file.section(profile) : [:])
      .merging(config.file.section("profile \(profile)")) { $1 }
    let values = settings.merging(shared.file.section(profile)) { $1 }
    let region = values["region"]
    switch (try secret("AWS_ACCESS_KEY_ID"), try secret("AWS_SECRET_ACCESS_KEY")) {
    case (let accessKey?, let secretKey?):
      let token = try secret("AWS_SESSION_TOKEN")
      return (
        AWSCredentials(accessKey: accessKey.reveal { $0 }, secretKey: secretKey, sessionToken: token), region
      )
    case (_?, nil): throw CredentialsProblem(words: "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
    // Without the id, no key is named: the profile's keys are used, as other tools do.
    case (nil, _): break
    }
    if let accessKey = values["aws_access_key_id"], let secretKey = values["aws_secret_access_key"] {
      let token = values["aws_session_token"].map { Secret($0) }
      return (AWSCredentials(accessKey: accessKey, secretKey: Secret(secretKey), sessionToken: token), region)
    }
    let others =
      otherSources.filter { variable($0.variable) != nil }
      .map { "\($0.variable) is set, so that the keys would come from \($0.words)" }
      + otherSettings.filter { values[$0] != nil }.map { "the profile `\(profile)` gets its keys by `\($0)`" }
    let problem = shared.problem ?? config.problem
    guard others.isEmpty else {
      let seen = ([problem?.words].compactMap(\.self) + others).joined(separator: "; ")
      throw CredentialsProblem(words: "\(seen), which Kitform does not do: \(exported)")
    }
    if let problem { throw problem }
    let files = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"].compactMap { name in
      variable(name).map { "\($0) (\(name))" }
    }
    let places = files.isEmpty ? "" : " in \(files.joined(separator: " and "))"
    throw CredentialsProblem(
      words: named == nil
        ? "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set, and there is no profile `default` with keys\(places); a machine's own role (EC2 metadata) is not asked: \(exported)"
        : "no file of keys has a profile `\(profile)` with keys\(places)")
  }

  /// Reads a file of keys; that one which a variable names cannot be read is a problem, should the keys be looked for in vain.
  private static func read(
    _ named: String?, else usual: String, _ files: any SecretFiles
  ) -> (file: INIFile, problem: CredentialsProblem?) {
    let path = named ?? usual
    do throws(SecretFileFailure) {
      return (INIFile(try files.read(path, limit: fileLimit, inside: nil)), nil)
    } catch {
      return (INIFile([]), named.map { CredentialsProblem(words: "the file of keys \($0) cannot be read") })
    }
  }
}

/// Sections with `name = value` lines; `#` and `;` begin comments, and a byte order mark counts for nothing.
struct INIFile {
  private var sections: [String: [String: String]] = [:]

  init(_ bytes: [UInt8]) {
    var section = ""
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    for line in String(decoding: bytes[start...], as: UTF8.self).split(whereSeparator: \.isNewline) {
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
