import Documents
import Foundation
import FuzzEntries
import Manifest
import Provisioning
import Support
import Testing

/// What fuzzing found and what it begins with, held to the same promises without a fuzzer.
@Suite(.computes) struct FuzzEntryTests {
  /// The kept inputs of an entry, by name.
  private static func inputs(_ entry: FuzzEntry) throws -> [(name: String, bytes: [UInt8])] {
    let folder = GeneratedFile.root.appendingPathComponent("Tests/Fuzz/Inputs/\(entry.rawValue)")
    return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      .map { ($0, Array(try Data(contentsOf: folder.appendingPathComponent($0)))) }
  }

  @Test(arguments: FuzzEntry.allCases) func `every input that was kept holds the promises`(entry: FuzzEntry) throws {
    let inputs = try FuzzEntryTests.inputs(entry)
    #expect(!inputs.isEmpty)
    for (name, bytes) in inputs {
      do { try entry.run(bytes) } catch { Issue.record("\(name): \(error)") }
    }
  }

  @Test(arguments: FuzzEntry.allCases) func `inputs changed at random hold the promises`(entry: FuzzEntry) throws {
    let inputs = try FuzzEntryTests.inputs(entry)
    var random = SeededGenerator(seed: 21)
    for number in 0..<300 {
      var bytes = try #require(inputs.randomElement(using: &random)).bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let start = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 0...8, using: &random))
        let source = try #require(inputs.randomElement(using: &random)).bytes
        let from = Int.random(in: 0...source.count, using: &random)
        bytes.replaceSubrange(start..<end, with: source[from..<min(source.count, from + 6)])
      }
      do { try entry.run(bytes) } catch {
        Issue.record("number \(number), \(Data(bytes).base64EncodedString()): \(error)")
      }
    }
  }

  @Test func `the plan that fuzzing begins with is one that is taken`() throws {
    let text = String(decoding: PlanFile(try plan(), tool: "1.0.0", commit: "0123abc").encode(), as: UTF8.self)
    try GeneratedFile.check("Tests/Fuzz/Inputs/plan/plan.json", text)
    #expect(throws: Never.self) { try PlanFile(decoding: Array(text.utf8), label: "plan.json") }
  }

  @Test func `the states that fuzzing begins with are ones that are taken`() throws {
    for (name, state) in [("full", StateSamples.full()), ("empty", StateSamples.empty())] {
      let bytes = StateCodec().encode(state)
      try GeneratedFile.check("Tests/Fuzz/Inputs/state/\(name).json", String(decoding: bytes, as: UTF8.self))
      #expect(throws: Never.self) { try StateCodec().decode(bytes, label: name) }
    }
  }

  /// A plan with a creation, an update, a deletion, a secret and a field that is released.
  private func plan() throws -> Plan {
    var scene = PlanScene(
      """
      channels:
        ok:
          community:
            name: OK community
            accessToken: {env: OK_TOKEN}
            redirect: {queue: Support}
            closing: {agent: 12h}
            topicSet: Retail
        custom:
          old: {name: Old, callbackURL: "https://a.example.com", apiToken: {id: 41}, redirect: {function: 11}}

      """, secrets: ["OK_TOKEN": "a secret of some length"])
    scene.apply()
    scene.manifest.replace("12h}", with: "24h, bot: 1h}")
    scene.manifest.replace("      topicSet: Retail\n", with: "")
    scene.manifest.replace("    old: {name: Old", with: "    new: {name: New")
    return scene.plan()
  }
}
