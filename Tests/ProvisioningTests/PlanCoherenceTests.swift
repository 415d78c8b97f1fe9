import Basics
import Channels
import Documents
import Manifest
import Support
import Testing

@testable import Provisioning

/// `apply FILE --approve DIGEST`: nothing of the file that reaches a request or the state can be changed under one digest.
@Suite(.computes) struct PlanCoherenceTests {
  /// A scene whose plan has every action, protection, a secret and an entry that is brought up to date.
  static func scene() -> PlanScene {
    var scene = applied(
      bothChannels + bot("quiet", ", closing: {agent: 1h}") + bot("kept", ", closing: {agent: 1h}") + bot("old")
        + bot("lost"))
    scene.account.remove("lost")
    scene.account.change("quiet", "closing.agent", to: .seconds(7200))
    scene.account.add(.custom, "adopted")
    scene.manifest.replace("12h", with: "24h")
    scene.manifest.replace("    bot:\n", with: "    partner-bot:\n      protect: true\n")
    scene.manifest.replace(
      bot("quiet", ", closing: {agent: 1h}"), with: bot("quiet", ", closing: {agent: 2h}"))
    scene.manifest.replace(bot("kept", ", closing: {agent: 1h}"), with: bot("kept"))
    scene.manifest.replace(bot("old"), with: bot("fresh", ", protect: true"))
    scene.manifest.replace(bot("lost"), with: "")
    scene.manifest +=
      "    secret: {name: secret, callbackURL: {env: CALLBACK}, apiToken: {id: 41}, redirect: {queue: 2}}\n"
      + "    adopted: {name: adopted, callbackURL: \"https://a.example.com\", apiToken: {id: 42}, redirect: {queue: 2}, protect: true}\n"
      + "moved: {custom.partner-bot: custom.bot}\nadopt: {custom.adopted: {name: adopted}}\n"
    scene.secrets["CALLBACK"] = "https://secret.example.com"
    return scene
  }

  private static func bot(_ key: String, _ more: String = "") -> String {
    "    \(key): {name: \(key), callbackURL: \"https://\(key).example.com\", apiToken: {id: 41}, redirect: {queue: 1}\(more)}\n"
  }

  /// What may differ: what an id is called, places and limits are not of the account; a fingerprint is compared with the value before that is
  /// sent; the reference of a secret that is not sent is only remembered; and what is brought up to date, which a plan
  /// of another serial leaves alone, has a test of its own.
  static let free = ["title", "source", "guards", "fingerprints", "accessToken", "refreshed", "serial"]

  @Test func `whatever is changed in a saved plan, nothing else is sent or remembered under its digest`() throws {
    let scene = PlanCoherenceTests.scene()
    let plan = scene.plan()
    #expect(plan.refusals.isEmpty && plan.diagnostics.allSatisfy { $0.severity != .error })
    #expect(Set(plan.changes.map(\.action)) == Set(Action.allCases) && plan.refreshed.count == 1)
    let members = try PlanCoherenceTests.members(PlanFile(plan, tool: "t").encode())
    let honest = try #require(PlanCoherenceTests.outcome(members, scene))
    var refused = 0
    for (path, forged) in PlanCoherenceTests.variants(of: .object(members)) {
      guard !path.contains(where: PlanCoherenceTests.free.contains), case .object(let members) = forged else {
        continue
      }
      if let outcome = PlanCoherenceTests.outcome(members, scene) {
        #expect(outcome == honest, "\(path.joined(separator: "."))")
      } else {
        refused += 1
      }
    }
    #expect(refused > 300, "\(refused)")
  }

  /// The edits of a forger who knows what to look for, each on a change that the digest covers as it is.
  static let forgeries: [(String, @Sendable (inout Plan) -> Void)] = [
    (
      "its callbackURL does not",
      { $0.edit("custom.fresh", .create) { $0.wanted[1].value = "https://evil.example.com" } }
    ),
    (
      "its closing.bot does not",
      { $0.edit("custom.fresh", .create) { $0.wanted.append(State.AppliedField(name: "closing.bot", value: 60)) } }
    ),
    (
      "its closing.bot does not",
      {
        $0.edit("custom.fresh", .create) {
          $0.wanted.append(State.AppliedField(name: "closing.bot", value: 60))
          $0.fields.append(
            FieldChange(
              name: "closing.bot", before: .absent, after: .value(60), secret: .same, cause: .manifest, source: nil))
        }
      }
    ),
    ("its callbackURL does not", { $0.edit("custom.secret", .create) { $0.wanted[1].value = ["env": "OTHER"] } }),
    ("its name does not", { $0.edit("custom.fresh", .create) { $0.name = "evil" } }),
    ("its protected does not", { $0.edit("custom.fresh", .create) { $0.isProtected = false } }),
    ("its protected does not", { $0.edit("custom.adopted", .adopt) { $0.isProtected = false } }),
    ("its protected does not", { $0.edit("custom.adopted", .update) { $0.isProtected = false } }),
    ("its protected does not", { $0.edit("ok.community", .update) { $0.isProtected = true } }),
    ("is in the account again", { $0.edit("ok.community", .update) { $0.precondition = nil } }),
    (
      "its id does not",
      {
        $0.edit("custom.adopted", .adopt) {
          $0.id = 1
          $0.precondition = nil
        }
      }
    ),
    ("its topicSet does not", { $0.edit("ok.community", .update) { $0.wanted.removeAll { $0.name == "topicSet" } } }),
    ("its skills does not", { $0.edit("ok.community", .update) { $0.wanted[5].value = .null } }),
    ("is managed meanwhile", { $0.edit("ok.community", .update) { $0.movedFrom = Address("custom.quiet") } }),
    (
      "its callbackURL does not",
      { $0.edit("custom.partner-bot", .update) { $0.wanted[1].value = "https://evil.example.com" } }
    ),
    ("its applied does not", { $0.edit("custom.partner-bot", .move) { $0.wanted = [] } }),
  ]

  @Test(arguments: forgeries.indices) func `what does not follow from the digest is named`(index: Int) throws {
    let scene = PlanCoherenceTests.scene()
    var plan = scene.plan()
    let digest = plan.digest
    let (words, forge) = PlanCoherenceTests.forgeries[index]
    forge(&plan)
    #expect(plan.digest == digest, "the digest covers it already")
    let state = try #require(scene.state)
    let reasons = SavedPlanCheck(plan, state: state, channels: scene.account.channels).reasons
    #expect(reasons.count == 1 && reasons[0].contains(words), "\(reasons)")
  }

  @Test func `a move names the entry that it takes`() throws {
    let scene = PlanCoherenceTests.scene()
    var plan = scene.plan()
    plan.edit("custom.partner-bot", .move) {
      $0.movedFrom = Address("custom.quiet")
      $0.memory = scene.state?.channels.first { $0.address.key == "quiet" }?.fingerprint
    }
    let check = SavedPlanCheck(plan, state: try #require(scene.state), channels: scene.account.channels)
    #expect(check.reasons.contains { $0.hasPrefix("custom.partner-bot") }, "\(check.reasons)")
  }

  @Test func `an entry that is brought up to date stays who it is`() throws {
    let scene = PlanCoherenceTests.scene()
    let state = try #require(scene.state)
    let honest = scene.plan()
    let check = SavedPlanCheck(honest, state: state, channels: scene.account.channels)
    #expect(check.adjusted.refreshed == honest.refreshed && honest.refreshed.count == 1)
    let forgeries: [(inout State.Entry) -> Void] = [
      { $0.isProtected.toggle() }, { $0.id += 1 }, { $0.uuid = "u" }, { $0.name = "evil" },
      { $0.applied[1].value = "https://evil.example.com" }, { $0.applied.removeLast() },
    ]
    for forge in forgeries {
      var plan = honest
      forge(&plan.refreshed[0])
      let check = SavedPlanCheck(plan, state: state, channels: scene.account.channels)
      #expect(check.adjusted.refreshed.isEmpty, "\(plan.refreshed)")
    }
  }

  /// What applying the members as a file leaves in account and state; nil where they are refused.
  private static func outcome(_ members: [JSONValue.Member], _ scene: PlanScene) -> [String]? {
    guard let state = scene.state, let file = try? PlanFile(decoding: PlanFile.seal(members), label: "p") else {
      return nil
    }
    let check = SavedPlanCheck(file.plan, state: state, channels: scene.account.channels)
    guard check.reasons.isEmpty, check.adjusted.refusals.isEmpty else { return nil }
    var account = scene.account
    var secrets = ResolvedSecrets()
    for secret in check.adjusted.sentSecrets {
      secrets[secret.address, secret.field] = Secret("https://\(secret.reference.label).example.com")
    }
    let left = account.apply(check.adjusted, to: state, secrets: secrets)
    return left.channels.map { entry in
      var entry = entry
      entry.source = nil
      return "\(entry)"
    } + account.channels.map { "\($0.id) \($0.uuid) \($0.raw)" }
  }

  private static func members(_ bytes: [UInt8]) throws -> [JSONValue.Member] {
    let document = JSONComposer.compose(SourceFile(path: "p", bytes: bytes), file: 0).document
    guard case .object(let members) = document.json(try #require(document.roots.first)) else { return [] }
    return members.filter { $0.key != "sha256" }
  }

  /// The value with one thing changed, added or left out, each with the path to it.
  private static func variants(of value: JSONValue) -> [(path: [String], value: JSONValue)] {
    switch value {
    case .string(let text): return [([], .string(text + "x")), ([], .null)]
    case .integer(let number): return [([], .integer(number + 1)), ([], .null)]
    case .bool(let flag): return [([], .bool(!flag))]
    case .null: return [([], "evil"), ([], 1), ([], ["env": "EVIL"]), ([], ["state": "absent"])]
    case .number: return []
    case .array(let items):
      var all: [(path: [String], value: JSONValue)] = []
      for (index, item) in items.enumerated() {
        var changed = items
        for (path, variant) in variants(of: item) {
          changed[index] = variant
          all.append((["\(index)"] + path, .array(changed)))
        }
        changed.remove(at: index)
        all.append((["\(index)"], .array(changed)))
      }
      return all
    case .object(let members):
      var all: [(path: [String], value: JSONValue)] = []
      for (index, member) in members.enumerated() {
        var changed = members
        for (path, variant) in variants(of: member.value) {
          changed[index].value = variant
          all.append(([member.key] + path, .object(changed)))
        }
        changed.remove(at: index)
        all.append(([member.key], .object(changed)))
      }
      all.append((["closing.bot"], .object(members + [JSONValue.Member("closing.bot", .integer(60))])))
      return all
    }
  }
}

extension Plan {
  fileprivate mutating func edit(_ address: String, _ action: Action, _ body: (inout Change) -> Void) {
    for index in changes.indices where changes[index].address.description == address && changes[index].action == action
    {
      body(&changes[index])
    }
  }
}
