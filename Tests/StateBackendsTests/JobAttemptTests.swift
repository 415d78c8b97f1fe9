import StateBackends
import Support
import Testing

struct JobAttemptTests {
  private let gitLab = [
    "CI_SERVER_HOST": "gitlab.example.com", "CI_PROJECT_ID": "7", "CI_PIPELINE_ID": "100", "CI_JOB_NAME": "apply",
    "CI_JOB_ID": "5000",
  ]
  private let gitHub = [
    "GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "acme/kit", "GITHUB_RUN_ID": "9",
    "GITHUB_JOB": "apply", "GITHUB_RUN_ATTEMPT": "1",
  ]

  @Test func `an attempt survives in its lock's id`() throws {
    for environment in [gitLab, gitHub] {
      let attempt = try #require(JobAttempt(environment: environment))
      let id = attempt.lockID("0123-4567")
      #expect(JobAttempt(lockID: id) == attempt)
      #expect(id.utf8.count < 255)
    }
    for id in ["", "0123", "a.b.c", "a.job-0011223344556677", "a.job-xyz.1", "a.job-0011223344556677.x"] {
      #expect(JobAttempt(lockID: id) == nil, "\(id)")
    }
    #expect(JobAttempt(environment: [:]) == nil)
    #expect(JobAttempt(environment: gitLab.merging(["CI_JOB_NAME": ""]) { $1 }) == nil)
  }

  @Test func `only a later attempt of the same job follows`() throws {
    func follows(_ later: [String: String], _ earlier: [String: String]) throws -> Bool {
      let holder = StateStoreContract.information(try #require(JobAttempt(environment: earlier)).lockID("u"))
      return try #require(JobAttempt(environment: later)).follows(holder)
    }
    #expect(try follows(gitLab.merging(["CI_JOB_ID": "5001"]) { $1 }, gitLab))
    #expect(try follows(gitHub.merging(["GITHUB_RUN_ATTEMPT": "2"]) { $1 }, gitHub))
    #expect(try !follows(gitLab, gitLab))
    #expect(try !follows(gitLab, gitLab.merging(["CI_JOB_ID": "5001"]) { $1 }))
    #expect(try !follows(gitLab.merging(["CI_JOB_ID": "5001", "CI_PIPELINE_ID": "101"]) { $1 }, gitLab))
    #expect(try !follows(gitLab.merging(["CI_JOB_ID": "5001", "CI_JOB_NAME": "x"]) { $1 }, gitLab))
    #expect(try !follows(gitHub.merging(["GITHUB_RUN_ATTEMPT": "2", "GITHUB_RUN_ID": "10"]) { $1 }, gitHub))
  }
}
