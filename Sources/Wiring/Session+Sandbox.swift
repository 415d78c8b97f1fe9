import AsyncHTTPTransport
import Basics
package import Documents
import FoundationEssentials
import KitAPI
package import KitProfile
package import KitSandbox
package import KitSandboxServer
import KitformEngine
package import Logging
package import Manifest
import Provisioning
import StateBackends
import Transport

extension Session {
  /// The stand-in for the account's token, the same in every run.
  package func standIn(_ configuration: Configuration) throws -> Secret {
    try credential(configuration.account.token, "the account's token", .standIns)
  }

  /// Runs `body` beside a local Kit that has what the manifests name; its account is saved before this returns.
  package func withSandbox<Value: Sendable>(
    _ configuration: Configuration, _ profile: APIProfile, file: String?, _ body: (SandboxServer) async throws -> Value
  ) async throws -> Value {
    try requireOwnFiles(configuration)
    let directory = "\(files.root)/\(stateDirectory(configuration.environment))"
    let path = try file.map { try run.outputPath($0) } ?? "\(directory)/account.json"
    let disk = PosixDisk()
    let held = try hold(path, disk)
    defer { held.release() }
    var generator = SystemRandomNumberGenerator()
    var seed = SandboxSeed(configuration, token: try standIn(configuration))
    // The sandbox's own account follows the manifests; a file that a person gives is theirs.
    seed.leads = file == nil
    let known = try account(at: path, isGiven: file != nil, disk)
    var account = known?.account ?? Account(name: seed.accountName)
    if !seed.leads, account.name != seed.accountName {
      throw UsageFailure(
        message:
          "\(SafeText.escape(path)) is the account `\(SafeText.escape(account.name))`, but `account.name` is `\(SafeText.escape(seed.accountName))`",
        remedy: "correct the name in one of them, or choose the file of this account")
    }
    let made = seed.plant(in: &account, using: &generator)
    if !made.lines.isEmpty {
      run.note(
        "The sandbox's account gets what the manifests name:\n"
          + made.lines.map { "  \(SafeText.escape($0))" }.joined(separator: "\n"))
    }
    let sandbox = Sandbox(
      account: account, profile: profile,
      tokenValues: (known?.tokenValues ?? [:]).merging(made.tokenValues) { known, _ in known },
      epoch: Surroundings.seconds())
    let saver = AccountSaver(sandbox) { bytes in
      try disk.replace(path, in: PosixDisk.parent(of: path), with: bytes)
    }
    var value: Value?
    do {
      return try await AsyncHTTPTransport.withTransport { callbacks in
        try await SandboxServer.run(
          sandbox, logger: .quiet, callbacks: CallbackDelivery(through: callbacks), saver: saver,
          onEvent: { [note = run.note, isVerbose = run.options.isVerbose] event in
            if isVerbose || event.isWarning { note("sandbox: \(SafeText.escape(event.words))") }
          }
        ) { server in
          let result = try await body(server)
          value = result
          return result
        }
      }
    } catch {
      // What came to its end came to it: only the account that it left behind is lost.
      guard let value else { throw error }
      run.unsavedAccount = (error as? DiskFailure)?.words ?? "\(error)"
      return value
    }
  }

  /// Changes the account that the sandbox keeps, or the one of a file, and saves it; nothing is written where `change` fails.
  package func editAccount<Value>(
    _ configuration: Configuration, file: String?,
    _ change: (inout Account, inout SystemRandomNumberGenerator) throws(FieldEdit.FieldEditFailure) -> Value
  ) throws -> Value {
    let path =
      try file.map { try run.outputPath($0) }
      ?? "\(files.root)/\(stateDirectory(configuration.environment))/account.json"
    let disk = PosixDisk()
    let held = try hold(path, disk)
    defer { held.release() }
    guard let known = try account(at: path, isGiven: file != nil, disk) else {
      throw UsageFailure(
        message: "the sandbox has no account yet", remedy: "make one: `kitform apply --sandbox` fills it")
    }
    var account = known.account
    var generator = SystemRandomNumberGenerator()
    let value: Value
    do throws(FieldEdit.FieldEditFailure) { value = try change(&account, &generator) } catch {
      throw UsageFailure(message: SafeText.escape(error.message), remedy: error.remedy)
    }
    do throws(DiskFailure) {
      try disk.replace(path, in: PosixDisk.parent(of: path), with: AccountFile.bytes(of: account))
    } catch {
      throw LocalFailure(message: error.words, remedy: nil)
    }
    return value
  }

  /// Keeps a second process away from the account's file, which each saves whole.
  private func hold(_ path: String, _ disk: PosixDisk) throws -> any DiskLock {
    let info = run.surroundings.lockInformation("--sandbox")
    let attempt: LockAttempt
    do throws(DiskFailure) {
      try disk.makeDirectory(PosixDisk.parent(of: path))
      attempt = try disk.lock("\(path).lock", note: info.bytes)
    } catch {
      throw LocalFailure(message: error.words, remedy: nil)
    }
    switch attempt {
    case .acquired(let lock): return lock
    case .held(let note):
      throw EngineFailure.state(
        .locked(holder: LockInformation(bytes: note), label: "of the sandbox's account \(path)"))
    }
  }

  /// Reads an account file; nil where there is none yet and none was named.
  private func account(at path: String, isGiven: Bool, _ disk: PosixDisk) throws -> AccountFile.Contents? {
    let bytes: [UInt8]?
    do throws(DiskFailure) { bytes = try disk.read(path) } catch {
      throw LocalFailure(message: error.words, remedy: nil)
    }
    guard let bytes else {
      guard !isGiven else {
        throw LocalFailure(message: "there is no account file \(path)", remedy: "correct the path")
      }
      return nil
    }
    return try Session.account(SourceFile(path: path, bytes: bytes), run, isSandboxOwn: !isGiven)
  }

  /// Ends a command that does not need an account when the file of `--sandbox-file` is none.
  package func checkAccountFile(_ file: String?) throws {
    guard let file else { return }
    _ = try account(at: run.surroundings.absolute(file), isGiven: true, PosixDisk())
  }

  /// Reads an account file, with its findings as a failure.
  package static func account(
    _ source: SourceFile, _ run: any CommandRun, isSandboxOwn: Bool = false
  ) throws -> AccountFile.Contents {
    var sources = SourceMap()
    var generator = SystemRandomNumberGenerator()
    let environment = run.surroundings.environment
    let (contents, findings) = AccountFile.read(
      source, file: sources.add(source), environment: { environment[$0] }, using: &generator)
    guard let contents else {
      throw EngineFailure.accountFile(findings, sources, label: source.path, isSandboxOwn: isSandboxOwn)
    }
    return contents
  }
}

extension Logger {
  /// Prints nothing: its messages come as events.
  package static let quiet = Logger(label: "kitform", factory: { _ in SwiftLogNoOpLogHandler() })
}

extension SandboxSeed {
  /// What the manifests of one environment name of their account.
  package init(_ configuration: Configuration, token: Secret) {
    self.init(accountName: configuration.account.name?.value ?? "sandbox")
    credentials = [token.reveal { $0 }]
    func name(_ reference: Reference) -> ObjectName { reference.id.map { .id($0) } ?? .title(reference.title ?? "") }
    var seen: Set<String> = []
    func isNew(_ kind: ReferenceKind, _ reference: Reference) -> Bool {
      seen.insert("\(kind.rawValue) \(reference.label)").inserted
    }
    for assumed in configuration.assumedQueues where isNew(.queue, assumed.queue) {
      queues.append(SeedQueue(name(assumed.queue), maxWaitingTime: assumed.maxWaitingTime))
    }
    for record in configuration.records {
      for (slot, field) in zip(record.slots, record.kind.fields) {
        switch (slot?.value, field.shape) {
        case (.route(.queue, let reference), _):
          if isNew(.queue, reference) { queues.append(SeedQueue(name(reference))) }
        case (.route(_, let reference), _):
          if isNew(.function, reference) { functions.append(name(reference)) }
        case (.reference(let reference), _):
          if isNew(.topicSet, reference) { topicSets.append(name(reference)) }
        case (.levels(let levels), _):
          for level in levels where isNew(.skill, level.reference) { skills.append(name(level.reference)) }
        case (.credential(let reference, let value), _):
          if isNew(.apiToken, reference) {
            let standIn = value.flatMap { try? SecretResolver.standIns.resolve($0) }
            apiTokens.append(Token(name(reference), value: standIn.flatMap { $0 }?.reveal { $0 }))
          }
        default: break
        }
      }
    }
  }
}
