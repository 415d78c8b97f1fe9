import Support
import Testing

/// An account that keeps what is written in a form of its own: composed, with single spaces, a slash at the end of a URL.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct NormalisingAccountTests {
  private static let manifest =
    Manifests.header + """
      guards: {drift: refuse}
      channels:
        ok:
          community:
            name: "Cafe\u{301}  desk"
            accessToken: {env: OK_COMMUNITY_TOKEN}
            redirect: {queue: Support}
            closing: {agent: 12h, bot: 1h}
        custom:
          partner-bot:
            name: Partner bot
            callbackURL: https://bots.example.com/kit
            apiToken: {id: 42}
            redirect: {queue: Support}
            closing: {agent: 61m, bot: 1h}

      """

  private func withKit(_ body: (TestProject) async throws -> Void) async throws {
    let kit = try await DocumentedKit(normalises: true)
    try await body(try kit.project(Self.manifest))
    try await kit.stop()
  }

  @Test func `an apply shows what was written and what is stored, and every later plan is empty`() async throws {
    try await withKit { project in
      let applied = try await project.expect(8, "apply --auto-approve")
      for words in [
        "ok.community name was written as \"Cafe\u{301}  desk\", and Kit stores \"Caf\u{e9} desk\"",
        "(U+0065 U+0301 U+0020 → U+00E9)",
        #"callbackURL was written as "https://bots.example.com/kit", and Kit stores "https://bots.example.com/kit/""#,
      ] {
        #expect(applied.output.utf8.contains(words), "\(words)\n\(applied.all)")
      }
      for _ in 1...2 {
        let plan = try await project.expect(0, "plan --detailed-exitcode")
        #expect(!plan.all.contains("changed in Kit"), "\(plan.all)")
        #expect(plan.errors.utf8.contains("help: write `name: \"Caf\u{e9} desk\"`"), "\(plan.all)")
        #expect(plan.errors.contains("help: write `callbackURL: \"https://bots.example.com/kit/\"`"), "\(plan.all)")
        try await project.expect(0, "drift")
        try await project.expect(0, "apply --auto-approve")
      }
    }
  }

  @Test func `a guard that refuses drift lets another change of such a channel through`() async throws {
    try await withKit { project in
      try await project.expect(8, "apply --auto-approve")
      try project.workspace.replace("agent: 61m", with: "agent: 62m", in: "kitform.yaml")
      let plan = try await project.json(0, "plan")
      #expect(plan["changes"].items.count == 1 && plan["changes"][0]["fields"].items.count == 1, "\(plan["changes"])")
      #expect(plan["changes"][0]["fields"][0]["cause"].string == "manifest")
      try await project.expect(0, "apply --auto-approve")
      try await project.expect(0, "plan --detailed-exitcode")
    }
  }

  @Test func `with the lines that the plan gives, nothing is left to say`() async throws {
    try await withKit { project in
      try await project.expect(8, "apply --auto-approve")
      try project.workspace.replace("Cafe\u{301}  desk", with: "Caf\u{e9} desk", in: "kitform.yaml")
      try project.workspace.replace("example.com/kit\n", with: "example.com/kit/\n", in: "kitform.yaml")
      let plan = try await project.json(0, "plan --detailed-exitcode")
      #expect(plan["diagnostics"].items.isEmpty, "\(plan["diagnostics"])")
    }
  }
}

extension String.UTF8View {
  /// Whether the bytes of a string are in this one: texts in Swift take the composed and the plain form as equal.
  fileprivate func contains(_ text: String) -> Bool { firstRange(of: text.utf8) != nil }
}
