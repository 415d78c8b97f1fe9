import Documents
import Manifest
import Provisioning
import Support
import Testing

/// The API profile in plans, digests, approvals and states.
@Suite struct PlanProfileTests {
  private let one = "kp1-" + String(repeating: "1", count: 64)
  private let other = "kp1-" + String(repeating: "2", count: 64)

  private func plan(_ profile: String?, last: String? = nil) throws -> Plan {
    var plan = try PlanFileTests.plan()
    var state = StateSamples.full()
    state.profile = last
    plan.profile = PlanProfile(profile, state: state)
    return plan
  }

  @Test func `the built-in profile adds nothing to a digest, and every other one something of its own`() throws {
    let plain = try PlanFileTests.plan().digest
    #expect(try plan(nil).profile == nil)
    #expect(try plan(nil, last: one).digest == plain, "what the last apply used is no part of a digest")
    let digests = [plain, try plan(one).digest, try plan(other).digest]
    #expect(Set(digests).count == 3)
    #expect(digests.allSatisfy { $0.wholeMatch(of: /kf1-[0-9a-f]{40}/) != nil })
    #expect(try plan(one).digest(underProfile: nil) == plain)
    #expect(try plan(one).digest(underProfile: other) == digests[2])
  }

  @Test func `no hash of a change can stand for the profile`() throws {
    // A change's hash is 64 digits, and the part of the profile is longer: a plan with one more change is another.
    var more = try PlanFileTests.plan()
    more.changes.append(more.changes[0])
    #expect(try plan(one).digest != more.digest)
  }

  @Test func `a saved plan keeps the profile, and an old file is one of the built-in profile`() throws {
    for plan in [try plan(one, last: other), try plan(one), try plan(nil, last: one)] {
      let bytes = PlanFile(plan, tool: "t").encode()
      #expect(try PlanFile(decoding: bytes, label: "p").plan.profile == plan.profile)
    }
    let plain = String(decoding: PlanFile(try PlanFileTests.plan(), tool: "t").encode(), as: UTF8.self)
    #expect(!plain.contains("\"profile\""))
  }

  @Test func `an approval holds under its own profile alone, and says why`() throws {
    let approvals = [nil, one, other]
    for approved in approvals {
      let approval = Approval(plan: try plan(approved))
      let text = "# Plan\n\n\(approval.markdownBlock)"
      #expect(try ReviewedPlan(reading: Array(text.utf8), label: "file").approval == approval)
      for used in approvals {
        let check = ApprovalCheck(
          approval, plan: try plan(used), records: [], state: StateSamples.full(), channels: [])
        let isStale = check.reasons.contains { $0.contains("another API profile") }
        #expect(isStale == (approved != used), "\(check.reasons)")
      }
    }
    let block = Approval(plan: try plan(one)).markdownBlock
    // The block escapes the hyphen.
    let forged = block.replacing(one.dropFirst(4), with: other.dropFirst(4))
    #expect(forged != block)
    #expect(throws: ApprovalFailure.self) { try ReviewedPlan(reading: Array(forged.utf8), label: "file") }
  }

  @Test func `the difference of two plans names their profiles`() throws {
    let diff = PlanDiff(ReviewedPlan(try plan(nil)), ReviewedPlan(try plan(one)))
    #expect(diff.places.map { [$0.name, $0.old, $0.new] } == [["profile", "built-in", one]])
  }

  @Test func `the head of a plan says when the last apply used another profile`() throws {
    #expect(PlanProfile(nil, state: nil) == nil)
    #expect(PlanProfile(one, state: nil)?.words == "API profile: \(one)")
    #expect(try plan(one, last: one).profile?.words == "API profile: \(one)")
    #expect(
      try plan(one).profile?.words
        == "API profile: \(one); since the last apply another one: that was made under the built-in one")
    #expect(
      try plan(nil, last: one).profile?.words
        == "API profile: the built-in one; since the last apply another one: that was made under \(one)")
  }

  @Test func `a state keeps the profile beside its account, and an old state has none`() throws {
    var state = StateSamples.full()
    let old = StateCodec().encode(state)
    #expect(!String(decoding: old, as: UTF8.self).contains("\"profile\""))
    #expect(try StateCodec().decode(old, label: "s").profile == nil)
    let account = state.account
    state.profile = one
    let read = try StateCodec().decode(StateCodec().encode(state), label: "s")
    #expect(read == state && read.profile == one && read.account == account)
  }
}
