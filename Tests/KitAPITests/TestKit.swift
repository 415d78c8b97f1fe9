import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Support
import Testing
import Transport

/// What the tests of this target share: kinds, a remote over a script, and JSON of channels.
enum TestKit {
  static let token = "t0ken+secret/value"

  private static func kind(_ name: String, _ fields: [(String, Shape)]) -> Kind {
    Kind(
      name: name, title: name, documentation: "", summary: "",
      fields: fields.map { Field($0.0, $0.1, documentation: "", example: "", source: .ours) }
        + [Field("protect", .flag, role: .protection, documentation: "", example: "", source: .ours)],
      outputs: [])
  }

  private static let processing: [(String, Shape)] = [
    ("redirect", .route([.queue, .function])), ("closing.agent", .duration), ("closing.bot", .duration),
    ("useTags", .flag), ("topicSet", .reference(.topicSet)), ("skills", .levels(.skill, 1...5)),
  ]

  static let ok = kind("ok", [("name", .text), ("accessToken", .secret)] + processing)
  static let custom = kind(
    "custom", [("name", .text), ("callbackURL", .callbackURL), ("apiToken", .credential(.apiToken))] + processing)

  static func remote(
    _ transport: any Transport, profile: APIProfile = .builtIn, kinds: [Kind] = [ok, custom], parallelism: Int = 8,
    mayWrite: (@Sendable () -> Bool)? = nil
  ) -> KitRemote {
    let clock = InstantClock()
    let caller = Caller(
      transport: transport, limiter: RateLimiter(callsPerSecond: nil, clock: clock), budget: RetryBudget(),
      clock: clock, mayWrite: mayWrite, now: { 0 })
    return KitRemote(
      profile: profile, kinds: kinds, account: "acme & co", origin: Origin(host: "kitapi-eu.voximplant.com"),
      token: Secret(token), caller: caller, parallelism: parallelism)
  }

  /// A profile made of the built-in one by replacing texts.
  static func profile(_ replacements: [(String, String)]) throws -> APIProfile {
    var text = PlainProfile.text
    for (old, new) in replacements {
      try #require(text.contains(old))
      text = text.replacing(old, with: new)
    }
    let (profile, diagnostics) = ProfileLoader.load(SourceFile(path: "test.yaml", text: text), file: 0)
    return try #require(profile, "\(diagnostics)")
  }

  /// One page in the envelope.
  static func page(_ items: [String], total: Int, page: Int = 1, perPage: Int = 50) -> String {
    let pages = (total + perPage - 1) / perPage
    return """
      {"success": true, "result": [\(items.joined(separator: ","))], "_meta": {"totalCount": \(total), \
      "pageCount": \(pages), "currentPage": \(page), "perPage": \(perPage)}}
      """
  }

  /// A small custom channel.
  static func channel(_ id: Int, name: String = "Bot") -> String {
    """
    {"id": \(id), "channel_uuid": "uuid-\(id)", "channel_type": "custom", "channel_name": "\(name) \(id)"}
    """
  }

  /// Serves a list of items page by page, as Kit does.
  static func serve(_ items: [String]) -> ScriptedTransport {
    ScriptedTransport { request, _ in
      let page = Int(request.parameter("page") ?? "1") ?? 1
      let size = min(50, Int(request.parameter("per-page") ?? "20") ?? 20)
      let slice = items.dropFirst((page - 1) * size).prefix(size)
      return .json(TestKit.page(Array(slice), total: items.count, page: page, perPage: size))
    }
  }
}

/// The failure of a call, or nil.
func failure<Success>(_ body: () async throws(RemoteFailure) -> Success) async -> RemoteFailure? {
  do throws(RemoteFailure) {
    _ = try await body()
    return nil
  } catch {
    return error
  }
}
