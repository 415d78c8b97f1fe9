import Basics
import Documents
import KitAPI
import KitSandbox
package import KitformEngine
package import Manifest
import Provisioning
import StateBackends
import Transport

extension Session {
  /// An engine for an account in a file: no call leaves the process, and no credential is needed.
  ///
  /// Secrets that resolve are compared where the fingerprints' key is at hand too; all others are not.
  package func recordedEngine(_ configuration: Configuration, file path: String) throws -> Engine {
    try requireOwnFiles(configuration)
    let contents = try recorded(at: path)
    let name = configuration.account.name?.value ?? ""
    guard contents.account.name == name else {
      throw UsageFailure(
        message:
          "\(SafeText.escape(path)) records the account `\(SafeText.escape(contents.account.name))`, but `account.name` is `\(SafeText.escape(name))`",
        remedy: "choose the record of this account, or the right --env")
    }
    var generator = SystemRandomNumberGenerator()
    let token = "recorded-\(generator.next())"
    var account = contents.account
    // What the file says of features and balance was true when it was recorded; reading it is always possible.
    account.contactCentre = true
    account.functionsEnabled = true
    var reader = APIToken(id: account.makeID(), name: "", hash: SaltedHash(token, using: &generator))
    reader.isUnlisted = true
    account.apiTokens.append(reader)
    let profile = try profile(configuration)
    let clock = ContinuousClock()
    let caller = Caller(
      transport: SandboxTransport(Sandbox(account: account, profile: profile)),
      limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(), clock: clock,
      now: Surroundings.seconds)
    let secrets = realSecrets
    let binding = State.AccountBinding(
      host: configuration.account.effectiveAPIHost.flatMap { try? Origin(written: $0) }.map {
        $0.host + ($0.port.map { ":\($0)" } ?? "")
      } ?? "", name: name, isSandbox: false)
    func value(_ reference: Located<SecretReference>?) -> Secret? {
      reference.flatMap { reference in (try? secrets.resolve(reference.value)).flatMap { $0 } }
    }
    let key = value(configuration.state.key)
    let accountToken = value(configuration.account.token)
    // Without the value of a key that the manifests name, nothing may be compared under the token.
    let comparesSecrets = configuration.state.key == nil || key != nil
    return Engine(
      loaded: loaded, configuration: configuration,
      remote: KitRemote(
        profile: profile, kinds: loaded.project.kinds, account: name,
        origin: Origin(scheme: "http", host: "127.0.0.1"), token: Secret(token), caller: caller),
      store: LocalStateStore(disk: PosixDisk(), path: statePath(configuration)), binding: binding, secrets: secrets,
      fingerprinter: comparesSecrets ? try fingerprinter(key: key, token: accountToken, binding) : nil)
  }

  private func recorded(at path: String) throws -> AccountFile.Contents {
    let bytes: [UInt8]?
    do throws(DiskFailure) { bytes = try PosixDisk().read(path) } catch {
      throw LocalFailure(message: SafeText.escape(error.words), remedy: nil)
    }
    guard let bytes else {
      throw LocalFailure(
        message: "there is no account file \(SafeText.escape(path))",
        remedy: "correct --account-file; `kitform sandbox --file` writes and reads files of this form")
    }
    return try Session.account(SourceFile(path: path, bytes: bytes), run)
  }
}
