import Documents
import KitProfile
import Support
import Testing

/// What a profile says, apart from how it is written: its digest decides whether it may be used.
@Suite struct ProfileContentTests {
  private let builtIn = APIProfile.builtIn

  private func profile(_ edit: (inout String) -> Void) throws -> APIProfile {
    var text = builtIn.rendered
    edit(&text)
    #expect(text != builtIn.rendered)
    let (profile, diagnostics) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
    return try #require(profile, "\(diagnostics.map(\.message))")
  }

  /// Lines of a profile that say nothing of a call.
  static let silent: [(String, @Sendable (inout String) -> Void)] = [
    ("another name", { $0.replace("name: kit-v3\n", with: "name: mine\n") }),
    ("another rate", { $0.replace("rate: 5  ", with: "rate: 9  ") }),
    ("no rate's comment", { $0 += "\n# checked in May\n" }),
    ("labels", { $0.replace("# DOC", with: "# CONFIRMED by the support") }),
    (
      "quotes",
      { $0.replace("account: /api/v3/account/getAccountInfo", with: "account: '/api/v3/account/getAccountInfo'") }
    ),
    (
      "layout and order of keys",
      { $0.replace("switches: {on: \"true\", off: \"false\"}", with: "switches:\n  off: \"false\"\n  on: \"true\"") }
    ),
  ]

  @Test(arguments: silent.indices)
  func `a profile that differs in how it is written alone is the built-in one`(_ index: Int) throws {
    let (name, edit) = Self.silent[index]
    let profile = try profile(edit)
    #expect(profile.isBuiltIn, "\(name)")
    #expect(profile.digest == builtIn.digest, "\(name)")
  }

  @Test func `the built-in profile keeps its digest`() {
    #expect(builtIn.digest == "kp1-e5faf23d37859f0ba6c19e098c6b01b53a5f001d7c193544ebd6eb7601852d01")
  }

  /// Lines that decide which call is made, or whether anything is written.
  static let loud: [(String, String)] = [
    ("status: unconfirmed", "status: confirmed"),
    ("/api/v3/skills/searchSkills", "/api/v3/channel/dropChannel"),
    ("{name: domain, in: query}", "{name: domain, in: body}"), ("pageSize: 50", "pageSize: 20"),
    ("unit: seconds                         #", "unit: minutes                         #"),
    ("name: channel_name", "name: channel_title"), ("success: success", "success: ok"),
    ("volatile: [updated, ", "volatile: ["),
  ]

  @Test(arguments: loud.indices)
  func `a profile that says anything else is another one`(_ index: Int) throws {
    let (old, new) = Self.loud[index]
    try #require(builtIn.rendered.contains(old), "\(old)")
    let profile = try profile { $0.replace(old, with: new) }
    #expect(!profile.isBuiltIn, "\(new)")
    #expect(profile.digest != builtIn.digest, "\(new)")
    #expect(APIProfile.isDigest(profile.digest))
  }

  @Test func `texts that YAML reads as one number stay two texts`() throws {
    let one = try profile { $0.replace("name: channel_name", with: "name: 010") }
    let other = try profile { $0.replace("name: channel_name", with: "name: 8") }
    #expect(one.digest != other.digest)
  }

  @Test func `differences name each setting with both sides`() throws {
    let other = try profile {
      $0.replace(#/\n  listFunctions: [^\n]*/#, with: "")
      $0.replace("status: unconfirmed", with: "status: confirmed")
    }
    let found = ProfileContent.differences(from: builtIn.content, to: other.content)
    try #require(found.map(\.name) == ["operations.listFunctions", "status"])
    #expect(found[0].before == "/api/v3/function/searchFunctions" && found[0].after == nil)
    #expect(found[1].before == "unconfirmed" && found[1].after == "confirmed")
    #expect(ProfileContent.differences(from: other.content, to: other.content).isEmpty)
  }

  @Test func `only a whole digest has the form of one`() {
    #expect(APIProfile.isDigest(builtIn.digest))
    for text in [
      "", "kp1-", "kf1-" + String(repeating: "a", count: 64), builtIn.digest.uppercased(), builtIn.digest + "0",
    ] {
      #expect(!APIProfile.isDigest(text), "\(text)")
    }
  }

  /// Spellings of one path that servers take for the same.
  @Test(arguments: [
    "/api/v3/channel/deleteChannel", "/api/v3/channel/deleteChannel/", "/api/v3//channel/./deleteChannel",
    "/API/v3/Channel/DeleteChannel",
  ])
  func `an operation that reads may not have the path of one that writes`(_ path: String) {
    for line in [
      "  account: /api/v3/account/getAccountInfo", "  listQueues: /api/v3/queues/searchQueues",
      "  listSkills: /api/v3/skills/searchSkills", "  listTopicSets: /api/v3/topicSets/searchTopicSets",
      "  listFunctions: /api/v3/function/searchFunctions", "  listAPITokens: /api/v3/accessToken/searchTokens",
      "  listChannels: /api/v3/channel/searchChannels", "  refresh: /api/v3/botService/refreshToken",
    ] {
      let name = line.prefix { $0 != ":" }
      let text = builtIn.rendered.replacing(line, with: "\(name): \(path)")
      #expect(text != builtIn.rendered, "\(line)")
      let (profile, found) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
      #expect(profile == nil && found.map(\.id) == [Rule.profileShared.id], "\(line): \(found.map(\.message))")
    }
  }

  @Test(arguments: ["page: page ", "size: per-page", "{name: domain, in: query}"])
  func `nothing is sent under the name of a channel's id`(_ setting: String) {
    let text = builtIn.rendered.replacing(
      setting, with: setting.hasPrefix("{") ? "{name: id, in: query}" : "\(setting.prefix { $0 != ":" }): id ")
    #expect(text != builtIn.rendered)
    let (profile, found) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
    #expect(profile == nil && found.map(\.id) == [Rule.profileShared.id], "\(found.map(\.message))")
  }
}
