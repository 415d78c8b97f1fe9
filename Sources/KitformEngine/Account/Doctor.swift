import Basics
import KitAPI
import KitProfile
import Manifest
package import Provisioning
package import Transport

/// Looks at everything that an apply relies on, one check each, and changes nothing.
package struct Doctor: Sendable {
  private let engine: Engine
  /// What the network said first, for the checks of host, TLS and clock.
  private let first: FirstOutcome

  package init(_ engine: Engine, first: FirstOutcome) {
    self.engine = engine
    self.first = first
  }

  /// Asks the account, and says how host, certificate, clock, token, account and the profile's methods that read are.
  ///
  /// - Parameter now: seconds since 1970.
  package func account(now: @Sendable () -> Int) async -> [HealthCheck] {
    let information: Result<AccountInformation, RemoteFailure>
    do throws(RemoteFailure) { information = .success(try await engine.remote.account()) } catch {
      information = .failure(error)
    }
    let time = now()
    if let outcome = first.value, case .failure(let failure) = outcome {
      let check = unreached(failure, information)
      return [check, Doctor.channelsSkipped(because: [check.id])]
    }
    var checks = [
      HealthCheck("host", .ok, "\(engine.binding.host) answers"),
      engine.remote.isEncrypted
        ? HealthCheck("tls", .ok, "the certificate is trusted")
        : HealthCheck("tls", .skipped, "plain http, which loopback alone may have"),
      clock(at: time),
    ]
    checks += identity(information)
    // A role that may not read the account may read its channels all the same.
    guard checks.allSatisfy({ $0.result != .failed }) || information.isForbidden else {
      if case .failure(let failure) = information, failure.status == 401 { return checks + [channelsFailed(failure)] }
      return checks + [Doctor.channelsSkipped(because: checks.filter { $0.result == .failed }.map(\.id))]
    }
    checks.append(profileStatus)
    checks.append(await channels())
    checks += await objects()
    return checks
  }

  private func unreached(_ failure: TransportFailure, _ information: Result<AccountInformation, RemoteFailure>)
    -> HealthCheck
  {
    let id =
      switch failure {
      case .notSent(.certificate), .notSent(.tls): "tls"
      default: "host"
      }
    guard case .failure(let words) = information else {
      return HealthCheck(id, .warning, "\(engine.binding.host) did not answer at once", remedy: "look at the network")
    }
    return HealthCheck(id, .failed, words.message, remedy: words.remedy)
  }

  /// How far this machine's clock is from the server's; signed requests of a state backend fail from some minutes on.
  private func clock(at now: Int) -> HealthCheck {
    guard case .success(let response)? = first.value, let date = response.header("Date").flatMap(HTTPDate.seconds)
    else { return HealthCheck("clock", .skipped, "the server does not say what time it is") }
    let difference = now - date
    guard abs(difference) > 60 else { return HealthCheck("clock", .ok, "within a minute of the server's") }
    return HealthCheck(
      "clock", .warning,
      "\(TimeSpan.text(abs(difference))) \(difference > 0 ? "ahead of" : "behind") the server's",
      remedy: "correct this machine's clock: certificates and signed requests depend on it")
  }

  /// Whose token it is, and what the account has switched on.
  private func identity(_ information: Result<AccountInformation, RemoteFailure>) -> [HealthCheck] {
    switch information {
    case .failure(let failure) where failure.status == 401 || failure.status == 403:
      return [HealthCheck("credentials", .failed, failure.message, remedy: failure.remedy)]
    case .failure(let failure):
      let isMissing = failure.status == 404 || failure.status == nil && !engine.remote.canReadAccount
      return [HealthCheck("account", isMissing ? .warning : .failed, failure.message, remedy: failure.remedy)]
    case .success(let account):
      guard account.name.utf8.elementsEqual(engine.binding.name.utf8) else {
        let words = EngineFailure.otherAccount(wanted: engine.binding.name, answered: account.name).words
        return [HealthCheck("credentials", .failed, words.message, remedy: words.remedy)]
      }
      return [
        HealthCheck("credentials", .ok, "the token is accepted"),
        HealthCheck("account", .ok, "`\(SafeText.escape(account.name))`"),
        flag("account.contactCentre", "the contact centre", account.contactCentre, isNeeded: true),
        flag("account.functions", "functions", account.functions, isNeeded: usesFunctions),
      ]
    }
  }

  private func flag(_ id: String, _ subject: String, _ value: Bool?, isNeeded: Bool) -> HealthCheck {
    switch value {
    case true?: HealthCheck(id, .ok, "\(subject): on")
    case nil: HealthCheck(id, .ok, "\(subject): the account does not say")
    case false? where isNeeded:
      HealthCheck(
        id, .failed, "\(subject): off, and these manifests need it",
        remedy: "ask Voximplant to switch it on for this account")
    case false?: HealthCheck(id, .ok, "\(subject): off, and these manifests do not need it")
    }
  }

  private var usesFunctions: Bool {
    engine.configuration.records.contains { record in
      record.slots.contains { slot in if case .route(.function, _)? = slot?.value { true } else { false } }
    }
  }

  private var profileStatus: HealthCheck {
    let profile = engine.remote.profile
    guard profile.status == .unconfirmed else { return HealthCheck("profile", .ok, "`\(profile.name)` is confirmed") }
    let words = EngineFailure.unconfirmedProfile(name: profile.name, host: engine.binding.host).words
    return HealthCheck(
      "profile", .warning, "`\(profile.name)` is not confirmed: commands that write need your consent to use it",
      remedy: words.remedy
    )
  }

  /// Whether the channel methods take this token: what decides whether Kitform can be used with the account at all.
  ///
  /// A profile that can read is still a guess: no check tries to create, update or delete.
  private func channels() async -> HealthCheck {
    let profile = engine.remote.profile
    do throws(RemoteFailure) {
      let channels = try await engine.remote.channels()
      let words = "read with this token: \(Words.count(channels.count, "channel"))"
      guard profile.status == .unconfirmed else { return HealthCheck("channels", .ok, words) }
      return HealthCheck(
        "channels", .warning, "\(words); creating, updating and deleting them was not tried",
        remedy: "have these methods confirmed before the first apply: \(Doctor.letter)")
    } catch {
      return channelsFailed(error)
    }
  }

  /// Why the channels cannot be read, in the words of the deciding question.
  private func channelsFailed(_ failure: RemoteFailure) -> HealthCheck {
    let answer: String? =
      switch failure.status {
      case nil where engine.remote.profile[.listChannels] == nil: "path unknown"
      case 404, 405, 501: "path unknown"
      case 401: "token not accepted"
      case 403: "role may not"
      default: nil
      }
    let remedy =
      answer == "path unknown"
      ? "ask Voximplant's support for the channel methods (\(Doctor.letter)), or record them in your browser"
      : failure.remedy
    return HealthCheck(
      "channels", .failed, (answer.map { "\($0): " } ?? "not read: ") + failure.message, remedy: remedy)
  }

  /// The line `channels` where they were not read, so that every report has this check.
  ///
  /// - Parameter ids: the checks that kept them from being asked for.
  package static func channelsSkipped(because ids: [String]) -> HealthCheck {
    HealthCheck("channels", .skipped, "the channels were not read: see \(Words.list(ids))", remedy: again)
  }

  /// What to do about a check that is skipped.
  package static let again = "fix what failed, then run `kitform doctor` again"

  /// Where the letter is that asks for the channel methods.
  private static let letter = "see the guide \"Asking for the channel methods\""

  /// The look-ups, each by itself: one that is missing costs its titles and nothing else.
  private func objects() async -> [HealthCheck] {
    var checks: [HealthCheck] = []
    for kind in ReferenceKind.allCases.sorted() {
      let id = "profile.\(kind.rawValue)s"
      do throws(RemoteFailure) {
        switch try await engine.remote.facts([kind])[kind] {
        case .objects(let objects):
          let untitled = objects.count { $0.title == nil }
          let words = Words.count(objects.count, kind.words)
          checks.append(
            untitled == 0
              ? HealthCheck(id, .ok, words)
              : HealthCheck(
                id, .warning, "\(words), \(untitled) of them without a title",
                remedy: "write ids instead of titles for these"))
        case .unavailable(let reason):
          checks.append(
            HealthCheck(
              id, .warning, reason,
              remedy: "write ids instead of titles for each \(kind.words), or name the method in a profile of your own")
          )
        }
      } catch {
        checks.append(HealthCheck(id, .failed, error.message, remedy: error.remedy))
      }
    }
    return checks
  }

  /// Whether the state can be read and locked, belongs to this account, and is at rest.
  ///
  /// - Parameter mayAsk: whether the account's channels may be read beside it; never with a profile or secrets that are refused.
  package func state(_ lock: LockInformation, mayAsk: Bool) async -> [HealthCheck] {
    let label = SafeText.escape(engine.store.label)
    let state: State?
    do throws(EngineFailure) { state = try await engine.readState() } catch {
      let words = error.words
      return [HealthCheck("state", .failed, words.message, remedy: words.remedy)]
    }
    var checks: [HealthCheck] = []
    if mayAsk, let lost = await lost(state) {
      checks.append(HealthCheck("state", .warning, "\(label): \(lost.message)", remedy: lost.remedy))
    } else if let state {
      checks.append(
        HealthCheck("state", .ok, "\(label), serial \(state.serial), \(Words.count(state.channels.count, "channel"))"))
      if let run = state.run {
        checks.append(
          HealthCheck(
            "state.run", .warning, SafeText.escape(run.unfinished), remedy: run.remedy))
      }
      checks += fingerprints(state)
    } else {
      checks.append(HealthCheck("state", .ok, "there is none yet (\(label)): the first apply creates it"))
    }
    do throws(StateFailure) {
      let id = lock.id
      let held = try await engine.store.lock(lock)
      await held.release()
      checks.append(
        held.isStuck
          ? HealthCheck(
            "state.lock", .failed, "it can be taken but not freed, so it blocks other runs",
            remedy: "free it with `\(LockInformation.unlockCommand(id))`")
          : HealthCheck("state.lock", .ok, "free"))
    } catch {
      let words = EngineFailure.state(error).words
      var isHeld: Bool { if case .locked = error { true } else { false } }
      checks.append(HealthCheck("state.lock", isHeld ? .warning : .failed, words.message, remedy: words.remedy))
    }
    return checks
  }

  /// A state without channels beside an account that has them; nil where the account cannot be read.
  private func lost(_ state: State?) async -> LostState? {
    guard state?.channels.isEmpty ?? true, let channels = try? await engine.remote.channels() else { return nil }
    let records = engine.configuration.records
    return LostState(records, wanted: records.count, state: state, channels: channels)
  }

  /// Whether secrets can be compared: fingerprints of another key say nothing.
  private func fingerprints(_ state: State) -> [HealthCheck] {
    let known = state.channels.flatMap(\.applied).compactMap(\.fingerprint)
    guard !known.isEmpty, let fingerprinter = engine.fingerprinter else { return [] }
    do throws(KeyDerivationFailure) {
      var others: [FingerprintObstacle: Int] = [:]
      for fingerprint in known where try !fingerprinter.knows(fingerprint) {
        others[fingerprinter.obstacle(fingerprint), default: 0] += 1
      }
      guard others.isEmpty else {
        return others.sorted { $0.key.words < $1.key.words }.map { obstacle, count in
          HealthCheck(
            "state.key", .warning,
            "\(Words.count(count, "secret")) of \(known.count) cannot be compared: \(obstacle.words)",
            remedy: obstacle.remedy)
        }
      }
      let comparable = "\(Words.count(known.count, "secret")) can be compared"
      guard engine.configuration.state.key == nil, !engine.binding.isSandbox else {
        return [HealthCheck("state.key", .ok, comparable)]
      }
      return [
        HealthCheck(
          "state.key", .ok, "\(comparable) under the account's token, and no longer once that is renewed",
          remedy: "before the token is renewed, add `state: {key: {env: KITFORM_STATE_KEY}}` and apply once")
      ]
    } catch {
      return [HealthCheck("state.key", .failed, error.words)]
    }
  }

  /// Whether the manifests' secrets have values on this machine.
  package func secrets() -> HealthCheck {
    let resolved = engine.secrets.resolve(records: engine.configuration.records)
    let failures = resolved.failures
    guard let first = failures.first else {
      return HealthCheck("secrets", .ok, "every secret of the manifests has a value")
    }
    return HealthCheck(
      "secrets", .warning,
      "\(Words.count(failures.count, "secret")) of the manifests cannot be read, first \(first.key.address).\(first.key.field): \(first.reason)",
      remedy: "an apply needs the values that it sends; the others are not compared")
  }

  /// Asks a custom channel's callback as Kit does when it makes the channel: one GET, answered 200 with the text `OK`.
  package static func probe(_ target: CallbackProbe, through transport: any Transport) async -> HealthCheck {
    guard let request = target.request else {
      return HealthCheck(
        "callback", .skipped, target.problem ?? "", remedy: "see the check `secrets`", address: target.address)
    }
    func check(_ result: HealthCheck.Result, _ message: String, _ remedy: String?) -> HealthCheck {
      let remark = target.unsigned.map { "; asked without a signature: \($0)" } ?? ""
      return HealthCheck(
        "callback", result, "\(target.shown) \(message)\(remark)", remedy: remedy, address: target.address)
    }
    do throws(TransportFailure) {
      let response = try await transport.send(request)
      let body = String(decoding: response.body.prefix(64), as: UTF8.self)
      switch response.status {
      case 200 where body == "OK": return check(.ok, "answers 200 `OK`", nil)
      case 200:
        return check(.failed, "answers 200, but not the text `OK`", "answer the two letters `OK` and nothing else")
      case 300..<400:
        return check(
          .failed, "answers with a redirect (\(response.status))",
          "write the address that it leads to: Kit may not follow redirects")
      case 401, 403:
        guard target.isSigned else {
          return check(
            .warning, "answers \(response.status): it checks signatures, and this request has none",
            "a receiver answers 200 while it has no salt; an applied channel's request is signed where `apiToken` has a `value`"
          )
        }
        return check(
          .failed, "answers \(response.status) to a request that is signed as Kit signs it",
          "compare the receiver's salt with `kitform output --show-secrets`, and its API token with the channel's in Kit"
        )
      default: return check(.failed, "answers \(response.status)", "look at the receiver's log")
      }
    } catch {
      return check(.failed, "does not answer: \(error)", "look at the address, its certificate and the receiver")
    }
  }
}

extension Result where Success == AccountInformation, Failure == RemoteFailure {
  /// Whether the token is good, and its user may not read the account's information.
  fileprivate var isForbidden: Bool { if case .failure(let failure) = self { failure.status == 403 } else { false } }
}
