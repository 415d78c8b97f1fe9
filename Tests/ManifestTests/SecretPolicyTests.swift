import Manifest
import Testing

/// Which secrets may be sent, by their names.
@Suite struct SecretPolicyTests {
  private let open = SecretPolicy(list: nil)

  private func refusal(
    _ name: String, _ purpose: SecretPolicy.SecretPurpose = .channel, _ policy: SecretPolicy? = nil
  ) -> SecretPolicy.SecretRefusal? {
    let policy = policy ?? open
    let named = policy.refusal(of: .fileNamedBy(name), for: purpose)
    let direct = policy.refusal(of: .environment(name), for: purpose)
    #expect(named == direct, "\(name): a variable that names a file is judged as one that holds the secret")
    return direct
  }

  /// Credentials of clouds, forges, registries and tools.
  @Test(arguments: [
    "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET",
    "GOOGLE_APPLICATION_CREDENTIALS", "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "CI_REGISTRY_PASSWORD", "CI_JOB_JWT_V2", "CI_REPOSITORY_URL", "CI_BUILD_TOKEN",
    "GITLAB_ACCESS_TOKEN", "CI_DEPLOY_PASSWORD", "NPM_TOKEN", "NODE_AUTH_TOKEN", "SSH_PRIVATE_KEY", "SSH_AUTH_SOCK",
    "KUBECONFIG", "DOCKER_AUTH_CONFIG", "VAULT_TOKEN", "HTTPS_PROXY", "https_proxy", "KITFORM_STATE_KEY",
    "KITFORM_FORMER_KEY", "KITFORM_NOTES_TOKEN", "aws_secret_access_key",
  ])
  func `a credential of others is never sent to a channel, nor as the account's token`(_ name: String) {
    #expect(refusal(name) == .wellKnown)
    #expect(refusal(name, .apiToken) == .wellKnown)
    #expect(refusal(name, .account) == .wellKnown)
  }

  @Test func `the usual variable of the account's token is sent to the account alone`() {
    #expect(refusal("KIT_API_TOKEN", .account) == nil && refusal("KIT_API_TOKEN", .apiToken) == nil)
    #expect(refusal("KIT_API_TOKEN") == .accountToken && refusal("KIT_API_TOKEN", .state) == .accountToken)
  }

  @Test func `a forge's own token is the password of a state, and nothing else`() {
    for name in ["CI_JOB_TOKEN", "GITLAB_STATE_TOKEN", "TF_HTTP_PASSWORD"] {
      #expect(refusal(name, .state) == nil, "\(name)")
      #expect(refusal(name) == .wellKnown, "\(name)")
    }
    for name in ["AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "NPM_TOKEN", "KITFORM_FORMER_KEY"] {
      #expect(refusal(name, .state) == .wellKnown, "\(name)")
    }
  }

  @Test func `names of one's own are sent while nothing narrows them`() {
    for name in [
      "OK_COMMUNITY_TOKEN", "PARTNER_API_TOKEN", "T", "BOTS_API_TOKEN", "GROUP_TOKEN_1",
      "PARTNER_CALLBACK_URL", "CITY_TOKEN", "GHOST_TOKEN",
    ] {
      #expect(refusal(name) == nil, "\(name)")
    }
    #expect(open.refusal(of: .keep, for: .channel) == nil)
    #expect(!open.isNarrowed && !SecretPolicy(list: " , ").isNarrowed)
  }

  @Test(arguments: ["KIT_API_TOKEN OK_*", "KIT_API_TOKEN,OK_*", "KIT_API_TOKEN:OK_*", " KIT_API_TOKEN;\n OK_* "])
  func `the list narrows every variable to the names that match`(_ list: String) {
    let policy = SecretPolicy(list: list)
    #expect(policy.isNarrowed)
    #expect(refusal("KIT_API_TOKEN", .account, policy) == nil)
    #expect(refusal("OK_1", .channel, policy) == nil)
    for name in ["OKAY", "KIT_API_TOKEN_2", "XOK_1", "ok_1", "OTHER"] {
      #expect(refusal(name, .channel, policy) == .notListed, "\(name)")
      #expect(refusal(name, .state, policy) == .notListed, "\(name)")
    }
    #expect(policy.refusal(of: .file("token.txt"), for: .channel) == nil, "directories say which files may be sent")
  }

  @Test func `a list widens nothing`() {
    let policy = SecretPolicy(list: "*")
    #expect(refusal("AWS_SECRET_ACCESS_KEY", .channel, policy) == .wellKnown)
    #expect(refusal("OK_1", .channel, policy) == nil)
    #expect(refusal("OK_1", .channel, SecretPolicy(list: "OK_?")) == nil)
    #expect(refusal("OK_12", .channel, SecretPolicy(list: "OK_?")) == .notListed)
  }

  @Test func `files that git, Kitform or a service account keeps are never sent`() {
    for path in [
      ".git/config", "./.git/credentials", "a/../.GIT/x", ".kitform/default/state.json",
      "/var/run/secrets/kubernetes.io/serviceaccount/token", "/run/secrets/eks.amazonaws.com/serviceaccount/token",
      "../../var/run/secrets/azure/tokens/azure-identity-token", "home/.netrc", ".git-credentials",
      ".npmrc", "a/.env", ".env.production", ".docker/config.json", ".aws/credentials", ".kube/config",
      ".config/gh/hosts.yml", "gha-creds-0f3a.json", "tls/server.pem", "tls/server.KEY", "id_rsa", "id_ed25519.pub",
      ".git/\u{301}x",
    ] {
      #expect(open.refusal(of: .file(path), for: .channel) == .foreignFile, "\(path)")
    }
    #expect(!SecretPolicy.isForeign("/p/state.key", from: "/p/state.key"))
    #expect(SecretPolicy.isForeign("/p/state.key", from: "/p/innocent"))
    for path in [
      "token.txt", "secrets/ok", "/run/secrets/ok", "azure/ok-token", "git/x", "env", "config/gh", "key", "a.keys",
    ] {
      #expect(open.refusal(of: .file(path), for: .channel) == nil, "\(path)")
    }
  }
}
