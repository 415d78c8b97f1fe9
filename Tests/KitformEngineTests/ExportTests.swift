import Documents
import KitSandbox
import Manifest
import Provisioning
import Support
import Testing

@testable import KitformEngine

@Suite struct ExportTests {
  private static let header = """
    kitform: 1
    account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}

    """

  /// Names and titles that YAML, Kitform or a terminal could take for something else.
  static let hostile = [
    "Support", "no", "on", "null", "~", "010", "12", "1_000", "0x1F", "60:00", "2026-01-01", "1e3", "a: b", "a #b",
    "#a", "- a", "? a", "{a}", "[a]", "a, b", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a`", "'a'", "\"a\"", "a\\b",
    "${x}", "$${x}", "$$${x}", "$", "${", "a}b", "=", "<<", "none", "None", "Кафе", "Cafe\u{301}", "Caf\u{E9}",
    "👨‍👩‍👧", "a\u{200B}b", "\u{202E}abc", "a\u{2028}b", "\u{FEFF}a", "\u{FFFF}", "a\u{301}'\u{301}", "---", "...",
    "channels:", "x: {y: z}", String(repeating: "x", count: 255), String(repeating: "ж", count: 255),
    "https://a.b/?c=d", "it's \"both\" \\ of", "a  b", "ü—“”…", "a:", "a :b", ":a", "$${", "{{x}}", "<a>", "a|b",
  ]
  /// What Kit takes and the rule `name.characters` does not.
  private static let blank = [" lead", "trail ", "\u{A0}nbsp", "a\tb"]
  /// What no YAML file may hold, not even escaped.
  private static let never = ["a\u{85}b", "a\u{7}"]

  private static func account(_ account: inout Account, _ generator: inout SeededGenerator, count: Int) {
    func title() -> String { hostile.randomElement(using: &generator) ?? "" }
    account.queues += (0..<6).map { .init(id: 500 + $0, title: title(), maxWaitingTime: $0 * 600) }
    account.functions += (0..<4).map { .init(id: 600 + $0, title: title()) }
    account.skills += (0..<6).map { .init(id: 700 + $0, title: title()) } + [.init(id: 799, title: "")]
    account.topicSets += (0..<4).map { .init(id: 800 + $0, title: title()) } + [.init(id: 899, title: "none")]
    for number in 0..<count {
      let kinds = ["ok", "custom", "ok", "custom", "telegram"]
      let names = Int.random(in: 0..<12, using: &generator) == 0 ? blank : hostile
      var channel = SandboxChannel(
        id: 1000 + number, uuid: "0f6c0000-0000-4000-8000-\(String(100_000_000_000 + number))",
        kind: kinds.randomElement(using: &generator) ?? "ok", name: names.randomElement(using: &generator) ?? "")
      if number == 0 { channel.name = never.randomElement(using: &generator) ?? "" }
      channel.route =
        Bool.random(using: &generator)
        ? .queue(account.queues.randomElement(using: &generator)?.id ?? 12)
        : .function(account.functions.randomElement(using: &generator)?.id ?? 1207)
      channel.closingAgent =
        [nil, 60, 90, 5400, 86_400, 604_800, 1_209_600, 30].randomElement(using: &generator) ?? nil
      channel.closingBot = [nil, 60, 3661, 604_801].randomElement(using: &generator) ?? nil
      channel.useTags = Bool.random(using: &generator)
      channel.useTopicSet = Bool.random(using: &generator)
      channel.topicSet = account.topicSets.randomElement(using: &generator)?.id
      channel.skills = account.skills.shuffled(using: &generator).prefix(Int.random(in: 0...3, using: &generator)).map {
        .init(id: $0.id, level: Int.random(in: 1...5, using: &generator))
      }
      if channel.kind == "custom" {
        channel.apiToken = 42
        channel.callbackURL = [
          "https://bots.example.com/kit", "https://bots.example.com/kit?key=a&b=c,d", "http://10.0.0.1/x",
          "https://user:pass@example.com/", "not a URL", "https://bots.example.com/${x}", "http://169.254.169.254/",
        ].randomElement(using: &generator)
      }
      account[channel: channel.id] = channel
    }
    account.raiseNextID()
  }

  /// Exports the account of a scene into its files, and returns the export.
  private func export(_ scene: EngineScene, _ filter: Engine.ExportFilter = .init()) async throws -> Engine.Export {
    let engine = try scene.engine()
    let export = engine.export(
      filter, state: try await engine.readState(), view: try await engine.view(), options: DecodingOptions())
    for channel in export.channels where channel.rejection == nil {
      try scene.workspace.write(channel.file, to: "channels/\(channel.address).yaml")
    }
    return export
  }

  @Test(arguments: 0..<24) func `what is exported is adopted as it is, and then the plan is empty`(_ seed: Int)
    async throws
  {
    var generator = SeededGenerator(seed: UInt64(seed))
    // Every other account relaxes the rule that names with outer white space break.
    let rules = seed.isMultiple(of: 2) ? "rules: {name.characters: warning}\n" : ""
    let scene = try EngineScene(ExportTests.header + rules)
    scene.sandbox.edit { ExportTests.account(&$0, &generator, count: 40) }
    let export = try await export(scene)
    let known = scene.sandbox.snapshot.account.channels.filter { $0.kind != "telegram" }
    #expect(export.channels.count == known.count)
    #expect(export.unknown.count == 40 - known.count)
    #expect(export.changes.isEmpty)
    for channel in export.channels {
      guard channel.rejection != nil else { continue }
      let isUnsayable =
        ExportTests.never.contains(channel.name) || rules.isEmpty && ExportTests.blank.contains(channel.name)
      #expect(isUnsayable, "\(channel.name): \(channel.rejection ?? "")")
    }
    let described = export.channels.filter { $0.rejection == nil }
    let plan = try await scene.plan()
    #expect(plan.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
    #expect(plan.changes.map(\.action) == described.map { _ in .adopt })
    #expect(plan.changes.map(\.address) == described.map(\.address))
    let before = scene.sandbox.snapshot.account
    let result = try await scene.apply()
    #expect(result?.changes.allSatisfy { $0.verdict == .done } ?? described.isEmpty)
    #expect(scene.sandbox.snapshot.account.channels == before.channels)
    #expect(try await scene.plan().changes.isEmpty)
    let again = try await self.export(scene)
    #expect(again.channels.filter { $0.rejection == nil }.isEmpty)
    #expect(again.managed.map(\.address).sorted() == described.map(\.address))
  }

  @Test func `exported files are formatted, and one document says the same as many`() async throws {
    var generator = SeededGenerator(seed: 99)
    let scene = try EngineScene(ExportTests.header + "rules: {name.characters: warning}\n")
    scene.sandbox.edit { ExportTests.account(&$0, &generator, count: 60) }
    let export = try await export(scene)
    for outcome in ProjectFormatter.format(try scene.engine().loaded, orders: false) {
      #expect(!outcome.isChanged && outcome.reason == nil, "\(outcome.file.path)")
    }
    let whole = try EngineScene(
      ExportTests.header + "rules: {name.characters: warning}\n" + ChannelManifest.document(export.channels))
    let one = try whole.engine().configuration.records
    let many = try scene.engine().configuration.records
    #expect(one.map(\.address) == many.map(\.address))
    for (left, right) in zip(one, many) { #expect(left.name.utf8.elementsEqual(right.name.utf8)) }
  }

  @Test func `a filter changes no address`() async throws {
    let scene = try EngineScene(ExportTests.header)
    scene.sandbox.edit { account in
      for (id, kind, name) in [(1, "ok", "Bot"), (2, "ok", "Bot"), (3, "custom", "Bot"), (4, "ok", "Горячая линия")] {
        var channel = SandboxChannel(id: id, uuid: "u-\(id)", kind: kind, name: name)
        channel.route = .queue(12)
        channel.callbackURL = kind == "custom" ? "https://bots.example.com/" : nil
        channel.apiToken = kind == "custom" ? 42 : nil
        account[channel: id] = channel
      }
    }
    func addresses(_ filter: Engine.ExportFilter) async throws -> [String] {
      let engine = try scene.engine()
      return engine.export(filter, state: nil, view: try await engine.view(), options: DecodingOptions()).channels.map {
        $0.address.description
      }
    }
    #expect(try await addresses(.init()) == ["custom.bot", "ok.bot", "ok.bot-2", "ok.goryachaya-liniya"])
    #expect(try await addresses(.init(kind: "ok", name: "B?t")) == ["ok.bot", "ok.bot-2"])
    #expect(try await addresses(.init(name: "*линия")) == ["ok.goryachaya-liniya"])
    #expect(try await addresses(.init(kind: "custom")) == ["custom.bot"])
    #expect(try await addresses(.init(name: "x")) == [])
  }

  @Test func `a default that would fill a field is told`() async throws {
    let scene = try EngineScene(ExportTests.header + "defaults: {closing: {agent: 24h}}\n")
    scene.sandbox.edit { account in
      var channel = SandboxChannel(id: 7, uuid: "u-7", kind: "ok", name: "Long")
      channel.route = .queue(12)
      channel.closingAgent = 1_209_600
      account[channel: 7] = channel
    }
    let export = try await export(scene)
    #expect(export.channels.first?.omitted.map(\.field) == ["closing.agent"])
    #expect(export.changes.map(\.fields) == [["closing.agent"]])
  }

  @Test func `addresses of the manifests are not given again`() async throws {
    let scene = try EngineScene(EngineScene.manifest)
    scene.sandbox.edit { account in
      var channel = SandboxChannel(id: 7, uuid: "u-7", kind: "ok", name: "Community")
      channel.route = .queue(12)
      account[channel: 7] = channel
    }
    #expect(try await export(scene).channels.map(\.address.description) == ["ok.community-7"])
  }

  @Test func `a field that the account shows in another form is left to Kit, and export says so`() async throws {
    let scene = try EngineScene(Self.header)
    scene.sandbox.edit { account in
      var channel = SandboxChannel(id: 7, uuid: "u-7", kind: "ok", name: "Seven")
      channel.route = .queue(12)
      account[channel: channel.id] = channel
    }
    let engine = try scene.engine()
    var view = try await engine.view()
    let slot = try #require(view.channels[0].kind?.index(of: "skills"))
    view.channels[0].values[slot] = nil
    view.channels[0].misread = [slot]
    let export = engine.export(Engine.ExportFilter(), state: nil, view: view, options: DecodingOptions())
    let channel = try #require(export.channels.first)
    #expect(channel.omitted.map(\.field) == ["skills"])
    #expect(channel.file.contains("# skills stays as it is in Kit: Kit shows it in another form"))
  }
}
