import ArgumentParser
import Basics
import Documents
import KitformEngine
import Manifest
import Provisioning
import StateBackends
import Wiring

extension StateCommand {
  /// `kitform state pull`
  struct Pull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pull", abstract: "Print the whole state, decrypted, for a copy or to read it.",
      discussion:
        "`kitform state pull > state.json` makes a file that `kitform state push` takes back. Also of a state of another account: for a copy before `kitform state rebind`.",
      examples: [
        "kitform state pull",
        "kitform state pull --env production > state.json",
        "kitform state pull --sandbox",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
      try await Invocation("state", global).run { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let store = try session.store(try session.configuration(), connection.settings)
        guard let state = try await session.stateOfAnyAccount(store) else {
          throw UsageFailure(message: "there is no state yet", remedy: "apply first")
        }
        invocation.account = state.account
        return CommandResult(
          .done, text: String(decoding: StateCodec().encode(state), as: UTF8.self),
          members: [.init("state", StateCodec().json(state))], exact: ["state"])
      }
    }
  }

  /// `kitform state push`
  struct Push: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "push",
      abstract: "Store a state from a file: a copy, or the file that an apply saved when it could not write the state.",
      discussion:
        "The file must continue the state that is there: the same lineage, and a later serial. --force stores it in any case, also over a damaged state or one that is encrypted under another key; the other state's content is then lost. The account and the environment must be those of the manifests in any case.",
      examples: [
        "kitform state push state.json",
        "kitform state push state.json --env production",
        "kitform state push state.json --force",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var lock: LockOptions
    @Argument(help: "The file.", completion: .file()) var file: String
    @Flag(
      help: "Replace a state of another lineage or of a later serial, one that is damaged, or one under another key.")
    var force = false

    func run() async throws {
      try await Invocation("state", global, changesThings: true).runSteps { invocation in
        let session = Session(invocation, isSandbox: sandbox.isSandbox)
        let configuration = try session.configuration()
        let path = invocation.surroundings.absolute(file)
        let pushed = try read(path, session, configuration)
        let store = try session.store(configuration, connection.settings, isGuarded: false)
        return try await withLock(on: store, invocation, lock, command: "state push") { lock, stop in
          let current: State?
          do throws(StateFailure) { current = try await lock.read() } catch {
            guard force, let former = error.replaceable else { throw error }
            try stop.check()
            let next = try await lock.replace(with: pushed.following(pushed.serial))
            invocation.text = "Stored \(path) in place of the \(former), as serial \(next.serial).\n"
            return .done
          }
          if let current, pushed.following(current.serial) == current.following(current.serial) {
            invocation.text = "The state is that of the file already.\n"
            return .noChanges
          }
          if let current, !force, let reason = reason(against: pushed, over: current) {
            invocation.diagnostics.append(
              Diagnostic(
                .statePush, at: nil, "\(path) is not stored: \(reason)",
                suggestion:
                  "compare both (`kitform state pull`); --force stores the file in any case, and the other state's content is lost"
              ))
            return .refused
          }
          let next = pushed.following(current?.serial ?? 0)
          try stop.check()
          try await lock.write(next)
          invocation.account = next.account
          invocation.text =
            "Put \(path), \(Words.count(next.channels.count, "channel")), as serial \(next.serial) of \(store.label).\n"
          return .done
        }
      }
    }

    /// The state of the file, once it is certain that it belongs to this account and environment.
    private func read(_ path: String, _ session: Session, _ configuration: Configuration) throws -> State {
      let bytes: [UInt8]?
      do throws(DiskFailure) { bytes = try PosixDisk().read(path) } catch {
        throw LocalFailure(message: error.words, remedy: nil)
      }
      guard let bytes else { throw LocalFailure(message: "there is no file \(path)", remedy: nil) }
      let state: State
      do throws(StateFailure) { state = try session.codec(configuration).decode(bytes, label: path) } catch {
        if case .damaged(label: _, let reason, backup: _) = error { throw Push.noState(path, bytes, reason) }
        throw EngineFailure.state(error)
      }
      try state.check(
        belongsTo: try session.binding(configuration), environment: configuration.environment, label: path)
      return state
    }

    /// Says what a file is that was given in the place of a state.
    private static func noState(_ path: String, _ bytes: [UInt8], _ reason: String) -> LocalFailure {
      let document = JSONComposer.compose(SourceFile(path: path, bytes: bytes), file: 0).document
      let root = document.roots.first.flatMap { document.isMapping($0) ? $0 : nil }
      func has(_ key: String) -> Bool { root.flatMap { document.value(of: key, in: $0) } != nil }
      let format = root.flatMap { document.value(of: "format", in: $0) }.map { document.text($0) } ?? ""
      let what =
        if has("lineage"), has("sha256") || has("serial"), !has("format") {
          "is a damaged copy of a state: \(reason)"
        } else if DocumentSealer.isSealedPlan(bytes) || has("sha256") && format.hasPrefix("kitform.plan/") {
          "is a saved plan, not a state"
        } else if format.hasPrefix("kitform.") {
          "is a JSON result of Kitform, not a state"
        } else {
          "is not a state: \(reason)"
        }
      return LocalFailure(
        message: "\(SafeText.escape(path)) \(what)",
        remedy: "give a file that `kitform state pull > state.json` wrote, unchanged; the present state stays as it is")
    }

    /// Why a file may not replace the state; nil where it may.
    private func reason(against pushed: State, over current: State) -> String? {
      if pushed.lineage != current.lineage { return "it has another lineage than the state that is there" }
      guard pushed.serial <= current.serial else { return nil }
      return "the state that is there was written later: its serial is \(current.serial), the file's \(pushed.serial)"
    }
  }

  /// `kitform state migrate`
  struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "migrate", abstract: "Move the state to where `state` says now, or write it as `state` says.",
      discussion:
        "Also for a changed `state.encrypt` or `state.key`: the state is written anew. A state under a former key is read with that key in KITFORM_FORMER_KEY. For a changed `state.backend`, address, bucket or path. The former place is the one in which this directory last wrote the state, or the local default. A local file is put out of the way afterwards; a remote state stays, and is yours to delete. A move that was cut short is completed by the same command. From another directory: `kitform state pull` with the former settings, `kitform state push` with the new ones.",
      examples: [
        "kitform state migrate",
        "kitform state migrate --env production",
        "kitform state migrate --lock-timeout 5m",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var lock: LockOptions

    func run() async throws {
      try await Invocation("state", global, changesThings: true).runSteps { invocation in
        let session = Session(invocation, isSandbox: false)
        let configuration = try session.configuration()
        let target = try session.store(configuration, connection.settings, isGuarded: false)
        return try await withLock(on: target, invocation, lock, command: "state migrate") { targetLock, stop in
          let present = try await targetLock.read()
          for former in session.formerStores(configuration, connection.settings) {
            guard let known = try await former.read() else { continue }
            guard let present else {
              return try await move(
                former, to: target, targetLock: targetLock, invocation: invocation, session: session,
                configuration: configuration, stop: stop)
            }
            if known.continues(present) {
              return try await move(
                former, to: target, targetLock: targetLock, invocation: invocation, session: session,
                configuration: configuration, stop: stop)
            }
            if present.continues(known) {
              guard let local = former as? LocalStateStore else { continue }
              return try await retire(
                local, invocation: invocation, session: session, configuration: configuration, present: present,
                target: target, stop: stop)
            }
            invocation.diagnostics.append(
              Diagnostic(
                .stateMigrate, at: nil, "both \(former.label) and \(target.label) hold a state",
                suggestion:
                  "decide which one is right: `kitform state push` stores a copy; move the other one away"
              ))
            return .refused
          }
          if let present, !invocation.storage.all.isEmpty {
            try stop.check()
            try await targetLock.write(present.following(present.serial))
            invocation.account = present.account
            invocation.text =
              "Wrote the state \(target.label) anew: \(invocation.storage.all.map(\.done).joined(separator: "; ")).\n"
            return .done
          }
          invocation.text =
            "There is nothing to move: \(target.label) \(present == nil ? "has no state, and no former place is known" : "has the state").\n"
          return .noChanges
        }
      }
    }

    /// Stores the former location's state in the target, with a serial above an old version of it there.
    private func move(
      _ former: any StateStore, to target: any StateStore, targetLock: any StateLock, invocation: Invocation,
      session: Session,
      configuration: Configuration, stop: Stop
    ) async throws -> RunOutcome {
      return try await withLock(on: former, invocation, lock, command: "state migrate", stop: stop) { formerLock in
        guard let state = try await formerLock.read() else { return .noChanges }
        try state.check(
          belongsTo: try session.binding(configuration), environment: configuration.environment, label: former.label)
        try stop.check()
        // The serial continues, so that copies and former locations show which state is the later one.
        let moved = try await targetLock.replace(with: state.following(state.serial))
        guard try await targetLock.read() == moved else { throw StateFailure.conflict(label: target.label) }
        invocation.account = moved.account
        invocation.text =
          "Moved the state of \(Words.count(moved.channels.count, "channel")) from \(former.label) to \(target.label).\n"
        if let local = former as? LocalStateStore {
          invocation.text +=
            "The former file is \(try local.retire(serial: state.serial)) now.\(Migrate.caution(configuration))\n"
        } else {
          invocation.text += "The former state stays: delete it once no branch and no pipeline uses it any more.\n"
        }
        return .done
      }
    }

    /// What is said of files that were put away, and that nothing encrypts any more.
    private static func caution(_ configuration: Configuration) -> String {
      configuration.state.encrypts
        ? " It and the backups beside it stay as they were, in plain text if they were not encrypted: delete them when they are no longer needed."
        : ""
    }

    /// Ends a move that was cut short behind its write: the target holds the state, and the former file is still there.
    private func retire(
      _ former: LocalStateStore, invocation: Invocation, session: Session, configuration: Configuration,
      present: State,
      target: any StateStore, stop: Stop
    ) async throws -> RunOutcome {
      return try await withLock(on: former, invocation, lock, command: "state migrate", stop: stop) { formerLock in
        guard let state = try await formerLock.read(), present.continues(state) else {
          throw StateFailure.conflict(label: former.label)
        }
        try stop.check()
        invocation.account = present.account
        invocation.text =
          "\(target.label) has the state already. The former file is \(try former.retire(serial: state.serial)) now.\(Migrate.caution(configuration))\n"
        return .done
      }
    }
  }

  /// `kitform state mv`
  struct MoveState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "mv", abstract: "Give a managed channel another address, without a plan.",
      discussion:
        "`moved` in the manifests does the same in a plan that can be reviewed.",
      examples: [
        "kitform state mv ok.old ok.new",
        "kitform state mv ok.old ok.new --env staging",
        "kitform state mv custom.bot custom.partner-bot --sandbox",
      ])

    @OptionGroup var global: GlobalOptions
    @OptionGroup var sandbox: SandboxOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var lock: LockOptions
    @Argument(help: "The address in the state.", completion: ArgumentCompletions.addresses) var old: String
    @Argument(help: "The new address.") var new: String

    func run() async throws {
      try await Invocation("state", global, changesThings: true).runSteps { invocation in
        let old = try Address(argument: old)
        let new = try Address(argument: new)
        return try await edit(
          invocation, isSandbox: sandbox.isSandbox, connection: connection, options: lock, command: "state mv"
        ) {
          state, configuration in
          guard var entry = state[old] else {
            throw UsageFailure(message: "the state has no `\(old)`", remedy: "see `kitform state list`")
          }
          guard old.kind == new.kind else {
            throw UsageFailure(
              message: "a channel cannot change its kind",
              remedy: "give `\(old)` an address that begins with \(old.kind).")
          }
          guard state[new] == nil else {
            throw UsageFailure(message: "the state has `\(new)` already", remedy: "choose another address")
          }
          try state.checkAtRest()
          entry.address = new
          entry.applied = entry.applied.map { $0.moved(from: old, to: new) }
          state[old] = nil
          state[new] = entry
          invocation.text = "Moved: \(old) is \(new) now.\n"
          if !configuration.records.contains(where: { $0.address == new }) {
            invocation.terminal.note(
              "The manifests have no `\(new)`: unless it is added, the next plan deletes the channel.")
          }
          return .done
        }
      }
    }
  }
}

extension StateFailure {
  /// What is in place of a readable state and may be replaced on demand; nil where nothing may be.
  fileprivate var replaceable: String? {
    switch self {
    case .damaged: "damaged state"
    case .sealedByOtherKey: "state that was encrypted under another key"
    case .locked, .newer, .failed, .conflict: nil
    }
  }
}
