import Basics
package import Provisioning

/// An attempt of a CI job, as the id of its lock carries it.
///
/// A remote lock outlives its runner. A later attempt of the same job may take it over, since a job is not started again
/// before its earlier attempt has ended. It is in the id because that is the one part of a lock that every server hands
/// back as its holder wrote it.
package struct JobAttempt: Sendable, Equatable {
  /// Names the job without its attempt: 16 hexadecimal digits.
  package var job: String
  /// Grows with every attempt of the job.
  package var number: Int

  /// - Parameters:
  ///   - job: server, project, pipeline and name of the job.
  ///   - number: the attempt's number, or any number that grows with attempts.
  package init(of job: [String], number: Int) {
    var digest = FramedDigest()
    for part in job { digest.add(part) }
    self.job = String(digest.finish().prefix(16))
    self.number = number
  }

  /// Reads the end of a lock's id; nil where no CI job made it.
  package init?(lockID: String) {
    let parts = lockID.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard parts.count == 3, parts[1].hasPrefix("job-"), let number = Int(parts[2]) else { return nil }
    let digits = String(parts[1].dropFirst(4))
    guard digits.utf8.count == 16, Hexadecimal.bytes(digits) != nil else { return nil }
    job = digits
    self.number = number
  }

  /// The id of a lock that this attempt takes, behind what makes it unique.
  package func lockID(_ unique: String) -> String { "\(unique).job-\(job).\(number)" }

  /// The attempt that GitLab's or GitHub's runner says in its variables; nil elsewhere.
  ///
  /// GitLab gives a job that is retried a new, greater id; GitHub counts attempts.
  package init?(environment: [String: String]) {
    func values(_ names: [String]) -> [String]? {
      let values = names.compactMap { name in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
      return values.count == names.count ? values : nil
    }
    if let job = values(["CI_SERVER_HOST", "CI_PROJECT_ID", "CI_PIPELINE_ID", "CI_JOB_NAME"]),
      let number = environment["CI_JOB_ID"].flatMap({ Int($0) })
    {
      self.init(of: ["gitlab"] + job, number: number)
    } else if let job = values(["GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID", "GITHUB_JOB"]),
      let number = environment["GITHUB_RUN_ATTEMPT"].flatMap({ Int($0) })
    {
      self.init(of: ["github"] + job, number: number)
    } else {
      return nil
    }
  }

  /// Whether this is a later attempt of the job that holds a lock.
  package func follows(_ holder: LockInformation) -> Bool {
    guard let earlier = JobAttempt(lockID: holder.id) else { return false }
    return earlier.job == job && earlier.number < number
  }
}
