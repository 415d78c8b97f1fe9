import Support
import Testing

/// A project of one test, and the shipped binary run in it.
struct TestProject {
  let workspace: Workspace
  /// Options behind every command, such as `--sandbox`.
  var options: [String] = []
  var environment: [String: String] = [:]

  init(_ manifest: String, options: [String] = ["--sandbox"]) throws {
    workspace = try Workspace(["kitform.yaml": manifest])
    self.options = options
  }

  init(example: String, options: [String]) throws {
    workspace = try Workspace(example: example)
    self.options = options
  }

  /// Runs a command with the project's options behind it.
  func run(_ arguments: [String], plain: Bool = false) async throws -> BinaryUnderTest.Ended {
    try await BinaryUnderTest.run(
      arguments + (plain ? [] : options), in: workspace.path, environment: environment)
  }

  /// Runs a command as one word per space and expects its exit code.
  @discardableResult
  func expect(
    _ code: Int32, _ command: String, plain: Bool = false, at location: SourceLocation = #_sourceLocation
  ) async throws -> BinaryUnderTest.Ended {
    let ended = try await run(command.split(separator: " ").map(String.init), plain: plain)
    #expect(ended.exitCode == code, "kitform \(command)\n\(ended.output)\n\(ended.errors)", sourceLocation: location)
    return ended
  }

  /// Runs a command with `--format json`, expects its exit code here and in the document, and reads the document.
  func json(
    _ code: Int32, _ command: String, plain: Bool = false, at location: SourceLocation = #_sourceLocation
  ) async throws -> ParsedJSON {
    let ended = try await expect(code, command + " --format json", plain: plain, at: location)
    let json = try ParsedJSON(ended.output)
    #expect(json["exitCode"].int == Int(code), "\(ended.output)", sourceLocation: location)
    return json
  }

  /// Gives the project a profile of its own, the built-in one, and returns its text.
  func takeProfile() async throws -> String {
    let profile = try await expect(0, "profile show", plain: true).output
    try workspace.write(profile, to: "kit-profile.yaml")
    try workspace.replace(
      "{env: KIT_API_TOKEN}", with: "{env: KIT_API_TOKEN}, profile: ./kit-profile.yaml", in: "kitform.yaml")
    return profile
  }

  /// Every file that Kitform keeps of the project, as names and texts.
  func kept() -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: workspace.files(under: ".kitform").map {
        ($0.name, String(decoding: $0.bytes, as: UTF8.self))
      })
  }
}

/// Manifests that the tests begin with.
enum Manifests {
  static let header = """
    kitform: 1
    account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}

    """

  /// One channel of each kind, every field written.
  static let two =
    header + """
      channels:
        ok:
          community:
            name: OK community
            accessToken: {env: OK_COMMUNITY_TOKEN}
            redirect: {queue: Support}
            closing: {agent: 12h, bot: 1h}
            useTags: true
            topicSet: Retail
            skills: {russian: 3, billing: 2}
        custom:
          partner-bot:
            name: Partner bot
            callbackURL: https://bots.example.com/kit/partner
            apiToken: {id: 42}
            redirect: {function: 1207}

      """

  /// Custom channels `bot-1`, `bot-2`, … of the numbers given.
  static func bots(_ numbers: [Int], top: String = "") -> String {
    header + top + (numbers.isEmpty ? "" : "channels:\n  custom:\n")
      + numbers.map { number in
        """
            bot-\(number):
              name: Bot \(number)
              callbackURL: https://bots.example.com/\(number)
              apiToken: {id: 42}
              redirect: {queue: Support}

        """
      }.joined()
  }
}

extension String {
  /// A manifest whose account has both of its hosts at one place, in place of a region.
  func calling(_ host: String) -> String {
    replacing("region: eu", with: "apiHost: \"\(host)\", messagingHost: \"\(host)\"")
  }
}
