/// Which secrets may be sent, and for what; it knows names alone, never a value.
///
/// The repository says which variable is sent where. So what others keep in the environment, the keys of a cloud or the
/// token of a pipeline, is never sent, and `KITFORM_SECRET_ENV` narrows the rest to the names that are meant to be.
package struct SecretPolicy: Sendable {
  /// The variable that lists the names, as globs.
  package static let variable = "KITFORM_SECRET_ENV"

  /// What a secret is sent for.
  package enum SecretPurpose: Sendable {
    /// A field of the channel API, a secret callback URL included.
    case channel
    /// `apiToken.value`: the login of a custom channel.
    case apiToken
    /// `account.token`.
    case account
    /// The password of an `http` state.
    case state
  }

  /// Why a secret is not sent.
  package enum SecretRefusal: Sendable, Equatable {
    /// A variable that tools of others keep their credentials in.
    case wellKnown
    /// `KITFORM_SECRET_ENV` is set and does not match the variable.
    case notListed
    /// A file that git, Kitform, the machine's own services or other tools keep.
    case foreignFile
    /// The account's own token, by its reference or its value.
    case accountToken
    /// The key of the state, or its former one, by its reference or its value.
    case stateKey
    /// A secret of a channel, which a state's server has no use for.
    case channelSecret
  }

  private let globs: [Substring]?

  /// - Parameter list: the content of `KITFORM_SECRET_ENV`: names, `*` and `?` in them for any characters and for one,
  ///   parted by commas, semicolons, colons or white space. Nil and nothing but separators narrow nothing.
  package init(list: String?) {
    let globs = (list ?? "").split { ",;:".contains($0) || $0.isWhitespace }
    self.globs = globs.isEmpty ? nil : globs
  }

  /// The places, counted from 1, of entries that no variable's name can match: they allow nothing, and a message should say
  /// so. An entry is not shown, because it may be a secret by mistake.
  package var idleEntries: [Int] {
    (globs ?? []).indices.filter { index in
      let name = (globs ?? [])[index].map { "*?".contains($0) ? "A" : $0 }
      return !SecretReference.isVariableName(String(name))
    }.map { $0 + 1 }
  }

  /// Whether `KITFORM_SECRET_ENV` narrows what may be sent.
  package var isNarrowed: Bool { globs != nil }

  /// Why what a reference names may not be sent, or nil where it may.
  package func refusal(of reference: SecretReference, for purpose: SecretPurpose) -> SecretRefusal? {
    switch reference {
    case .keep: return nil
    case .file(let path): return SecretPolicy.isForeign(path) ? .foreignFile : nil
    case .environment(let name), .fileNamedBy(let name):
      // By this name examples and guides have the account's token, whatever `account.token` of this branch says.
      if name.uppercased() == "KIT_API_TOKEN", purpose == .channel || purpose == .state { return .accountToken }
      if SecretPolicy.isWellKnown(name, for: purpose) { return .wellKnown }
      guard let globs else { return nil }
      return globs.contains { SecretPolicy.matches(name, $0) } ? nil : .notListed
    }
  }

  private static func matches(_ name: String, _ glob: Substring) -> Bool {
    Glob.matches(Array(name.unicodeScalars), Array(glob.unicodeScalars)[...], any: "*", one: "?")
  }

  // MARK: Credentials of others

  private static func isWellKnown(_ name: String, for purpose: SecretPurpose) -> Bool {
    // Some tools read their variables in either case.
    let name = name.uppercased()
    if purpose == .state, ownOfState.contains(where: { matches(name, $0) }) { return false }
    return (wellKnownByLetter[name.utf8.first] ?? []).contains { matches(name, $0) }
  }

  /// The patterns by their first letter, which none of them leaves open: a project may have a thousand names to check.
  private static let wellKnownByLetter = Dictionary(grouping: wellKnown) { $0.utf8.first }

  /// Variables that others keep credentials in, by who they are: clouds, forges, registries, machines, services, Kitform.
  private static let wellKnown: [Substring] =
    [
      "AWS_*", "AZURE_*", "ARM_*", "GOOGLE_*", "GCLOUD_*", "GCP_*", "CLOUDSDK_*", "DIGITALOCEAN_*", "HCLOUD_*",
      "CLOUDFLARE_*", "HEROKU_*", "ALICLOUD_*", "YC_*", "OS_PASSWORD", "OS_TOKEN",
      "GITHUB_TOKEN", "GITHUB_*_TOKEN", "GITHUB_PAT", "GITHUB_APP_*", "GH_*", "GHCR_*", "ACTIONS_*", "RUNNER_*TOKEN*",
      "CI_JOB_TOKEN", "CI_JOB_JWT*", "CI_BUILD_TOKEN", "CI_REGISTRY*", "CI_DEPENDENCY_PROXY_*", "CI_DEPLOY_*",
      "CI_REPOSITORY_URL", "CI_*_TOKEN", "CI_*_PASSWORD", "GITLAB_*TOKEN*", "GITLAB_PAT", "GL_TOKEN",
      "BITBUCKET_*TOKEN*", "BITBUCKET_*PASSWORD*", "CIRCLE_*TOKEN*", "SYSTEM_ACCESSTOKEN", "BUILDKITE_*TOKEN*",
      "GITEA_*", "FORGEJO_*", "ID_TOKEN", "ARTIFACTORY_*", "JFROG_*", "SCW_*", "DRONE_*", "WOODPECKER_*", "JENKINS_*",
      "TEAMCITY_*", "ATLANTIS_*", "RENOVATE_TOKEN",
      "NPM_*", "NODE_AUTH_TOKEN", "YARN_*", "PYPI_*", "TWINE_*", "PIP_*", "POETRY_*", "UV_*", "CARGO_*",
      "GEM_HOST_API_KEY", "BUNDLE_*", "NUGET_*", "MAVEN_*", "ORG_GRADLE_*", "GRADLE_*", "COMPOSER_AUTH",
      "DOCKER_*", "DOCKERHUB_*", "REGISTRY_*", "COSIGN_*", "KUBE*", "HELM_*",
      "SSH_*", "GPG_*", "GIT_*", "NETRC", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "FTP_PROXY",
      "VAULT_*", "CONSUL_*", "NOMAD_*", "BOUNDARY_*", "TF_*", "TFE_*", "PULUMI_*", "SOPS_*", "AGE_*", "OP_*",
      "DOPPLER_*", "INFISICAL_*", "SNYK_*", "SONAR_*", "CODECOV_*", "SENTRY_*", "DATADOG_*", "DD_API_KEY", "DD_APP_KEY",
      "OPENAI_*", "ANTHROPIC_*", "STRIPE_*", "PGPASSWORD", "PGPASSFILE", "POSTGRES_*", "MYSQL_*", "MONGO*_*",
      "DATABASE_URL", "REDIS_URL",
      "KITFORM_STATE_*", "KITFORM_FORMER_KEY", "KITFORM_NOTES_TOKEN",
    ]

  /// Of these the ones that are the password of a state by design: GitLab's managed state, and Terraform's variables.
  private static let ownOfState: [Substring] = [
    "CI_JOB_TOKEN", "GITLAB_*TOKEN*", "GITLAB_PAT", "GL_TOKEN", "CI_DEPLOY_*", "TF_*", "TFE_*", "KITFORM_STATE_*",
  ]

  /// Whether a path is a file of git's, Kitform's, the machine's own services', or one in which other tools keep credentials.
  ///
  /// A pipeline leaves such files in its workspace: the checkout's token in `.git/config`, the key file of a cloud login.
  /// Clouds and Kubernetes put theirs under `/var/run/secrets`, where the secrets of a container are by default. Works on
  /// bytes, as the system does: a combining mark behind a slash must not hide the slash.
  ///
  /// - Parameter asked: the path that led to this one; a name that both end in was checked with the path that was written.
  package static func isForeign(_ path: String, from asked: String? = nil) -> Bool {
    let parts = path.lowercased().utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    return parts.contains { foreignDirectories.contains($0) }
      || zip(parts, parts.dropFirst()).contains { outer, inner in
        foreignPairs.contains { $0.outer == outer && $0.inner == inner }
      }
      || parts.last.map { name in
        asked?.lowercased().utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } != name
          && foreignNames.contains { matches(name, $0) }
      } ?? false
  }

  private static let foreignDirectories: Set<String> = [
    ".git", ".kitform", ".ssh", ".gnupg", ".docker", ".aws", ".azure", ".kube", ".terraform.d", "kubernetes.io",
    "eks.amazonaws.com", "pods.eks.amazonaws.com", "gcp-ksa",
  ]

  private static let foreignPairs = [
    (outer: "azure", inner: "tokens"), (outer: ".config", inner: "gh"), (outer: ".config", inner: "gcloud"),
  ]

  private static let foreignNames: [Substring] = [
    ".netrc", ".git-credentials", ".npmrc", ".yarnrc*", ".pypirc", ".terraformrc", ".env*", "gha-creds-*.json", "*.pem",
    "*.key", "id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*",
  ]
}
