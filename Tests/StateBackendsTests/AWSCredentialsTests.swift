import Manifest
import StateBackends
import Testing

struct AWSCredentialsTests {
  /// Files by path; everything else is missing.
  private struct Files: SecretFiles {
    var texts: [String: String]
    func read(_ path: String, limit: Int, inside root: String?) throws(SecretFileFailure) -> [UInt8] {
      guard let text = texts[path] else { throw .missing }
      return Array(text.utf8)
    }
  }

  private static let shared = """
    # keys
    [default]
    aws_access_key_id = AKDEFAULT
    aws_secret_access_key=default-secret
    [ci]
    aws_access_key_id = AKCI
    aws_secret_access_key = ci=secret
    aws_session_token = ci-token
    """
  private static let config = """
    [default]
    region = eu-west-1
    [profile ci]
    region = eu-central-1
    s3 =
      region = nested
    [profile role]
    role_arn = arn:aws:iam::1:role/x
    """
  private let files = Files(texts: ["/h/.aws/credentials": shared, "/h/.aws/config": config, "/own": shared])

  private func find(_ environment: [String: String]) -> String {
    do throws(AWSCredentials.Problem) {
      let (found, region) = try AWSCredentials.find(
        environment: environment.merging(["HOME": "/h"]) { first, _ in first }, files: files)
      let token = found.sessionToken.map { $0.reveal { $0 } } ?? "-"
      return "\(found.accessKey) \(found.secretKey.reveal { $0 }) \(token) \(region ?? "-")"
    } catch {
      return error.words
    }
  }

  @Test func `variables come before files, and a file's profile gives what is left`() {
    let keys = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "secret"]
    #expect(find(keys) == "AK secret - eu-west-1")
    #expect(find(keys.merging(["AWS_SESSION_TOKEN": "t"]) { $1 }) == "AK secret t eu-west-1")
    #expect(find([:]) == "AKDEFAULT default-secret - eu-west-1")
    #expect(find(["AWS_ACCESS_KEY_ID": "AK"]) == "AKDEFAULT default-secret - eu-west-1")
  }

  @Test func `a profile is read from both files`() {
    #expect(find(["AWS_PROFILE": "ci"]) == "AKCI ci=secret ci-token eu-central-1")
    #expect(
      find(["AWS_DEFAULT_PROFILE": "ci", "AWS_SHARED_CREDENTIALS_FILE": "/own", "AWS_CONFIG_FILE": "/own"])
        == "AKCI ci=secret ci-token -")
  }

  @Test func `what is not there, or not done here, is named without any value`() {
    #expect(find(["AWS_PROFILE": "nobody"]) == "no file of keys has a profile `nobody` with keys")
    #expect(
      find(["HOME": "/empty"])
        == "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set, and there is no profile `default` with keys"
    )
    #expect(find(["AWS_SHARED_CREDENTIALS_FILE": "/gone"]) == "the file of keys /gone cannot be read")
    #expect(find(["AWS_PROFILE": "role"]).hasPrefix("the profile `role` gets its keys by `role_arn`, which"))
  }
}
