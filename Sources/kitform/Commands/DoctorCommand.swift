import ArgumentParser
import AsyncHTTPTransport
import Documents
import KitformEngine
import Manifest
import Provisioning
import Transport

/// `kitform doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at everything that an apply relies on: project, credentials, hosts, account, profile, state.",
    discussion:
      "One line for each check, with what to do about it. Nothing is changed; the state's lock is taken for a moment.")

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions

  @Flag(help: "Call the custom channels' callback URLs, as Kit does when it makes a channel.")
  var probe = false

  func run() async throws {
    try await Invocation("doctor", global).run { invocation in
      let checks: [HealthCheck]
      var invalid = false
      do {
        checks = try await self.checks(invocation)
      } catch is Invocation.Ended {
        invalid = true
        let errors = invocation.diagnostics.filter { $0.severity == .error }.count
        checks = [
          HealthCheck(
            "project", .failed, "\(Words.count(errors, "error")); nothing else was looked at",
            remedy: "correct what `kitform validate` finds")
        ]
      }
      let isHealthy = invocation.show(checks)
      if invalid { return .invalid }
      return isHealthy ? .done : .failed
    }
  }

  private func checks(_ invocation: Invocation) async throws -> [HealthCheck] {
    let session = Session(invocation, isSandbox: sandbox.isSandbox)
    let configuration = try session.configuration()
    var checks = [project(session, configuration, invocation)]
    let first = FirstOutcome()
    do {
      checks += try await session.withEngine(
        configuration, calls: calls, sandboxFile: sandbox.sandboxFile, first: first
      ) { engine in
        invocation.account = engine.binding
        let doctor = Doctor(engine, first: first)
        return [doctor.secrets()] + (await doctor.account(now: Surroundings.seconds))
          + (await doctor.state(invocation.surroundings.lockInformation("doctor")))
      }
    } catch let failure as EngineFailure {
      checks.append(
        HealthCheck(DoctorCommand.id(failure), .failed, failure.words.message, remedy: failure.words.remedy))
    } catch let failure as LocalFailure {
      checks.append(HealthCheck("surroundings", .failed, failure.message, remedy: failure.remedy))
    }
    return checks + (try await callbacks(session, configuration))
  }

  private func project(_ session: Session, _ configuration: Configuration, _ invocation: Invocation) -> HealthCheck {
    let warnings = invocation.diagnostics.filter { $0.severity == .warning }.count
    let words =
      "\(Words.count(configuration.records.count, "channel")) in \(Words.count(session.loaded.project.documents.count, "file")), no errors"
    guard warnings > 0 else { return HealthCheck("project", .ok, words) }
    return HealthCheck(
      "project", .warning, "\(words), \(Words.count(warnings, "warning"))", remedy: "they are shown in full below")
  }

  /// Which check a failure before the first call belongs to.
  private static func id(_ failure: EngineFailure) -> String {
    switch failure {
    case .credential: "credentials"
    case .host: "host"
    case .profile: "profile"
    case .state: "state"
    default: "account"
    }
  }

  /// The callbacks of the custom channels, asked where `--probe` is given.
  private func callbacks(_ session: Session, _ configuration: Configuration) async throws -> [HealthCheck] {
    let targets = CallbackTarget.of(configuration, session.secrets)
    guard !targets.isEmpty else { return [] }
    guard probe else {
      return [
        HealthCheck("callback", .skipped, Words.count(targets.count, "callback URL"), remedy: "--probe calls them")
      ]
    }
    var settings = try session.transportSettings(calls.connection, parallelism: calls.parallelism)
    settings.requestTimeout = min(settings.requestTimeout, .seconds(10))
    return await AsyncHTTPTransport.withTransport(settings) { transport in
      var checks: [HealthCheck] = []
      for target in targets {
        guard let request = target.request else {
          checks.append(
            HealthCheck(
              "callback", .skipped, target.problem ?? "", remedy: "see the check `secrets`", address: target.address))
          continue
        }
        checks.append(await Doctor.probe(target.address, request, shown: target.shown, through: transport))
      }
      return checks
    }
  }
}
