import Support

/// `kitform sandbox` as a process of its own, on a free port, with an account that is kept in a file.
final class LocalKitProcess {
  let workspace: Workspace
  let url: String
  private let running: BinaryUnderTest.Running

  /// The environment of a project that speaks to it; every value is one that no output may show.
  static let credentials = [
    "KIT_API_TOKEN": "full-token-Zq7vK2-of-thirty-two-bytes", "OK_COMMUNITY_TOKEN": "tknPLANTED7d4:xK91",
  ]

  static let account = """
    format: kitform.account/v1
    name: acme
    apiTokens:
      - {id: 41, name: Deploy, value: full-token-Zq7vK2-of-thirty-two-bytes}
      - {id: 42, name: Bots}
      - {id: 43, name: Reader, role: readOnly, value: reading-token-8Lm3}
    queues: [{id: 12, title: Support, maxWaitingTime: 600}, {id: 13, title: Sales, maxWaitingTime: 300}]
    functions: [{id: 1207, title: Router}]
    skills: [{id: 3, title: russian}, {id: 9, title: billing}]
    topicSets: [{id: 5, title: Retail}, {id: 6, title: Wholesale}]

    """

  init(options: [String] = [], account: String = LocalKitProcess.account) async throws {
    workspace = try Workspace(["account.yaml": account])
    running = try BinaryUnderTest.start(
      ["sandbox", "--port", "0", "--format", "json", "--file", "account.yaml"] + options, in: workspace.path)
    do {
      try await running.wait { $0.output.contains("\n") }
      let line = running.output.prefix { $0 != "\n" }
      guard let url = try ParsedJSON(String(line))["url"].string else {
        throw BinaryUnderTest.Problem(description: "the first line is \(line)")
      }
      self.url = url
    } catch {
      try await running.stop()
      throw error
    }
  }

  /// A manifest for this account.
  func manifest(_ manifest: String = Manifests.two) -> String {
    manifest.calling(url)
  }

  /// A project for this account, with its credentials.
  func project(_ text: String = Manifests.two) throws -> TestProject {
    var project = try TestProject(manifest(text), options: [])
    project.environment = LocalKitProcess.credentials
    return project
  }

  /// Ends it in order and returns the account that it leaves behind.
  @discardableResult
  func stop() async throws -> String {
    try await running.stop()
    return try workspace.read("account.yaml")
  }

  /// The events so far, one JSON document a line.
  var events: [ParsedJSON] {
    get throws { try running.output.split(separator: "\n").map { try ParsedJSON(String($0)) } }
  }
}
