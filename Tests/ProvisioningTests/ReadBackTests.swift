import Basics
import Channels
import Documents
import Manifest
import Support
import Testing

@testable import Provisioning

extension PlanScene {
  /// Makes the account and the state what they are after an apply that read back another value of a field.
  mutating func readBack(_ address: String, _ field: String, _ value: Value) {
    guard let address = Address(address), let entry = state?[address],
      let index = entry.applied.firstIndex(where: { $0.name == field })
    else { return }
    account.change(entry.name, field, to: value)
    var readBack: State.ReadBack? = .value(value.json)
    if entry.applied[index].isSecret, case .text(let text) = value {
      readBack = (try? fingerprinter?.fingerprint(Secret(text), of: address, field: field)).map { .fingerprint($0) }
    }
    state?[address]?.applied[index].readBack = readBack
  }
}

/// An account that stores another value than the one that it was sent: what an apply read back is neither drift nor a change.
struct ReadBackTests {
  private static let stored = "https://bots.example.com/kit/"

  private static func scene(_ top: String = "") -> PlanScene {
    var scene = applied(top + bothChannels)
    scene.readBack("custom.bot", "callbackURL", .text(stored))
    return scene
  }

  // MARK: - The apply

  @Test func `an apply that reads back another value shows both, and the next plan has no change`() throws {
    let world = ApplyWorld()
    world.arrange { $0.storesTextsAs = ["Bot  a": "Bot a"] }
    let first = try world.apply([Bot("a", name: "Bot  a")])
    #expect(first.result.outcome == .unverified)
    #expect(first.result.unverified.map(\.fields) == [["name"]])
    #expect(
      first.result.unverified.map(\.reason) == [
        "name was written as \"Bot  a\", and Kit stores \"Bot a\" (U+0020 → nothing)"
      ])
    #expect(world.state?.channels.first?.applied("name")?.readBack == .value("Bot a"))
    let plan = world.plan([Bot("a", name: "Bot  a")])
    #expect(plan.isEmpty && plan.findings == ["account.storedOtherwise"])
    #expect(try world.apply([Bot("a", name: "Bot  a")]).result.outcome == .noChanges)
  }

  @Test func `an update that Kit ignores is sent again`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a", name: "Bot a")])
    world.arrange { $0.storesTextsAs = ["Bot one": "Bot a"] }
    #expect(try world.apply([Bot("a", name: "Bot one")]).result.outcome == .unverified)
    #expect(world.state?.channels.first?.applied("name")?.readBack == nil)
    #expect(world.plan([Bot("a", name: "Bot one")]).changes.flatMap(\.fields).map(\.name) == ["name"])
    world.arrange { $0.storesTextsAs = [:] }
    #expect(try world.apply([Bot("a", name: "Bot one")]).result.outcome == .done)
  }

  @Test func `an update of another field is not unverified because of what was read back before`() throws {
    let world = ApplyWorld()
    world.arrange { $0.storesTextsAs = ["Bot  a": "Bot a"] }
    _ = try world.apply([Bot("a", name: "Bot  a")])
    let run = try world.apply([Bot("a", name: "Bot  a", closing: 90)])
    #expect(run.plan.changes.flatMap(\.fields).map(\.name) == ["closing.agent"])
    #expect(run.result.outcome == .done)
    #expect(world.state?.channels.first?.applied("name")?.readBack == .value("Bot a"))
  }

  @Test func `a value as Kit stores it ends the difference`() throws {
    let world = ApplyWorld()
    world.arrange { $0.storesTextsAs = ["Bot  a": "Bot a"] }
    _ = try world.apply([Bot("a", name: "Bot  a")])
    let plan = world.plan([Bot("a", name: "Bot a")])
    #expect(plan.isEmpty && plan.findings.isEmpty)
    #expect(plan.refreshed.first?.applied("name") == State.AppliedField(name: "name", value: "Bot a"))
  }

  @Test func `a value from a secret that is stored otherwise is not shown, and not sent again`() throws {
    let world = ApplyWorld()
    world.arrange { $0.storesTextsAs = ["https://a.example/hush": "https://a.example/hush/"] }
    let bot = Bot("a", callback: "https://a.example/hush")
    let run = try world.apply([bot])
    #expect(run.result.outcome == .unverified)
    #expect(
      run.result.unverified.map(\.reason) == [
        "callbackURL was written as its secret has it, and Kit stores another value"
      ])
    let plan = world.plan([bot])
    #expect(plan.isEmpty && plan.findings == ["account.storedOtherwise"])
    #expect(plan.diagnostics.allSatisfy { !"\($0)".contains("hush") })
    let changed = world.plan([Bot("a", callback: "https://a.example/other")])
    #expect(try changed.change("bot.a", .update).field("callbackURL").cause == .manifest)
    #expect(try world.apply([Bot("a", closing: 90, callback: "https://a.example/hush")]).result.outcome == .done)
  }

  @Test func `a difference in a field that the apply did not write is not remembered`() throws {
    let world = ApplyWorld()
    _ = try world.apply([Bot("a")])
    let account = world.account
    world.arrange {
      $0.onAnswer = { _ in
        var contents = account.snapshot
        contents.channels[0].values[0] = .text("Renamed meanwhile")
        account.snapshot = contents
      }
    }
    let run = try world.apply([Bot("a", closing: 90)])
    #expect(run.result.outcome == .unverified)
    #expect(world.state?.channels.first?.applied("name")?.readBack == nil)
    #expect(run.result.unverified.first?.reason.contains("name was not written, should be \"Bot a\"") == true)
  }

  // MARK: - The plan

  @Test func `what was read back is a warning with the line to write, and no drift`() throws {
    let scene = ReadBackTests.scene("guards: {drift: refuse}\n")
    let plan = scene.plan()
    #expect(plan.isEmpty && plan.refusals.isEmpty)
    let finding = try #require(plan.diagnostics.first)
    #expect(plan.diagnostics.count == 1 && finding.severity == .warning)
    #expect(finding.suggestion == "write `callbackURL: \"https://bots.example.com/kit/\"`")
    #expect(Drift.find(scene.input()).isEmpty)
  }

  @Test func `another value in the manifest is a change of the manifest's`() throws {
    var scene = ReadBackTests.scene()
    scene.manifest.replace("bots.example.com/kit", with: "bots.example.com/new")
    let field = try scene.plan().change("custom.bot", .update).field("callbackURL")
    #expect(field.cause == .manifest)
    scene.apply()
    let left = try #require(scene.state?[address("custom.bot")]?.applied("callbackURL"))
    #expect(left.readBack == nil && left.value == "https://bots.example.com/new")
  }

  @Test func `a value that changes away from what was read back is drift`() throws {
    var scene = ReadBackTests.scene("guards: {drift: refuse}\n")
    scene.account.change("Partner bot", "callbackURL", to: .text("https://elsewhere.example.com"))
    let plan = scene.plan()
    #expect(try plan.change("custom.bot", .update).field("callbackURL").cause == .account)
    #expect(plan.refusals.map(\.rule) == [.guardsDrift])
    let drifted = try #require(Drift.find(scene.input()).channels.first?.fields.first)
    #expect(drifted.applied == .value(.string(ReadBackTests.stored)))
    scene.manifest.replace("bots.example.com/kit", with: "bots.example.com/new")
    #expect(try scene.plan().change("custom.bot", .update).field("callbackURL").cause == .both)
  }

  @Test func `a channel keeps what was read back when it moves`() throws {
    var scene = applied(
      bothChannels.replacing("https://bots.example.com/kit", with: "{env: URL}"),
      secrets: ["OK_TOKEN": "t", "URL": "https://bots.example.com/kit"])
    scene.readBack("custom.bot", "callbackURL", .text(ReadBackTests.stored))
    scene.manifest.replace("    bot:\n", with: "    partner-bot:\n")
    scene.manifest += "moved: {custom.partner-bot: custom.bot}\n"
    #expect(scene.apply().summary == ["move custom.partner-bot"])
    let plan = scene.plan()
    #expect(plan.isEmpty && plan.findings == ["account.storedOtherwise"])
    #expect(Drift.find(scene.input()).isEmpty)
  }

  @Test func `what a saved plan says was read back has to be what the state says`() throws {
    var scene = ReadBackTests.scene()
    scene.manifest.replace("{function: Router}", with: "{function: Greeter}")
    var plan = scene.plan()
    #expect(plan.changes.first?.wanted.contains { $0.readBack != nil } == true)
    let state = try #require(scene.state)
    #expect(SavedPlanCheck(plan, state: state, channels: scene.account.channels).reasons.isEmpty)
    let index = try #require(plan.changes[0].wanted.firstIndex { $0.readBack != nil })
    plan.changes[0].wanted[index].readBack = .value("https://forged.example.com")
    #expect(!SavedPlanCheck(plan, state: state, channels: scene.account.channels).reasons.isEmpty)
  }

  @Test func `a saved plan holds while another run writes new titles, and not while it writes anything else`() throws {
    var scene = ReadBackTests.scene()
    scene.manifest.replace("{function: Router}", with: "{function: Greeter}")
    let plan = scene.plan()
    var state = try #require(scene.state)
    let index = try #require(state.channels[0].applied.firstIndex { $0.name == "redirect" })
    let reference = state.channels[0].applied[index].value
    guard case .object(let route) = reference, case .object(let members)? = route.first?.value else {
      Issue.record("no redirect in \(reference)")
      return
    }
    func redirect(_ name: String, _ value: JSONValue) -> JSONValue {
      .object([.init(route[0].key, .object(members.map { $0.key == name ? .init(name, value) : $0 }))])
    }
    state.channels[0].applied[index].value = redirect("title", "Renamed")
    #expect(SavedPlanCheck(plan, state: state, channels: scene.account.channels).reasons.isEmpty)
    state.channels[0].applied[index].value = redirect("id", 4711)
    #expect(!SavedPlanCheck(plan, state: state, channels: scene.account.channels).reasons.isEmpty)
  }

  @Test func `a state remembers what was read back, and one without it is read as it is`() throws {
    let state = try #require(ReadBackTests.scene().state)
    let bytes = StateCodec().encode(state)
    #expect(try StateCodec().decode(bytes, label: "s") == state)
    let old = try #require(applied().state)
    #expect(!String(decoding: StateCodec().encode(old), as: UTF8.self).contains("readBack"))
  }

  // MARK: - Differences that nobody sees

  @Test(arguments: [
    ("Caf\u{65}\u{301}", "Caf\u{E9}", "the same letters, NFD → NFC: U+0065 U+0301 → U+00E9"),
    ("a\u{A0}b", "a b", "U+00A0 → U+0020"), ("a ", "a", "U+0020 → nothing"), ("a\u{430}", "aa", "U+0430 → U+0061"),
    ("\u{212B}", "\u{C5}", "the same letters as other characters: U+212B → U+00C5"), ("a", "b", nil), ("a", "a", nil),
    ("", "", nil), ("", "\u{200B}", "nothing → U+200B"), ("Bot", "bot", nil),
  ]) func `a difference that nobody sees names its characters`(_ old: String, _ new: String, _ words: String?) {
    #expect(UnseenDifference.words(from: old, to: new) == words)
  }

  @Test func `a change that nobody sees says what differs`() throws {
    var scene = applied()
    scene.account.change("Partner bot", "name", to: .text("Partner\u{A0}bot"))
    #expect(try scene.plan().change("custom.bot", .update).field("name").note == "U+00A0 → U+0020")
    #expect(Drift.find(scene.input()).channels.first?.fields.first?.note == "U+0020 → U+00A0")
  }

  @Test func `what a URL hides is hidden in both messages, and no line is proposed`() {
    let one = StoredOtherwise(
      field: "callbackURL", values: (.text("https://a.example/?k=one"), .text("https://a.example/?k=two")))
    #expect(!one.words(isWritten: true).contains("one") && !one.words(isWritten: true).contains("two"))
    #expect(one.remark == "they differ in the part that is not shown" && one.line == nil)
  }
}
