import AsyncHTTPTransport
import Basics
import KitProfile
import KitformEngine
package import Manifest
package import Provisioning
import Transport

/// What `doctor` looks with: each part is opened by itself, so that one that is missing hides nothing of the others.
package struct OpenParts {
  /// The parts that could not be opened, one check each.
  package let failures: [HealthCheck]
  /// The ids of those that could be opened and may not be used: a profile, secrets, hosts or files that only the
  /// repository wants.
  package let refusals: Set<String>
  /// The parts; an unused one replaces a missing one.
  package let access: Session.Access
  /// Report that account and channels are not asked, and why; empty where they can be.
  package let accountSkipped: [HealthCheck]
  /// The same for the state.
  package let stateSkipped: HealthCheck?

  package init(_ session: Session, _ configuration: Configuration, _ calls: CallSettings) {
    var failures: [HealthCheck] = []
    var refusals: Set<String> = []
    func open<Part>(_ id: String, _ part: () throws -> Part) -> Part? {
      do {
        return try part()
      } catch let failure as EngineFailure {
        if failure.outcome == .refused { refusals.insert(id) }
        failures.append(HealthCheck(id, .failed, failure.words.message, remedy: failure.words.remedy))
      } catch let failure as LocalFailure {
        failures.append(HealthCheck(id, .failed, failure.message, remedy: failure.remedy))
      } catch {
        failures.append(HealthCheck(id, .failed, SafeText.escape("\(error)")))
      }
      return nil
    }
    let profile = open("profile") { try session.allowedProfile(configuration) }
    let maySend: Void? = open("secrets.sent") { try session.checkSecrets(configuration) }
    let settings = open("surroundings") { try session.transportSettings(calls) }
    let origins = open("host") { try session.allowedOrigins(configuration) }
    let token = maySend == nil ? nil : open("credentials") { try session.accountToken(configuration) }
    let key = open("state.key") { try session.stateKey(configuration) }
    // A state elsewhere is reached over the same network.
    let isReachable = settings != nil || configuration.state.backend == .local
    let store = isReachable ? open("state") { try session.store(configuration, calls.connection) } : nil

    self.failures = failures
    self.refusals = refusals
    let nowhere = Origin(host: "localhost")
    access = Session.Access(
      profile: profile ?? .builtIn, origin: origins?.api ?? nowhere, messaging: origins?.messaging ?? nowhere,
      token: token ?? Secret(""), key: key ?? nil,
      comparesNoSecrets: key == nil || configuration.state.key == nil && token == nil,
      store: store ?? UnreachableStateStore(label: StatePlace(configuration.state).label),
      settings: settings ?? AsyncHTTPTransport.TransportSettings())
    func causes(_ ids: [String]) -> [String] { failures.map(\.id).filter(ids.contains) }
    func skipped(_ id: String, _ subject: String, without ids: [String]) -> HealthCheck? {
      let causes = causes(ids)
      guard !causes.isEmpty else { return nil }
      return HealthCheck(
        id, .skipped, "\(subject): see \(Words.list(causes))", remedy: Doctor.again)
    }
    let needed = ["profile", "surroundings", "host", "secrets.sent", "credentials"]
    accountSkipped =
      skipped("account", "the account was not asked", without: needed).map {
        [$0, Doctor.channelsSkipped(because: causes(needed))]
      } ?? []
    stateSkipped =
      isReachable
      ? skipped("state.lock", "the state was not read", without: ["state"])
      : skipped("state", "the state was not read", without: ["surroundings"])
  }
}
