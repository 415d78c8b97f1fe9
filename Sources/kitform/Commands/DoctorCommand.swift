import ArgumentParser
import AsyncHTTPTransport
import Basics
import Documents
import KitAPI
import KitMessaging
import KitformEngine
import Manifest
import Provisioning
import Transport
import Wiring

/// `kitform doctor`
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check everything that an apply needs: project, credentials, hosts, account, profile, state.",
    discussion:
      "One line for each check, with what to do about it. Nothing is changed; the state's lock is taken for a moment.",
    examples: [
      "kitform doctor",
      "kitform doctor --env production",
      "kitform doctor --sandbox --format json",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions

  @Flag(help: "Call the custom channels' callback URLs, as Kit does when it makes a channel.")
  var probe = false

  func run() async throws {
    try await Invocation("doctor", global).runSteps { invocation in
      let checks: [HealthCheck]
      var invalid = false
      var refusals: Set<String> = []
      do {
        checks = try await self.checks(invocation, &refusals)
      } catch is EarlyEnd {
        invalid = true
        let errors = invocation.diagnostics.filter { $0.severity == .error }.count
        checks = [
          HealthCheck(
            "project", .failed, "\(Words.count(errors, "error")); nothing else was checked",
            remedy: "correct what `kitform validate` finds"),
          Doctor.channelsSkipped(because: ["project"]),
        ]
      }
      let isHealthy = invocation.show(checks)
      if invalid { return .invalid }
      if isHealthy { return .done }
      // What may not be used is no fault of the account or the network.
      return checks.allSatisfy { $0.result != .failed || refusals.contains($0.id) } ? .refused : .failed
    }
  }

  private func checks(_ invocation: Invocation, _ refusals: inout Set<String>) async throws -> [HealthCheck] {
    let session = Session(invocation, isSandbox: sandbox.isSandbox)
    let configuration = try session.configuration()
    var checks = [project(session, configuration, invocation)]
    if let check = await git(invocation) { checks.append(check) }
    let first = FirstOutcome()
    var signatures: [Address: ProbeSignature] = [:]
    session.learnSecrets(configuration)
    let parts = sandbox.isSandbox ? nil : OpenParts(session, configuration, calls.settings)
    checks += parts?.failures ?? []
    refusals = parts?.refusals ?? []
    if let check = session.secretsCheck(configuration) { checks.append(check) }
    do {
      let look = { (engine: Engine) async throws -> [HealthCheck] in
        invocation.account = engine.binding
        let doctor = Doctor(engine, first: first)
        if probe, parts?.failures.isEmpty ?? true { signatures = await self.signatures(engine, invocation.known) }
        var checks = [doctor.secrets()]
        if let skipped = parts?.accountSkipped, !skipped.isEmpty {
          checks += skipped
        } else {
          checks += await doctor.account(now: Surroundings.seconds)
        }
        if let skipped = parts?.stateSkipped {
          checks.append(skipped)
        } else {
          let reads = checks.contains { $0.id == "channels" && ($0.result == .ok || $0.result == .warning) }
          // The lock is taken for a moment, and must be given back.
          checks += try await invocation.stoppable { stop in
            let checks = await doctor.state(invocation.surroundings.lockInformation("doctor"), mayAsk: reads)
            try stop.check()
            return checks
          }
        }
        return checks
      }
      if let parts {
        checks += try await session.connect(
          configuration, parts.access, calls: calls.settings, first: first
        ) { engine, _ in try await look(engine) }
      } else {
        checks += try await session.withEngine(
          configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile, first: first, look)
      }
    } catch EngineFailure.stopped(let reason) where reason != .timeIsUp {
      throw EngineFailure.stopped(reason)
    } catch let failure as EngineFailure {
      checks.append(HealthCheck("account", .failed, failure.words.message, remedy: failure.words.remedy))
      checks.append(Doctor.channelsSkipped(because: ["account"]))
    } catch let failure as LocalFailure {
      checks.append(HealthCheck("surroundings", .failed, failure.message, remedy: failure.remedy))
      checks.append(Doctor.channelsSkipped(because: ["surroundings"]))
    }
    guard !refusals.contains("secrets.sent") else {
      return checks + [
        HealthCheck("callback", .skipped, "not called: see the check `secrets.sent`", remedy: Doctor.again)
      ]
    }
    return checks + (await callbacks(session, configuration, signatures))
  }

  /// Whether git names the checked-out commit; nil outside of a repository.
  private func git(_ invocation: Invocation) async -> HealthCheck? {
    let checkout = await invocation.repository.checkout()
    if let finding = checkout.finding {
      return HealthCheck("git", .warning, finding.message, remedy: finding.suggestion)
    }
    return checkout.commit.map { HealthCheck("git", .ok, "commit \($0.prefix(12))") }
  }

  private func project(_ session: Session, _ configuration: Configuration, _ invocation: Invocation) -> HealthCheck {
    let warnings = invocation.diagnostics.filter { $0.severity == .warning }.count
    let words =
      "\(Words.count(configuration.records.count, "channel")) in \(Words.count(session.loaded.project.documents.count, "file")), no errors"
    guard warnings > 0 else { return HealthCheck("project", .ok, words) }
    return HealthCheck(
      "project", .warning, "\(words), \(Words.count(warnings, "warning"))", remedy: "they are shown in full below")
  }

  /// The signature of a channel's test request, and the channel of the account that Kit would send it for.
  private struct ProbeSignature {
    var text: String
    var channel: RemoteChannel

    /// The target with the signature, where the account has its URL; a URL that only the manifest has may be a stranger's.
    func applied(to target: CallbackProbe) -> CallbackProbe {
      target.isKnown(to: channel)
        ? target.signed(text)
        : target.unsigned(because: "the account has another callback URL for the channel")
    }
  }

  /// What Kit signs its test request with, for each applied custom channel whose salt and token are known.
  private func signatures(_ engine: Engine, _ known: KnownSecrets) async -> [Address: ProbeSignature] {
    guard let state = try? await engine.readState(), let salts = try? await engine.remote.salts(),
      let channels = try? await engine.remote.channels()
    else { return [:] }
    for salt in salts.values { salt.reveal { known.insert($0) } }
    var signatures: [Address: ProbeSignature] = [:]
    for record in engine.configuration.records where record.address.kind == "custom" {
      guard let entry = state.channels.first(where: { $0.address == record.address }), let salt = salts[entry.uuid],
        let channel = channels.first(where: { $0.uuid == entry.uuid }),
        let token = try? ChannelAtRunTime(record, uuid: entry.uuid).token(engine.secrets)
      else { continue }
      signatures[record.address] = ProbeSignature(
        text: Signature(salt: salt.reveal { $0 }, token: token.reveal { $0 }).testRequest(), channel: channel)
    }
    return signatures
  }

  /// The callbacks of the custom channels, called concurrently where `--probe` is given.
  private func callbacks(
    _ session: Session, _ configuration: Configuration, _ signatures: [Address: ProbeSignature]
  ) async -> [HealthCheck] {
    let targets = CallbackProbe.of(configuration, session.secrets).map { target in
      signatures[target.address]?.applied(to: target) ?? target
    }
    guard !targets.isEmpty else { return [] }
    guard probe else {
      return [
        HealthCheck("callback", .skipped, Words.count(targets.count, "callback URL"), remedy: "--probe calls them")
      ]
    }
    guard var settings = try? session.transportSettings(calls.settings) else {
      return [
        HealthCheck(
          "callback", .skipped, "not called: see the check `surroundings`", remedy: Doctor.again)
      ]
    }
    settings.requestTimeout = min(settings.requestTimeout, .seconds(10))
    return await AsyncHTTPTransport.withTransport(settings) { transport in
      await withTaskGroup(of: (Int, HealthCheck).self) { group in
        for (index, target) in targets.enumerated() {
          group.addTask { (index, await Doctor.probe(target, through: transport)) }
        }
        var checks: [(Int, HealthCheck)] = []
        for await check in group { checks.append(check) }
        return checks.sorted { $0.0 < $1.0 }.map(\.1)
      }
    }
  }
}
