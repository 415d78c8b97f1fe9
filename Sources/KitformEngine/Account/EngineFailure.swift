package import Basics
package import Documents
package import Manifest
package import Provisioning

/// Why a command could not go on: the world's failures, each with its outcome and its words in one place.
package enum EngineFailure: Error, Sendable {
  /// The account's token, or the state's key, has no value, or (`isSet`) one that cannot be used.
  ///
  /// The remedy is the credential's own, where it has one.
  case credential(name: String, reason: String, isSet: Bool = true, place: SourcePlace, remedy: String? = nil)
  /// A credential would go to a host that nothing allows.
  case host(setting: String, host: String, reason: String, place: SourcePlace?, credential: String)
  /// The API profile cannot be read.
  case profile([Diagnostic], SourceMap)
  /// The file that holds a sandbox's account cannot be read.
  ///
  /// `isSandboxOwn`: the embedded sandbox made the file, and makes a new one where it is gone.
  case accountFile([Diagnostic], SourceMap, label: String, isSandboxOwn: Bool)
  /// A write to an account under a profile that is not confirmed.
  case unconfirmedProfile(name: String, host: String)
  /// A profile of the repository that is not allowed outside the repository.
  ///
  /// `canAsk`: a person is there, who can allow it with `kitform profile allow`.
  case profileNotAllowed(name: String, digest: String, place: SourcePlace?, canAsk: Bool)
  /// The environment names a profile that the repository holds.
  case profileInProject(variable: String, path: String)
  /// A secret that is not meant to be sent would be.
  case secretNotSent(
    setting: String, reference: SecretReference, refusal: SecretPolicy.SecretRefusal, place: SourcePlace?)
  /// A state's file that a link leads out of the project.
  case linkOut(path: String)
  /// A file of the project remembers a former place of the state that no manifest could name.
  case rememberedPlace(file: String, problem: String)
  case remote(RemoteFailure)
  /// The account that answered is not the one that the manifests name.
  case otherAccount(wanted: String, answered: String)
  case state(StateFailure)
  /// The last state of a run could not be saved; what the run did to the account stays done.
  case unsaved(StateFailure)
  /// The state belongs to another account or environment.
  case foreignState(label: String, state: State.AccountBinding, wanted: State.AccountBinding)
  case foreignEnvironment(label: String, state: String, wanted: String)
  /// Secrets that a write needs do not resolve.
  case secrets([ResolvedSecrets.UnresolvedSecret])
  case stopped(Stop.Reason)
  /// `--timeout` ended a command that had this failure by then.
  indirect case timeIsUp(during: EngineFailure)
  case apply(ApplyFailure)

  /// The outcome that the exit code follows from.
  package var outcome: RunOutcome {
    switch self {
    case .credential, .remote, .secrets, .unsaved: .failed
    case .host, .unconfirmedProfile, .otherAccount, .foreignState, .foreignEnvironment: .refused
    case .profileNotAllowed, .profileInProject, .secretNotSent, .linkOut, .rememberedPlace: .refused
    case .profile, .accountFile: .invalid
    case .state(.locked): .locked
    case .state: .failed
    case .stopped(.interrupted): .interrupted
    case .stopped(.terminated): .terminated
    case .stopped(.timeIsUp), .timeIsUp: .failed
    case .apply(.refused): .refused
    case .apply(.state(.locked)): .locked
    case .apply: .failed
    }
  }

  /// The message, the remedy and the place.
  package var words: (message: String, remedy: String?, place: SourcePlace?) {
    switch self {
    case .credential(let name, let reason, let isSet, let place, let remedy):
      (
        "\(name) is needed and \(isSet ? "cannot be used" : "has no value"): \(reason)",
        remedy ?? "\(isSet ? "correct" : "set") it and run the command again, or rehearse with --sandbox", place
      )
    case .host(let setting, let host, let reason, let place, let credential):
      (
        "`\(setting)` is \(host), and \(credential) may not go there: \(reason)",
        "correct the host; or, where the host is meant, list it in the environment variable KITFORM_ALLOW_HOSTS, never in the repository",
        place
      )
    case .profile: ("the API profile has errors", "correct it, or compare it with `kitform profile show`", nil)
    case .accountFile(_, _, let label, let isSandboxOwn):
      (
        "the account file \(SafeText.escape(label)) has errors",
        isSandboxOwn ? "correct it, or delete it to start with a new account" : "correct it", nil
      )
    case .unconfirmedProfile(let name, let host):
      (
        "the API profile `\(name)` is not confirmed, so nothing is written to \(host)",
        "ask Voximplant's support for your account's methods, write them into a profile of your own with `status: confirmed` and name it in `account.profile`; or accept the risk with --accept-unconfirmed-profile",
        nil
      )
    case .profileNotAllowed(let name, let digest, let place, let canAsk):
      (
        "the API profile `\(SafeText.escape(name))` is not the built-in one, and its calls are not allowed outside the repository",
        (canAsk ? "run `kitform profile allow`, which shows them and asks; or, " : "read it; ")
          + "where they are right, set KITFORM_ALLOW_PROFILES=\(digest) in the environment, never in the repository",
        place
      )
    case .profileInProject(let variable, let path):
      (
        "\(variable) names \(SafeText.escape(path)), which lies in the repository of the project",
        "name a file that no pull request can change; a profile of the repository is allowed by its digest, in KITFORM_ALLOW_PROFILES",
        nil
      )
    case .secretNotSent(let setting, let reference, let refusal, let place):
      EngineFailure.words(setting, reference: reference, refusal: refusal, place: place)
    case .linkOut(let path):
      (
        "\(SafeText.escape(path)) is a link that leads out of the project, and is not followed",
        "remove the link: Kitform makes the files of a state itself; a state that several directories share has `state: {backend: http}` or `s3`",
        nil
      )
    case .rememberedPlace(let file, let problem):
      (
        "\(SafeText.escape(file)) names a former location of the state that Kitform does not use: \(problem)",
        "delete the file unless you moved the state; Kitform itself never writes such a location into it", nil
      )
    case .remote(let failure): (failure.message, failure.remedy, nil)
    case .otherAccount(let wanted, let answered):
      (
        "the token belongs to the account `\(SafeText.escape(answered))`, but `account.name` is `\(wanted)`",
        "use the token of `\(wanted)`, or correct `account.name`", nil
      )
    case .state(let failure): EngineFailure.words(failure)
    case .unsaved(let failure):
      (
        "the outcome of this run is not in the state: \(EngineFailure.words(failure).message)",
        failure.isLostLock ? "run the command again; it reads everything again" : nil, nil
      )
    case .foreignState(let label, let state, let wanted):
      (
        "the state \(label) belongs to the account `\(state.name)` on \(state.host)\(state.isSandbox ? " (a sandbox)" : ""), not to `\(wanted.name)` on \(wanted.host)\(wanted.isSandbox ? " (a sandbox)" : "")",
        state.isSandbox && wanted.isSandbox
          ? "it is the sandbox's own, from before `account.name` was changed: delete \(EngineFailure.directory(of: label)) to start it afresh"
          : "choose the right --env; if the account moved to another name or host, run `kitform state rebind`", nil
      )
    case .foreignEnvironment(let label, let state, let wanted):
      (
        "the state \(label) is that of the environment `\(state)`, not of `\(wanted)`",
        "give each environment a state of its own", nil
      )
    case .secrets(let failures):
      (
        "\(Words.count(failures.count, "secret")) cannot be read: "
          + failures.prefix(5).map { "\($0.key.address).\($0.key.field): \($0.reason)" }.joined(separator: "; "),
        "nothing was changed; provide the values and run the command again", failures.first?.place
      )
    case .stopped(.timeIsUp): (EngineFailure.timeIsUp, nil, nil)
    case .timeIsUp(during: let failure):
      ("\(EngineFailure.timeIsUp); until then: \(failure.words.message)", failure.words.remedy, failure.words.place)
    case .stopped: ("interrupted before anything was changed", nil, nil)
    case .apply(let failure): EngineFailure.words(failure)
    }
  }

  private static let timeIsUp = "the time of --timeout ran out before anything was changed"

  private static func words(
    _ setting: String, reference: SecretReference, refusal: SecretPolicy.SecretRefusal, place: SourcePlace?
  ) -> (message: String, remedy: String?, place: SourcePlace?) {
    let name = SafeText.escape(reference.label)
    let (reason, remedy) =
      switch refusal {
      case .wellKnown:
        (
          "other tools keep a credential of their own under this name",
          "write the variable that holds this secret, and give it a name of its own, for example OK_COMMUNITY_TOKEN"
        )
      case .notListed:
        (
          "\(SecretPolicy.variable) does not list it",
          "correct the reference; or, where the variable is meant, add its name to \(SecretPolicy.variable) in the environment, never in the repository"
        )
      case .foreignFile:
        (
          "it belongs to git, Kitform, a service of the machine or another tool",
          "write this secret into a file of its own, and name that file"
        )
      case .accountToken:
        (
          "it is the account's own token, which goes to Kit's API alone",
          "give the setting a secret of its own; `apiToken.value` alone may be the account's token"
        )
      case .channelSecret:
        (
          "it is a secret of a channel, and the state's server must not receive it",
          "give the state a password of its own"
        )
      case .stateKey:
        ("it is the key of the state", "give the field a secret of its own, and `state.key` another one")
      }
    return ("`\(setting)` comes from \(name), which may not be sent: \(reason)", remedy, place)
  }

  /// The directory of a state's file.
  private static func directory(of label: String) -> String {
    label.lastIndex(of: "/").map { String(label[..<$0]) } ?? label
  }

  private static func words(_ failure: StateFailure) -> (message: String, remedy: String?, place: SourcePlace?) {
    switch failure {
    case .locked(let holder, let label):
      let wait = "wait for it, for example with --lock-timeout 5m"
      // A path is a local state's; the lock of one that is elsewhere outlives its process.
      guard label.contains("://") else {
        return (
          "the state \(label) is locked" + (holder.map(EngineFailure.words) ?? ""),
          "\(wait); the lock ends with its process", nil
        )
      }
      if let holder {
        return (
          "the state \(label) is locked" + words(holder),
          "\(wait); if the run that holds it has ended, free it with `\(LockInformation.unlockCommand(holder.id))`",
          nil
        )
      }
      if label.hasPrefix("s3://") {
        return (
          "the state \(label) is locked, and the lock object \(label).lock does not say by whom",
          "look at that object; when you are certain that no run is in progress, free the lock with `kitform state unlock unknown`",
          nil
        )
      }
      return (
        "the state \(label) is locked, and the server does not say by whom",
        "\(wait); if the run that holds it has ended, free it with `kitform state unlock` and the id of the lock, as the server's own pages show it",
        nil
      )
    case .damaged(let label, let reason, let backup):
      return (
        "the state \(label) is damaged: \(reason)",
        backup.map { "the newest undamaged backup is \($0): look at both, then copy it over the state" }
          ?? (label.contains("://")
            ? "restore a complete copy with `kitform state push --force FILE`, or move it away and adopt the channels again"
            : "there is no undamaged backup: restore the file from yours, or move it away and adopt the channels again"),
        nil
      )
    case .newer(let label, let version):
      return ("the state \(label) was written by a newer Kitform (version \(version))", "update Kitform", nil)
    case .sealedByOtherKey(let label):
      return (
        "the state \(label) cannot be used: \(SealingFailure.otherKey.words)",
        "give the key that it was written with; to change keys, put the old one into KITFORM_FORMER_KEY and run `kitform state migrate`; or run `kitform state pull > state.json` with the old one, then `kitform state push --force state.json` with the new one, and delete the file",
        nil
      )
    case .failed(let label, let reason, let remedy):
      return (
        "the state \(label) cannot be used: \(reason)", remedy ?? "fix the cause, then run the command again", nil
      )
    case .conflict(let label):
      return (
        "another run has written the state \(label) meanwhile",
        "run the command again; it reads everything again", nil
      )
    }
  }

  /// The holder of a lock, as far as it is known: a server may know less than a file.
  private static func words(_ holder: LockInformation) -> String {
    var words = holder.who.isEmpty ? "" : " by \(SafeText.escape(holder.who))"
    if !holder.host.isEmpty { words += " on \(SafeText.escape(holder.host)) (process \(holder.processID))" }
    if !holder.since.isEmpty { words += " since \(SafeText.escape(holder.since))" }
    if !holder.command.isEmpty { words += ", running `kitform \(SafeText.escape(holder.command))`" }
    return words
  }

  private static func words(_ failure: ApplyFailure) -> (message: String, remedy: String?, place: SourcePlace?) {
    switch failure {
    case .refused(let refusals):
      (refusals.map(\.message).joined(separator: "; "), refusals.first?.remedy, nil)
    case .unusable(let address, let reason): ("\(address) cannot be applied: \(reason)", nil, nil)
    case .state(let failure): words(failure)
    case .crashed(let crash): ("stopped at the checkpoint of KITFORM_CRASH, `\(crash.checkpoint.rawValue)`", nil, nil)
    }
  }
}

extension Stop {
  /// Ends a command that has changed nothing yet where it is to stop.
  package func check() throws(EngineFailure) {
    if let reason { throw .stopped(reason) }
  }
}

extension State {
  /// Refuses a state of another account or environment: the command would otherwise change one account by the state of another.
  package func check(
    belongsTo binding: AccountBinding, environment wanted: String, label: String
  ) throws(EngineFailure) {
    guard account == binding else { throw .foreignState(label: label, state: account, wanted: binding) }
    guard environment == wanted else {
      throw .foreignEnvironment(label: label, state: environment, wanted: wanted)
    }
  }
}
