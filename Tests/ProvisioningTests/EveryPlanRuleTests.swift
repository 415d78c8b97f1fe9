import Channels
import Documents
import Foundation
import Manifest
import Provisioning
import Support
import Testing

/// For every rule of plans whose finding is in a manifest a marked text, `Rules/<id>.yaml`, with all findings and notes.
///
/// A scene is a state and an account that `bothChannels` was applied to, or a fresh one; then something changes.
/// `RECORD=1` writes the texts anew, to be read before they are committed.
struct EveryPlanRuleTests {
  /// Rules about a whole plan, an apply or a key: no line of a manifest breaks them.
  static let withoutPlace: Set<Rule> = [
    .secretKey, .guardsEmpty, .guardsMaxDeletes, .guardsMaxDeletePercent, .guardsMaxUpdates, .guardsDrift, .protect,
    .recreate,
    .stateLost, .updateLoss, .applyFailed, .applyUncertain, .applyNotAttempted, .applyUnverified,
  ]

  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Rules")

  static let scenes: [(rule: Rule, scene: @Sendable () -> PlanScene)] = [
    (.adoptMissing, { PlannerRefactoringTests.adopting("{id: 7}") }),
    (
      .adoptAmbiguous,
      {
        var scene = PlannerRefactoringTests.adopting("{name: OK community}")
        scene.account.add(.ok, "OK community")
        return scene
      }
    ),
    (
      .adoptKind,
      {
        var scene = PlannerRefactoringTests.adopting("{id: 102}")
        scene.account.add(.custom, "Bot")
        return scene
      }
    ),
    (
      .adoptBound,
      {
        var scene = PlannerRefactoringTests.adopting("{id: 101}")
        scene.apply()
        scene.account.add(.ok, "Second")
        scene.manifest.replace("{id: 101}", with: "{id: 102}")
        return scene
      }
    ),
    (
      .adoptTaken,
      {
        var scene = PlannerRefactoringTests.adopting("{id: 101}")
        scene.manifest.replace("{id: 101}}", with: "{id: 101}, ok.second: {name: OK community}}")
        scene.manifest += "    second: {name: Second one, accessToken: {keep: true}, redirect: {queue: 1}}\n"
        return scene
      }
    ),
    (
      .movedManaged,
      {
        var scene = applied(
          bothChannels
            + "    other: {name: Other, callbackURL: \"https://a.example.com\", apiToken: {id: 41}, redirect: {queue: 1}}\n"
        )
        scene.manifest.replace("    bot:\n", with: "    unused:\n")
        scene.manifest += "moved: {custom.other: custom.bot}\n"
        return scene
      }
    ),
    (
      .movedProposed,
      {
        var scene = applied()
        scene.manifest.replace("    bot:\n", with: "    partner-bot:\n")
        return scene
      }
    ),
    (
      .removedProtected,
      {
        var scene = applied(bothChannels.replacing("name: Partner bot", with: "name: Partner bot\n      protect: true"))
        if let start = scene.manifest.firstRange(of: "  custom:") { scene.manifest.removeSubrange(start.lowerBound...) }
        scene.manifest += "removed: {custom.bot: {destroy: true}}\n"
        return scene
      }
    ),
    (
      .channelExists,
      {
        var scene = PlanScene(bothChannels, secrets: ["OK_TOKEN": "tkn1:first"])
        scene.account.add(.ok, "OK community")
        return scene
      }
    ),
    (
      .channelChangedKind,
      {
        var scene = applied()
        if let index = scene.account.channels.firstIndex(where: { $0.name == "Partner bot" }) {
          scene.account.channels[index].kind = .ok
          scene.account.channels[index].kindLabel = "ok"
        }
        return scene
      }
    ),
    (
      .accountStoredOtherwise,
      {
        var scene = applied()
        scene.readBack("custom.bot", "callbackURL", .text("https://bots.example.com/kit/"))
        return scene
      }
    ),
    (.secretKeep, { PlanScene(bothChannels.replacing("{env: OK_TOKEN}", with: "{keep: true}")) }),
    (
      .secretOtherKey,
      {
        var scene = applied()
        scene.fingerprinter = SecretFingerprinter(
          source: Secret("another key, and also of more than thirty-two bytes"), host: "h", account: "a")
        return scene
      }
    ),
    (
      .secretUnresolved,
      {
        var scene = applied()
        scene.secrets = [:]
        return scene
      }
    ),
  ]

  @Test func `every rule of plans whose finding stands in a manifest has a marked text`() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.directory.path).sorted()
    #expect(files == Self.scenes.map { "\($0.rule.id).yaml" }.sorted())
    let wanted = Set(Rule.planning).subtracting(Self.withoutPlace).union([.secretUnresolved])
    #expect(Set(Self.scenes.map(\.rule)) == wanted)
  }

  @Test(arguments: scenes.map(\.rule.id))
  func `a finding stands at its place, with its words and its notes`(_ id: String) throws {
    let scene = try #require(Self.scenes.first { $0.rule.id == id }).scene()
    let marked = MarkedText(scene.manifest)
      .marked(scene.plan().diagnostics, in: scene.configuration().sources, notes: true)
    #expect(MarkedText(marked).rules.contains(id))
    let file = Self.directory.appendingPathComponent("\(id).yaml")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    guard marked != text else { return }
    if ProcessInfo.processInfo.environment["RECORD"] == "1" {
      try FileManager.default.createDirectory(at: Self.directory, withIntermediateDirectories: true)
      try Data(marked.utf8).write(to: file)
      Issue.record("\(id).yaml is written anew")
    } else {
      #expect(marked == text)
    }
  }
}
