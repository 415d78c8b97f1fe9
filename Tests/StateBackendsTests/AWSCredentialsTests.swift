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

  private func find(_ environment: [String: String], in files: (any SecretFiles)? = nil) -> String {
    do throws(AWSCredentials.CredentialsProblem) {
      let (found, region) = try AWSCredentials.find(
        environment: environment.merging(["HOME": "/h"]) { first, _ in first }, files: files ?? self.files)
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
  }

  @Test func `an id without its key is named, and no other identity taken; a key without an id names nobody`() {
    #expect(find(["AWS_ACCESS_KEY_ID": "AK"]) == "AWS_ACCESS_KEY_ID is set, and AWS_SECRET_ACCESS_KEY is not")
    #expect(find(["AWS_SECRET_ACCESS_KEY": "s", "AWS_ACCESS_KEY_ID": ""]) == "AKDEFAULT default-secret - eu-west-1")
  }

  @Test func `a file that cannot be read is missed only where there are no keys without it`() {
    let keys = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "secret"]
    let gone = ["AWS_SHARED_CREDENTIALS_FILE": "/gone", "AWS_CONFIG_FILE": "/dev/null"]
    #expect(find(keys.merging(gone) { $1 }) == "AK secret - -")
    #expect(find(["AWS_CONFIG_FILE": "/dev/null"]) == "AKDEFAULT default-secret - -")
    #expect(find(gone) == "the file of keys /gone cannot be read")
    #expect(
      find(["HOME": "/empty", "AWS_CONFIG_FILE": "/dev/null"]) == "the file of keys /dev/null cannot be read")
  }

  @Test func `the default profile of the settings goes by either name, and a mark at the start counts for nothing`() {
    let marked = Files(texts: [
      "/h/.aws/credentials": "\u{FEFF}[default]\naws_access_key_id = A\naws_secret_access_key = B\n",
      "/h/.aws/config": "\u{FEFF}[profile default]\nregion = eu-north-1\n[default]\nregion = eu-west-1\n",
    ])
    #expect(find([:], in: marked) == "A B - eu-north-1")
  }

  @Test func `a variable is one line, whose end of line is none of it`() {
    #expect(
      find(["AWS_ACCESS_KEY_ID": "AK\n", "AWS_SECRET_ACCESS_KEY": "s\r\n", "AWS_SESSION_TOKEN": "t\n"])
        == "AK s t eu-west-1")
    #expect(
      find(["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "hidden\n\n"])
        == "AWS_SECRET_ACCESS_KEY holds a control character or a second line; a secret is one line of text")
  }

  @Test func `a profile is read from both files`() {
    #expect(find(["AWS_PROFILE": "ci"]) == "AKCI ci=secret ci-token eu-central-1")
    #expect(
      find(["AWS_DEFAULT_PROFILE": "ci", "AWS_SHARED_CREDENTIALS_FILE": "/own", "AWS_CONFIG_FILE": "/own"])
        == "AKCI ci=secret ci-token -")
  }

  @Test(arguments: [
    "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_ROLE_ARN", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
  ])
  func `another source of keys in the environment is named, with what to do, and keys come before it`(_ name: String) {
    let other = [name: "/var/run/hidden-value", "HOME": "/empty"]
    let words = find(other)
    #expect(words.hasPrefix("\(name) is set") && words.contains("aws configure export-credentials"), "\(words)")
    #expect(!words.contains("hidden-value"))
    #expect(find([name: "x", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "s"]) == "AK s - eu-west-1")
    #expect(find([name: "x"]) == "AKDEFAULT default-secret - eu-west-1")
    #expect(find([name: ""]) == "AKDEFAULT default-secret - eu-west-1")
  }

  @Test(arguments: ["credential_source", "credential_process", "sso_session", "login_session"])
  func `another source of keys in a profile is named`(_ setting: String) {
    let files = Files(texts: ["/h/.aws/config": "[profile x]\n\(setting) = hidden-value\n"])
    let words = find(["AWS_PROFILE": "x"], in: files)
    #expect(words.hasPrefix("the profile `x` gets its keys by `\(setting)`") && !words.contains("hidden-value"))
  }

  @Test func `every source that is seen is named, and so is every file that a variable names`() {
    let config = "[default]\nsso_session = x\ncredential_process = y\n"
    let files = Files(texts: ["/h/.aws/config": config, "/own": ""])
    let words = find(
      [
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn", "AWS_SHARED_CREDENTIALS_FILE": "/gone",
      ], in: files)
    for part in [
      "AWS_WEB_IDENTITY_TOKEN_FILE is set", "AWS_ROLE_ARN is set",
      "the profile `default` gets its keys by `sso_session`",
      "the profile `default` gets its keys by `credential_process`", "the file of keys /gone cannot be read",
      "aws configure export-credentials",
    ] {
      #expect(words.contains(part), "\(words)")
    }
    #expect(
      find(["AWS_PROFILE": "nobody", "AWS_SHARED_CREDENTIALS_FILE": "/own"])
        .hasPrefix("no file of keys has a profile `nobody` with keys in /own (AWS_SHARED_CREDENTIALS_FILE)"))
  }

  @Test func `what is not there, or not done here, is named without any value`() {
    #expect(find(["AWS_PROFILE": "nobody"]) == "no file of keys has a profile `nobody` with keys")
    #expect(
      find(["HOME": "/empty"])
        == "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not both set, and there is no profile `default` with keys; a machine's own role (EC2 metadata) is not asked: put the keys into the environment before it runs, for example with `eval \"$(aws configure export-credentials --format env)\"`"
    )
    #expect(find(["AWS_SHARED_CREDENTIALS_FILE": "/gone"]) == "the file of keys /gone cannot be read")
    #expect(find(["AWS_PROFILE": "role"]).hasPrefix("the profile `role` gets its keys by `role_arn`, which"))
  }
}
