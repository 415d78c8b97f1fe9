import FoundationEssentials
package import Provisioning
import StateBackends

/// What the process runs in: environment variables, working directory, clock and identity.
package struct Surroundings: Sendable {
  package var environment: [String: String]
  package var workingDirectory: String

  package init(environment: [String: String], workingDirectory: String) {
    self.environment = environment
    self.workingDirectory = workingDirectory
  }

  /// This process's own.
  package static let current = Surroundings(
    environment: ProcessInfo.processInfo.environment, workingDirectory: FileManager.default.currentDirectoryPath)

  /// The wall clock, UTC, ISO 8601 to the second.
  package static let now: @Sendable () -> String = { Date().formatted(.iso8601) }

  /// Seconds since 1970.
  package static let seconds: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }

  /// Who runs this: the CI job's URL where there is one, else user and host.
  package var who: String {
    // GitLab, Jenkins, Buildkite, CircleCI.
    for name in ["CI_JOB_URL", "BUILD_URL", "BUILDKITE_BUILD_URL", "CIRCLE_BUILD_URL"] {
      if let job = environment[name], !job.isEmpty { return job }
    }
    if let server = environment["GITHUB_SERVER_URL"], let repository = environment["GITHUB_REPOSITORY"],
      let run = environment["GITHUB_RUN_ID"]
    {
      return "\(server)/\(repository)/actions/runs/\(run)"
    }
    return "\(environment["USER"] ?? environment["LOGNAME"] ?? ProcessInfo.processInfo.userName)@\(host)"
  }

  /// The machine's name.
  package var host: String { ProcessInfo.processInfo.hostName }

  /// The holder of a lock, for runs that find it taken.
  package func lockInformation(_ command: String) -> LockInformation {
    let unique = UUID().uuidString.lowercased()
    return LockInformation(
      id: JobAttempt(environment: environment)?.lockID(unique) ?? unique, who: who, host: host,
      processID: Int(ProcessInfo.processInfo.processIdentifier),
      since: Surroundings.now(), command: command)
  }

  /// A path from the command line, absolute.
  package func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: workingDirectory)).path
  }
}
