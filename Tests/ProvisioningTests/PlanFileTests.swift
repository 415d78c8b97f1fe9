import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite struct PlanFileTests {
  /// A plan with every action and every form of a value.
  static func plan() throws -> Plan {
    var scene = applied(
      bothChannels.replacing("https://bots.example.com/kit", with: "{env: CALLBACK}"),
      secrets: ["OK_TOKEN": "tkn1:first", "CALLBACK": "https://bots.example.com/s3cret"])
    scene.account.add(.ok, "Adopted")
    scene.account.change("OK community", "closing.agent", to: .seconds(60))
    scene.manifest.replace("closing: {agent: 12h}", with: "closing: {agent: 24h, bot: 1h}")
    scene.manifest.replace("      skills: {russian: 3}\n", with: "")
    scene.manifest.replace("topicSet: Retail", with: "topicSet: none")
    scene.manifest.replace("    bot:\n", with: "    partner-bot:\n")
    scene.manifest +=
      "    fresh: {name: Fresh, callbackURL: \"https://x.example.com\", apiToken: {id: 41}, redirect: {queue: 1}}\n"
      + "moved: {custom.partner-bot: custom.bot}\nremoved: {ok.gone: {destroy: true}}\n"
    scene.secrets["OK_TOKEN"] = "tkn1:second"
    scene.secrets["CALLBACK"] = "https://hooks.example.com/s3cret"
    var plan = scene.plan()
    plan.deleteFirst = [try address("custom.fresh")]
    plan.scope = Plan.Scope(channels: 3, total: 12)
    plan.targets = ["custom.*", "ok.community"]
    plan.loosenedGuards = GuardLimits(maxDeletes: 0, maxDeletePercent: 10, refusesDrift: true)
    plan.interrupted = ["the apply of 12:04 by ci did not finish"]
    plan.diagnostics = []
    return plan
  }

  @Test func `a saved plan with other line ends or a byte order mark is refused, and the message says what it has`()
    throws
  {
    let text = String(
      decoding: PlanFile(try PlanFileTests.plan(), tool: "kitform 1.0.0", commit: nil).encode(), as: UTF8.self)
    for (changed, words) in [
      (text.replacing("\n", with: "\r\n"), "its line ends are CR LF"), ("\u{FEFF}" + text, "a byte order mark"),
      (text.replacing("\n", with: " "), "it was edited or formatted"),
    ] {
      let failure = #expect(throws: PlanFileFailure.self) {
        try PlanFile(decoding: Array(changed.utf8), label: "plan.json")
      }
      #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    }
  }

  @Test func `an encrypted plan or state that a tool converted says so`() throws {
    let plan = try PlanFileTests.plan()
    let sealed = try Sealers.sealer(encrypts: true).bytes(
      ofPlan: PlanFile(plan, tool: "kitform 1.0.0").encode(), digest: plan.digest)
    let codec = Sealers.codec(encrypts: true)
    let state = try codec.bytes(of: StateSamples.full(serial: 4), label: "s")
    for (convert, words) in [
      ({ $0.replacing("\n", with: "\r\n") }, "its line ends are CR LF"), ({ "\u{FEFF}" + $0 }, "a byte order mark"),
      ({ $0.replacing("\n", with: " ") }, "it was edited or formatted"),
    ] as [((String) -> String, String)] {
      func converted(_ bytes: [UInt8]) -> [UInt8] { Array(convert(String(decoding: bytes, as: UTF8.self)).utf8) }
      let failure = #expect(throws: PlanFileFailure.self) {
        try PlanFile(decoding: converted(sealed), label: "plan.json")
      }
      #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
      let damage = #expect(throws: StateFailure.self) { try codec.decode(converted(state), label: "s") }
      guard case .damaged(_, let reason, _)? = damage else {
        Issue.record("\(String(describing: damage))")
        continue
      }
      #expect(reason.contains(words), "\(reason)")
    }
  }

  @Test func `a saved plan comes back as it was`() throws {
    var plan = try PlanFileTests.plan()
    let file = PlanFile(plan, tool: "kitform 1.0.0", commit: "0123abc")
    let read = try PlanFile(decoding: file.encode(), label: "plan.json")
    #expect(read == file)
    plan.refusals = []
    plan.diagnostics = []
    #expect(read.plan == plan && read.plan.digest == plan.digest)
    #expect(Set(plan.changes.map(\.action)).isSuperset(of: [.create, .update, .move]))
  }

  @Test func `saving twice gives the same bytes, and they hold no secret`() throws {
    let bytes = PlanFile(try PlanFileTests.plan(), tool: "t").encode()
    #expect(bytes == PlanFile(try PlanFileTests.plan(), tool: "t").encode())
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("{\n  \"format\": \"kitform.plan/v1\""))
    #expect(!text.contains("s3cret") && !text.contains("tkn1"))
    #expect(text.contains("OK_TOKEN"))
  }

  @Test func `a plan that is cut anywhere is refused`() throws {
    let bytes = PlanFile(try PlanFileTests.plan(), tool: "t").encode()
    for count in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: PlanFileFailure.self) { try PlanFile(decoding: Array(bytes[..<count]), label: "p") }
    }
  }

  @Test func `a plan that was edited anywhere is refused`() throws {
    let bytes = PlanFile(try PlanFileTests.plan(), tool: "t").encode()
    for index in stride(from: 0, to: bytes.count, by: 11) {
      var other = bytes
      other[index] ^= 1
      #expect(throws: PlanFileFailure.self) { try PlanFile(decoding: other, label: "p") }
    }
    #expect(throws: PlanFileFailure.self) { try PlanFile(decoding: bytes + [UInt8(ascii: "\n")], label: "p") }
  }

  @Test func `other files and other versions are told apart`() throws {
    func failure(_ text: String) -> PlanFileFailure? {
      do throws(PlanFileFailure) {
        _ = try PlanFile(decoding: Array(text.utf8), label: "p")
        return nil
      } catch {
        return error
      }
    }
    #expect(failure("{}") == .foreign(label: "p"))
    #expect(failure("[1]") == .foreign(label: "p"))
    #expect(failure("{\"format\": \"kitform.plan/v1\", \"exitCode\": 0}") == .foreign(label: "p"))
    #expect(failure("{\"format\": \"kitform.plan/v2\"}") == .newer(label: "p", format: "kitform.plan/v2"))
    #expect(failure("") == .damaged(label: "p", reason: "it is cut, or it is not JSON"))
    #expect(failure("").map { $0.message.contains("p") && $0.remedy.contains("--out") } == true)
  }
}
