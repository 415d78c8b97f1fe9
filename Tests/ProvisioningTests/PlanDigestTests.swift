import Basics
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite struct PlanDigestTests {
  /// A plan with an update of each kind of value, and a deletion.
  static func plan() throws -> Plan {
    var plan = Plan(
      environment: "production", account: PlanScene.binding, lineage: "l",
      changes: [
        Change(
          address: try address("custom.old"), action: .delete, id: 7, uuid: "u-7", name: "Old", isProtected: false,
          source: nil,
          fields: [
            FieldChange(
              name: "redirect", before: .value(["queue": ["id": 1, "title": "Support"]]), after: .absent,
              cause: .manifest, source: nil)
          ]),
        Change(
          address: try address("ok.community"), action: .update, id: 8, uuid: "u-8", name: "OK", isProtected: false,
          source: Change.Source(SourcePosition(file: "a.yaml", line: 1, column: 1)),
          fields: [
            FieldChange(
              name: "closing.agent", before: .value(60), after: .value(120), cause: .manifest,
              source: SourcePosition(file: "a.yaml", line: 2, column: 3)),
            FieldChange(
              name: "accessToken", before: .secret(.environment("T")), after: .secret(.environment("T")),
              secret: .changed, cause: .manifest, source: nil),
          ]),
      ])
    plan.guards = GuardLimits()
    return plan
  }

  @Test func `a digest is kf1- and 40 hexadecimal digits, the same in every process`() throws {
    let digest = try PlanDigestTests.plan().digest
    #expect(digest.wholeMatch(of: /kf1-[0-9a-f]{40}/) != nil)
    #expect(digest == "kf1-db19e1acf6397e6d9eb8e99f5013852e57bf76cb")
  }

  /// What the rule leaves out: none of it may change a digest.
  static let silent: [(String, @Sendable (inout Plan) -> Void)] = [
    ("order of changes", { $0.changes.reverse() }),
    ("order of fields", { $0.changes[1].fields.reverse() }),
    ("lineage", { $0.lineage = "other" }),
    (
      "positions",
      {
        $0.changes[1].source = nil; $0.changes[1].fields[0].source = nil
      }
    ),
    (
      "wording",
      {
        $0.changes[0].impact = ["words"]; $0.changes[1].fields[0].note = "words"
      }
    ),
    ("names for the guards", { $0.changes[0].named = "named in removed:" }),
    ("display name", { $0.changes[1].name = "Another" }),
    ("titles", { $0.changes[0].fields[0].before = .value(["queue": ["id": 1, "title": "Help desk"]]) }),
    ("what was known of a secret", { $0.changes[1].fields[1].before = .unknown }),
    ("findings", { $0.diagnostics = [Diagnostic(.sample("a.b"), at: nil, "words")] }),
    (
      "counts",
      {
        $0.unchanged = 4; $0.reads = 5; $0.calls = 6
      }
    ),
    (
      "memory",
      {
        $0.refreshed = [
          State.Entry(
            address: $0.changes[0].address, id: 1, uuid: "", name: "", source: nil, applied: [], isProtected: false)
        ]
      }
    ),
    (
      "a secret that is not compared",
      {
        $0.changes[1].fields.append(
          FieldChange(
            name: "x", before: .unknown, after: .secret(.environment("X")), secret: .notCompared, cause: .manifest,
            source: nil))
      }
    ),
    (
      "fingerprints",
      {
        $0.changes[1].wanted = [
          State.AppliedField(
            name: "accessToken", value: ["env": "T"], fingerprint: SecretFingerprint(key: "k", digest: "d"))
        ]
      }
    ),
  ]

  @Test(arguments: silent.indices) func `what is no part of the rule changes nothing`(index: Int) throws {
    var plan = try PlanDigestTests.plan()
    let digest = plan.digest
    PlanDigestTests.silent[index].1(&plan)
    #expect(plan.digest == digest, "\(PlanDigestTests.silent[index].0)")
  }

  /// What the rule names: each must change the digest, and each to another one.
  static let loud: [(String, @Sendable (inout Plan) -> Void)] = [
    ("account name", { $0.account.name = "other" }),
    ("API host", { $0.account.host = "other" }),
    ("sandbox", { $0.account.isSandbox = true }),
    ("environment", { $0.environment = "staging" }),
    ("targets", { $0.targets = ["ok.*"] }),
    ("a change less", { $0.changes.removeLast() }),
    ("a change twice", { $0.changes.append($0.changes[0]) }),
    ("address", { $0.changes[0].address = Address(kind: "custom", key: "older") }),
    ("action", { $0.changes[0].action = .forget }),
    ("UUID", { $0.changes[0].uuid = "u-9" }),
    ("field", { $0.changes[1].fields[0].name = "closing.bot" }),
    ("cause", { $0.changes[1].fields[0].cause = .account }),
    ("before", { $0.changes[1].fields[0].before = .value(61) }),
    ("after", { $0.changes[1].fields[0].after = .value(121) }),
    ("form of a value", { $0.changes[1].fields[0].after = .value("120") }),
    ("absent", { $0.changes[1].fields[0].after = .absent }),
    ("unknown", { $0.changes[1].fields[0].before = .unknown }),
    ("id of an object", { $0.changes[0].fields[0].before = .value(["queue": ["id": 2, "title": "Support"]]) }),
    ("kind of an object", { $0.changes[0].fields[0].before = .value(["function": ["id": 1, "title": "Support"]]) }),
    ("secret reference", { $0.changes[1].fields[1].after = .secret(.environment("U")) }),
    ("form of a secret reference", { $0.changes[1].fields[1].after = .secret(.file("T")) }),
    ("set or changed", { $0.changes[1].fields[1].secret = .set }),
    ("deleted first", { $0.deleteFirst = [$0.changes[0].address] }),
    ("loosened limits", { $0.loosenedGuards = GuardLimits(maxDeletes: 0) }),
  ]

  @Test func `everything that the rule names changes the digest`() throws {
    var seen: [String: String] = [try PlanDigestTests.plan().digest: "nothing"]
    for (name, change) in PlanDigestTests.loud {
      var plan = try PlanDigestTests.plan()
      change(&plan)
      let other = seen.updateValue(name, forKey: plan.digest)
      #expect(other == nil, "\(name) and \(other ?? "")")
    }
  }

  @Test func `texts that run together differently do not collide`() throws {
    func digest(_ targets: [String]) throws -> String {
      var plan = try PlanDigestTests.plan()
      plan.targets = targets
      return plan.digest
    }
    #expect(try digest(["ab", "c"]) != digest(["a", "bc"]))
  }

  @Test func `the serial of the state is no part of a digest`() {
    var scene = applied()
    scene.manifest.replace("12h", with: "24h")
    let digest = scene.plan().digest
    scene.state?.serial += 1
    #expect(scene.plan().digest == digest)
  }

  @Test func `skills count without their order`() throws {
    func digest(_ levels: JSONValue) throws -> String {
      var plan = try PlanDigestTests.plan()
      plan.changes[1].fields[0].after = .value(levels)
      return plan.digest
    }
    let one: JSONValue = ["id": 1, "level": 2]
    let other: JSONValue = ["id": 2, "level": 1]
    #expect(try digest([one, other]) == digest([other, one]))
    #expect(try digest([one, other]) != digest([one]))
  }
}
