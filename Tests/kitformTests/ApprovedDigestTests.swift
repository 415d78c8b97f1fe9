import Testing

@testable import kitform

/// What `--approve` takes for a digest.
@Suite struct ApprovedDigestTests {
  private static let digest = "kf1-ddda9d322876d6c09550a7fcecf5e907f57c234f"

  @Test(arguments: [
    digest, " \(digest)", "\(digest)\n", "Plan digest: \(digest)", "`\(digest)`", "Plan digest: `\(digest)`",
    digest.uppercased(), "\"\(digest)\"", "**\(digest)**",
  ])
  func `a digest is taken as it is copied`(_ text: String) {
    #expect(ApplyFlow.Approved.bare(text) == Self.digest)
  }

  @Test(arguments: [("plan.json", "plan.json"), ("out/Plan.json ", "out/Plan.json"), ("  ", ""), ("kf1-dd", "kf1-dd")])
  func `anything else stays what it is`(_ text: String, _ bare: String) {
    #expect(ApplyFlow.Approved.bare(text) == bare)
  }
}
