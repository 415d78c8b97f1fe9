import ArgumentParser
import Support
import Testing

@testable import kitform

/// Every command ends well and ends badly, with one code for its text and for its JSON.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct EveryCommandTests {
  /// A command line, its exit code and its outcome.
  struct Line: Sendable {
    var code: Int32
    var outcome: String
    var command: String
    /// Whether the project's own files are in the way; then an empty directory is taken.
    var isElsewhere: Bool

    init(_ code: Int32, _ outcome: String, _ command: String, elsewhere isElsewhere: Bool = false) {
      self.code = code
      self.outcome = outcome
      self.command = command
      self.isElsewhere = isElsewhere
    }
  }

  /// In the order in which they run in one project, whose channels are applied.
  static let lines = [
    Line(0, "done", "init", elsewhere: true), Line(1, "failed", "init"), Line(64, "usage", "init --kind nonsense"),
    Line(0, "done", "validate"), Line(3, "invalid", "validate --secrets --strict"),
    Line(64, "usage", "validate --explain no.rule"), Line(3, "invalid", "validate", elsewhere: true),
    Line(3, "invalid", "fmt --check"), Line(0, "done", "fmt"), Line(0, "done", "fmt --check"),
    Line(3, "invalid", "fmt", elsewhere: true),
    Line(0, "no-changes", "plan --sandbox"), Line(1, "failed", "plan"),
    Line(64, "usage", "plan --sandbox --env nowhere"),
    Line(0, "no-changes", "plan --sandbox --out plan.json"),
    Line(0, "no-changes", "apply --sandbox --auto-approve"), Line(64, "usage", "apply --sandbox"),
    Line(4, "refused", "destroy --sandbox --confirm-account other"), Line(64, "usage", "destroy --sandbox"),
    Line(0, "done", "drift --sandbox"), Line(1, "failed", "drift"), Line(64, "usage", "drift --no-such-option"),
    Line(0, "done", "drift --sandbox --write"),
    Line(64, "usage", "import nonsense --sandbox --id 1"),
    Line(3, "invalid", "import ok.other --sandbox --id 1", elsewhere: true),
    Line(0, "done", "export --sandbox"), Line(1, "failed", "export"),
    Line(64, "usage", "export --sandbox --kind nonsense"),
    Line(0, "no-changes", "plan-diff plan.json plan.json"), Line(1, "failed", "plan-diff plan.json missing.json"),
    Line(64, "usage", "plan-diff plan.json"), Line(0, "done", "show plan.json"),
    Line(0, "done", "show state --sandbox"),
    Line(1, "failed", "show missing.json"), Line(64, "usage", "show"),
    Line(0, "done", "output --sandbox"), Line(64, "usage", "output --sandbox ok.nobody"),
    Line(3, "invalid", "output", elsewhere: true),
    Line(0, "done", "environments"), Line(3, "invalid", "environments", elsewhere: true),
    Line(0, "done", "state list --sandbox"), Line(3, "invalid", "state list", elsewhere: true),
    Line(0, "done", "state show --sandbox"), Line(64, "usage", "state show --sandbox ok.nobody"),
    Line(0, "done", "state pull --sandbox"), Line(64, "usage", "state pull"),
    Line(1, "failed", "state push missing.json --sandbox"), Line(0, "no-changes", "state push state.json --sandbox"),
    Line(0, "no-changes", "state migrate"), Line(3, "invalid", "state migrate", elsewhere: true),
    Line(0, "no-changes", "state unlock nobody --sandbox"), Line(3, "invalid", "state unlock nobody", elsewhere: true),
    Line(64, "usage", "state resolve ok.community --uuid nobody --sandbox"),
    Line(64, "usage", "state rebind --confirm-account acme"),
    Line(64, "usage", "state mv ok.nobody ok.other --sandbox"),
    Line(64, "usage", "state rm ok.nobody --sandbox"), Line(0, "done", "profile show"),
    Line(3, "invalid", "profile show -C broken"), Line(0, "no-changes", "profile allow"),
    Line(3, "invalid", "profile allow -C broken"),
    Line(0, "done", "doctor --sandbox"), Line(1, "failed", "doctor"), Line(3, "invalid", "doctor", elsewhere: true),
    Line(0, "done", "channel verify custom.partner-bot --sandbox"),
    Line(64, "usage", "channel verify ok.community --sandbox"),
    Line(0, "done", "channel login custom.partner-bot --sandbox"),
    Line(64, "usage", "channel login custom.nobody --sandbox"),
    Line(0, "done", "channel send custom.partner-bot --client 7 --text Hello --sandbox"),
    Line(3, "invalid", "channel send custom.partner-bot --event missing.json --sandbox"),
    Line(64, "usage", "channel listen --count 0"), Line(64, "usage", "channel sign"),
    Line(0, "done", "channel sign --salt env:SALT --token env:TOKEN"),
    Line(3, "invalid", "channel check-signature nonsense --salt env:SALT --token env:TOKEN"),
    Line(0, "done", "channel check-signature a090cb180a2443e95363025f5c5e206b --salt env:SALT --token env:TOKEN"),
    Line(0, "done", "sandbox set custom.partner-bot useTags=false"),
    Line(64, "usage", "sandbox set custom.partner-bot useTags=perhaps"),
    Line(64, "usage", "sandbox --fault nonsense"), Line(1, "failed", "sandbox --profile missing.yaml"),
    Line(0, "done", "explain"), Line(64, "usage", "explain no.rule"), Line(0, "done", "graph"),
    Line(3, "invalid", "graph", elsewhere: true), Line(64, "usage", "graph --as nonsense"), Line(0, "done", "schema"),
    Line(0, "done", "schema --write schemas"), Line(1, "failed", "schema --write kitform.yaml/schemas"),
    Line(0, "done", "completion bash"), Line(64, "usage", "completion nonsense"),
    Line(0, "done", "version"), Line(64, "usage", "version --no-such-option"),
    // What changes the state or the account, at the end.
    Line(0, "done", "state mv custom.partner-bot custom.moved-bot --sandbox"),
    Line(0, "done", "state rm custom.moved-bot --sandbox"),
    Line(0, "done", "destroy --sandbox --confirm-account acme"),
  ]

  @Test func `every command stands in the table, with a good end and a bad one`() {
    for name in Self.names(Kitform.self) {
      let ends = Self.lines.filter { "\($0.command) ".hasPrefix("\(name) ") }.map(\.code)
      #expect(ends.contains { $0 != 0 }, "\(name) never ends badly")
      #expect(ends.contains(0) || Self.endless.contains(name), "\(name) never ends well")
    }
  }

  /// Commands that run until they are stopped, or need more than a project for a good end; tested where the name says.
  static let endless: Set = [
    "sandbox",  // EchoBotTests
    "channel listen",  // ChannelCommandTests
    "state resolve",  // below
    "state rebind",  // BadInputTests
    "import",  // ImportExportTests
  ]

  /// The commands of a command that have none below them.
  private static func names(_ command: any ParsableCommand.Type, _ path: String = "") -> [String] {
    let below = command.configuration.subcommands
    guard !below.isEmpty else { return [path] }
    return below.flatMap { sub in
      names(sub, path.isEmpty ? sub._commandName : "\(path) \(sub._commandName)")
    }
  }

  @Test func `a command ends with the same code and outcome whatever it prints`() async throws {
    for isJSON in [false, true] {
      var project = try TestProject(ChannelCommandTests.manifest + "\n\n\n", options: [])
      project.environment = ["SALT": "salt", "TOKEN": "token"]
      try await project.expect(0, "apply --sandbox --auto-approve")
      try project.workspace.write(try await project.expect(0, "state pull --sandbox").output, to: "state.json")
      try project.workspace.write("kitform: 2\n", to: "broken/kitform.yaml")
      for line in Self.lines {
        var place = project
        if line.isElsewhere {
          place = try TestProject("", options: [])
          try place.workspace.remove("kitform.yaml")
        }
        guard isJSON else {
          try await place.expect(line.code, line.command)
          continue
        }
        let json = try await place.json(line.code, line.command)
        #expect(json["outcome"].string == line.outcome, "\(line.command): \(json["outcome"].string ?? "")")
      }
    }
  }

  @Test func `a creation whose answer was lost is bound by hand, and the plan is empty`() async throws {
    for isJSON in [false, true] {
      let kit = try await LocalKitProcess()
      var project = try kit.project(Manifests.bots([1]))
      project.environment["KITFORM_CRASH"] = "answered:1"
      #expect(try await project.run(["apply", "--auto-approve"]).exitCode == 9)
      project.environment["KITFORM_CRASH"] = nil
      let uuid = try #require(try await project.json(0, "export")["channels"][0]["uuid"].string)
      let shown = try await project.expect(0, "state show")
      #expect(shown.output.contains("(it may still be running), and the outcome of `custom.bot-1` is not known"))
      #expect(shown.output.contains("`kitform state resolve custom.bot-1 --uuid UUID`"))
      // A UUID is the same in capitals.
      let command = "state resolve custom.bot-1 --uuid \(uuid.uppercased())"
      if isJSON {
        #expect(try await project.json(0, command)["outcome"].string == "done")
      } else {
        #expect(try await project.expect(0, command).output.contains("custom.bot-1 is the channel \(uuid)"))
      }
      #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
      try await project.expect(64, command)
      try await kit.stop()
    }
  }
}
