package import Basics
package import Documents
package import KitAPI
package import KitformEngine
package import Manifest
package import Provisioning
package import Transport

/// What a session needs of the command that opens it: options, surroundings, and a place for findings and remarks.
package protocol CommandRun: AnyObject {
  /// The command's name, as in `plan` or `state pull`.
  var command: String { get }
  var options: SessionOptions { get }
  var surroundings: Surroundings { get }
  /// All rules whose severity a project may change.
  var rules: [Rule] { get }
  /// Secrets that no output may show; every function that resolves one adds it.
  var known: KnownSecrets { get }
  /// How states that were read differ from the form that the manifests ask for.
  var storage: StorageNotices { get }
  /// Reports long waits and, with `-v`, calls.
  var waits: any WaitObserver { get }
  /// Whether a person can be asked.
  var isInteractive: Bool { get }
  /// Prints a remark from a state's store, each text once.
  var remark: @Sendable (String) -> Void { get }
  /// Prints on standard error at once.
  var note: @Sendable (String) -> Void { get }

  /// The findings so far.
  var diagnostics: [Diagnostic] { get set }
  /// The project, once it is read.
  var loaded: LoadedProject? { get set }
  /// The account that the command works on, once it is known.
  var account: State.AccountBinding? { get set }
  /// Why the sandbox's account could not be saved at the end.
  var unsavedAccount: String? { get set }

  /// Takes the checked configuration of the environment that the command works on, before anything else is opened.
  ///
  /// - Throws: what keeps the command from beginning, such as a report that would replace a file of the project.
  func opened(_ configuration: Configuration) throws
  /// Adds a failure of the world to the findings.
  func report(_ failure: EngineFailure)
  /// Adds members that the account's answers lack to the findings.
  func report(_ gaps: [MemberGap])
  /// Prints a remark, each text once.
  func noteOnce(_ text: String)
}

/// Follows calls and locks that a command waits for.
package protocol WaitObserver: Sendable {
  /// Records an event of calls whose answer is waited for no longer than `limit`.
  func report(_ event: CallEvent, limit: Duration)
  /// Records that a lock is waited for.
  func report(_ wait: LockWait)
}

/// Options of a command line that choose the project and its environment.
package struct SessionOptions: Sendable {
  package var directory: String
  package var environment: String?
  /// `name=value`, as written.
  package var variables: [String]
  package var isVerbose: Bool

  package init(directory: String, environment: String?, variables: [String], isVerbose: Bool) {
    self.directory = directory
    self.environment = environment
    self.variables = variables
    self.isVerbose = isVerbose
  }
}

/// How a server is reached: the account's or the state's.
package struct ConnectionSettings: Sendable {
  /// The longest time for the whole run.
  package var timeout: Duration?
  /// A file with certificates to trust beside the system's.
  package var caFile: String?

  package init(timeout: Duration? = nil, caFile: String? = nil) {
    self.timeout = timeout
    self.caFile = caFile
  }
}

/// How the account is called.
package struct CallSettings: Sendable {
  package var connection: ConnectionSettings
  /// Calls a second; nil for the profile's rate, unlimited on loopback.
  package var rate: Int?
  package var parallelism: Int

  package init(connection: ConnectionSettings, rate: Int?, parallelism: Int) {
    self.connection = connection
    self.rate = rate
    self.parallelism = parallelism
  }
}

/// What a command does with the account.
package enum AccountUse: Sendable {
  case reading
  case writing(acceptsUnconfirmedProfile: Bool)

  var isWriting: Bool { if case .writing = self { true } else { false } }
}
