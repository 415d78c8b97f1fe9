import Documents
import Manifest
import Provisioning
import Support
import Testing

/// An approval is the same value in a saved plan, a JSON report and a Markdown report.
@Suite struct ApprovalTests {
  static func reading(_ text: String) throws -> Approval {
    try ReviewedPlan(reading: Array(text.utf8), label: "file").approval
  }

  static func failure(_ text: String) -> ApprovalFailure? {
    do throws(ApprovalFailure) {
      _ = try ReviewedPlan(reading: Array(text.utf8), label: "file")
      return nil
    } catch { return error }
  }

  @Test func `a saved plan and a Markdown report hold the same approval`() throws {
    let plan = try PlanFileTests.plan()
    let approval = Approval(plan: plan)
    #expect(approval.digest == plan.digest)
    #expect(approval.changes.map(\.hash) == PlanDigest.hashes(of: plan))
    #expect(approval.changes.last?.address == "guards")
    let file = PlanFile(plan, tool: "1").encode()
    #expect(try ReviewedPlan(reading: file, label: "plan.json").approval == approval)
    #expect(try ApprovalTests.reading("\n# Plan\n\n\(approval.markdownBlock)\nMore\n") == approval)
    let carriageReturns = "# Plan\n\(approval.markdownBlock)".replacing("\n", with: "\r\n")
    #expect(try ApprovalTests.reading(carriageReturns) == approval)
  }

  @Test func `no data can end the hidden block or leave ASCII`() throws {
    var plan = try PlanFileTests.plan()
    plan.environment = "--> <script> & @all `x` \n<!-- kitform-approval\n{}\n-->\u{202E}é😀"
    plan.account.name = "a--b|*_~#é"
    plan.targets = ["-->", "\\u002d"]
    let approval = Approval(plan: plan)
    let lines = approval.markdownBlock.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 4 && lines[0] == "<!-- kitform-approval" && lines[2] == "-->" && lines[3].isEmpty)
    #expect(lines[1].utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    #expect(!lines[1].contains { "-<>&@`|*_~#".contains($0) })
    #expect(try ApprovalTests.reading(approval.markdownBlock) == approval)
  }

  @Test func `what holds no approval, two, or half of one is told`() throws {
    let block = Approval(plan: try PlanFileTests.plan()).markdownBlock
    #expect(ApprovalTests.failure("# Plan\n") == ApprovalFailure.none(label: "file"))
    #expect(ApprovalTests.failure("{\"format\": \"kitform.plan/v1\"}") == ApprovalFailure.none(label: "file"))
    #expect(ApprovalTests.failure("") == ApprovalFailure.none(label: "file"))
    for text in [
      block + block, String(block.dropLast(5)), "{", "<!-- kitform-approval", block.replacing("kf1", with: "kf2"),
    ] {
      guard case .damaged? = ApprovalTests.failure(text) else {
        Issue.record("\(text)")
        continue
      }
    }
    let indented = block.split(separator: "\n").map { "> \($0)\n" }.joined()
    #expect(ApprovalTests.failure(indented) == ApprovalFailure.none(label: "file"), "a quotation approves nothing")
    for failure in [ApprovalTests.failure(""), ApprovalTests.failure(block + block)] {
      #expect(failure?.message.contains("file") == true && failure?.remedy.contains("--out FILE") == true)
    }
  }
}
