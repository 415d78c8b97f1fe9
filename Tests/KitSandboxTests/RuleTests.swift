import Documents
import KitSandbox
import Testing

@Suite struct RuleTests {
  /// A valid form with some fields put in the place of others.
  private func form(_ base: [(String, String)], _ changes: [(String, String)]) -> [(String, String)] {
    base.filter { field in !changes.contains { $0.0 == field.0 } } + changes
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    var isCustom = false
    var changes: [(String, String)]
    var words: String
    var testDescription: String { words }

    init(_ changes: (String, String)..., custom: Bool = false, words: String) {
      self.changes = changes
      isCustom = custom
      self.words = words
    }
  }

  @Test(arguments: [
    Refusal(("channel_name", ""), words: "channel_name: is required"),
    Refusal(
      ("channel_name", String(repeating: "é", count: 256)), words: "channel_name: must have at most 255 characters"),
    Refusal(("channel_name", "a\u{7}b"), words: "channel_name: must not have control characters"),
    Refusal(("channel_type", "telegram"), words: "channel_type: is no kind of channel that can be created"),
    Refusal(("channel_settings", "{}"), words: "channel_settings.api_key: is required"),
    Refusal(("channel_settings", #"{"api_key":""}"#), words: "channel_settings.api_key: is required"),
    Refusal(("channel_settings", #"{"api_key":5}"#), words: "channel_settings.api_key: must be a string"),
    Refusal(("channel_settings", "api_key"), words: "channel_settings: must be a JSON object"),
    Refusal(("agent_close_timeout_sec", "59"), words: "agent_close_timeout_sec: must be 60 to 604800 seconds"),
    Refusal(("agent_close_timeout_sec", "604801"), words: "agent_close_timeout_sec: must be 60 to 604800 seconds"),
    Refusal(("agent_close_timeout_sec", "1h"), words: "agent_close_timeout_sec: must be a whole number"),
    Refusal(("bot_close_timeout_sec", "59"), words: "bot_close_timeout_sec: must be 60 to 604800 seconds"),
    Refusal(
      ("agent_close_timeout_sec", "600"),
      words: "agent_close_timeout_sec: must be greater than the queue's maximum waiting time of 600 seconds"),
    Refusal(("processing_queue", "3"), words: "processing_method: there is no queue 3"),
    Refusal(
      ("processing_function", "88"), words: "processing_method: exactly one of a queue and a function is required"),
    Refusal(("processing_queue", ""), words: "processing_method: exactly one of a queue and a function is required"),
    Refusal(
      ("processing_method", "function"),
      words: "processing_method: the way of processing and the given queue do not agree"),
    Refusal(("use_tags", "yes"), words: "use_tags: must be true or false"),
    Refusal(("use_topics", "true"), ("topic_set_id", "9"), words: "topic_set_id: there is no topic set 9"),
    Refusal(("use_topics", "true"), words: "topic_set_id: is required while topics are switched on"),
    Refusal(("skills", #"[{"skill_id":9,"level":1}]"#), words: "skills: there is no skill 9"),
    Refusal(("skills", #"[{"skill_id":11,"level":6}]"#), words: "skills: the level of skill 11 must be 1 to 5"),
    Refusal(("skills", #"[{"skill_id":11,"level":0}]"#), words: "skills: the level of skill 11 must be 1 to 5"),
    Refusal(
      ("skills", #"[{"skill_id":11,"level":1},{"skill_id":11,"level":2}]"#),
      words: "skills: skill 11 is listed twice"),
    Refusal(("skills", "11"), words: "skills: must be a list of objects with skill_id and level"),
    Refusal(
      ("channel_settings", #"{"token_id":41}"#), custom: true, words: "channel_settings.url: is required"),
    Refusal(
      ("channel_settings", #"{"url":"https://a.example"}"#), custom: true,
      words: "channel_settings.token_id: is required"),
    Refusal(
      ("channel_settings", #"{"url":"https://a.example","token_id":9}"#), custom: true,
      words: "channel_settings.token_id: there is no API token 9"),
    Refusal(
      ("channel_settings", #"{"url":"http://a.example","token_id":41}"#), custom: true,
      words: "channel_settings.url: must begin with https"),
    Refusal(
      ("channel_settings", #"{"url":"https://me@a.example","token_id":41}"#), custom: true,
      words: "channel_settings.url: must be an absolute URL without user and fragment"),
    Refusal(("processing_function", "89"), custom: true, words: "processing_method: there is no function 89"),
  ])
  func `a creation against a rule is answered 422 with words, and nothing is made`(refusal: Refusal) {
    let kit = LocalKit()
    let answer = kit.create(form(refusal.isCustom ? LocalKit.custom : LocalKit.ok, refusal.changes))
    #expect(answer.status == 422)
    #expect(answer.error == refusal.words)
    #expect(kit.sandbox.snapshot.account.channels.isEmpty)
  }

  @Test func `everything wrong is said at once`() {
    let answer = LocalKit().create(form(LocalKit.ok, [("channel_name", ""), ("processing_queue", "3")]))
    #expect(answer.error == "channel_name: is required; processing_method: there is no queue 3")
  }

  @Test(arguments: ["60", "604800"])
  func `the limits of a closing time belong to it`(seconds: String) {
    let kit = LocalKit()
    let answer = kit.create(form(LocalKit.ok, [("processing_queue", "2"), ("agent_close_timeout_sec", seconds)]))
    #expect(answer.status == 200)
  }

  @Test func `a name of 255 characters is accepted`() {
    let answer = LocalKit().create(form(LocalKit.ok, [("channel_name", String(repeating: "é", count: 255))]))
    #expect(answer.status == 200)
  }

  @Test func `a new queue is held against the closing time that stays`() throws {
    let kit = LocalKit()
    let id = try #require(
      kit.create(form(LocalKit.ok, [("processing_queue", "2"), ("agent_close_timeout_sec", "300")])).id)
    let answer = kit.update(id, [("processing_method", "queue"), ("processing_queue", "1")])
    #expect(answer.error?.hasPrefix("agent_close_timeout_sec: must be greater") == true)
  }

  @Test func `an update is not refused for what it leaves alone`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok).id)
    kit.sandbox.edit { $0.queues.removeAll() }
    #expect(kit.update(id, [("channel_name", "New")]).status == 200)
    #expect(kit.update(id, [("processing_method", "queue"), ("processing_queue", "1")]).status == 422)
  }

  @Test(arguments: [
    ("http://127.0.0.1:8080/kit", true), ("http://localhost/", true), ("http://[::1]:80/x?y=z", true),
    ("https://bots.example.com", true), ("HTTPS://Bots.Example.com:8443/kit", true),
    ("http://127.evil.example/", false),
    ("http://bots.example.com/", false), ("ftp://127.0.0.1/", false), ("https://", false), ("//a.example", false),
    ("https://a.example/#part", false), ("https://a.example:0/", false), ("https://a.example:65536/", false),
    ("https://a example/", false), ("https://ä.example/", false),
  ])
  func `callback URLs are https, or http to loopback`(url: String, isAccepted: Bool) {
    var channel = SandboxChannel(id: 1, uuid: "u", kind: "custom", name: "n")
    channel.callbackURL = url
    let violations = SandboxRules.violations(of: channel, in: LocalKit.account(), touched: ["callbackURL"])
    #expect(violations.isEmpty == isAccepted)
  }
}
