import Foundation
import Support
import TestServers
import Testing

/// One exit code for each outcome, whatever the format and whichever reports are asked for.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct ExitCodeTests {
  /// How a command is asked to tell its result.
  enum Form: String, CaseIterable, CustomTestStringConvertible {
    case text, json, reports

    var testDescription: String { rawValue }

    func options(of command: String) -> [String] {
      switch self {
      case .text: []
      case .json: ["--format", "json"]
      case .reports:
        ["validate", "plan", "apply", "destroy", "drift"].contains {
          command.hasPrefix($0) && !command.hasPrefix("plan-diff")
        }
          ? [
            "--report", "json=r.json", "--report", "sarif=r.sarif", "--report", "junit=r.xml", "--report",
            "codequality=r.cq", "--report", "github",
          ] : []
      }
    }
  }

  /// Runs a command in a form and expects code and outcome; in JSON and in the report the document says both.
  private func expect(
    _ code: Int32, _ outcome: String, _ command: String, _ form: Form, in project: TestProject,
    at location: SourceLocation = #_sourceLocation
  ) async throws {
    let ended = try await project.run(command.split(separator: " ").map(String.init) + form.options(of: command))
    #expect(ended.exitCode == code, "\(command)\n\(ended.all)", sourceLocation: location)
    let document: String? =
      switch form {
      case .text: nil
      case .json: ended.output
      case .reports: project.workspace.exists("r.json") ? try project.workspace.read("r.json") : nil
      }
    guard let document else { return }
    let json = try ParsedJSON(document)
    #expect(json["exitCode"].int == Int(code), "\(command): \(document)", sourceLocation: location)
    #expect(json["outcome"].string == outcome, "\(command): \(document)", sourceLocation: location)
  }

  @Test(arguments: Form.allCases) func `what plans, applies and reads ends with is the same in every form`(
    _ form: Form
  ) async throws {
    let project = try TestProject(Manifests.bots([1, 2, 3]))
    try await expect(0, "done", "validate", form, in: TestProject(Manifests.bots([1]), options: []))
    try await expect(0, "done", "plan", form, in: project)
    try await expect(2, "changes", "plan --detailed-exitcode --out plan.json", form, in: project)
    try await expect(64, "usage", "plan --target custom.nobody", form, in: project)
    try await expect(0, "done", "apply plan.json", form, in: project)
    try await expect(5, "stale", "apply plan.json", form, in: project)
    try await expect(0, "no-changes", "plan --detailed-exitcode", form, in: project)
    try await expect(0, "no-changes", "apply --auto-approve", form, in: project)
    try await expect(4, "refused", "destroy --confirm-account other", form, in: project)
    try project.workspace.write(Manifests.bots([3]), to: "kitform.yaml")
    try await expect(4, "refused", "plan --detailed-exitcode", form, in: project)
    try await expect(4, "refused", "apply --auto-approve", form, in: project)
    // Stale weighs more than refused, and a finding more than stale.
    let none = "kf1-0000000000000000000000000000000000000000"
    try await expect(5, "stale", "apply --approve \(none)", form, in: project)
    try project.workspace.write(
      Manifests.bots([3], top: "adopt: {custom.bot-3: {name: Nobody}, custom.bot-1: {id: 1}}\n"), to: "kitform.yaml")
    try await expect(3, "invalid", "apply --approve \(none)", form, in: project)
    try project.workspace.write(
      Manifests.bots([1, 2, 3]).replacing("{queue: Support}", with: "{queue: }"), to: "kitform.yaml")
    try await expect(3, "invalid", "plan", form, in: project)
    try await expect(
      3, "invalid", "validate", form, in: TestProject(project.workspace.read("kitform.yaml"), options: []))
    try project.workspace.write(Manifests.bots([1, 2, 3]), to: "kitform.yaml")
    try await expect(0, "done", "destroy --confirm-account acme", form, in: project)
    try await expect(1, "failed", "apply missing.json", form, in: project)
  }

  @Test(arguments: Form.allCases) func `what reads back differently is unverified in every form`(
    _ form: Form
  ) async throws {
    // A channel that Kit does not list yet is not what was written.
    let kit = try await LocalKitProcess(options: ["--late-visibility", "600000"])
    let project = try kit.project(Manifests.bots([1]))
    try await expect(8, "unverified", "apply --auto-approve --settle 1s", form, in: project)
    try await kit.stop()
  }

  @Test(arguments: Form.allCases) func `a channel that cannot be logged in to is unverified in every form`(
    _ form: Form
  ) async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project(
      Manifests.bots([1]).replacing("{id: 42}", with: "{id: 42, value: {env: PARTNER_TOKEN}}"))
    try await expect(1, "failed", "apply --auto-approve --verify", form, in: project)
    project.environment["PARTNER_TOKEN"] = "not-the-token"
    try await expect(8, "unverified", "apply --auto-approve --verify", form, in: project)
    // Nothing to apply is no reason to take a channel for one that works.
    try await expect(8, "unverified", "apply --auto-approve --verify", form, in: project)
    try await expect(0, "no-changes", "apply --auto-approve", form, in: project)
    try await kit.stop()
  }

  @Test(arguments: Form.allCases) func `drift ends with 0 for none and 2 for some in every form`(
    _ form: Form
  ) async throws {
    let project = try TestProject(Manifests.two)
    try await expect(0, "done", "drift", form, in: project)
    try await project.expect(0, "apply --auto-approve")
    try await expect(0, "done", "drift", form, in: project)
    let account = ".kitform/sandbox/default/account.json"
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: account)
    try await expect(2, "changes", "drift", form, in: project)
    try await expect(64, "usage", "drift --env nowhere", form, in: project)
    try await expect(0, "done", "drift --write", form, in: project)
    try project.workspace.replace("agent: 2h", with: "agent: 2", in: "kitform.yaml")
    try await expect(3, "invalid", "drift", form, in: project)
  }

  @Test(arguments: Form.allCases) func `a plan-diff ends with 0 for equal and 2 for different plans`(
    _ form: Form
  ) async throws {
    var project = try TestProject(Manifests.bots([1]))
    try await project.expect(0, "plan --out a.json")
    try project.workspace.write(Manifests.bots([1, 2]), to: "kitform.yaml")
    try await project.expect(0, "plan --out b.json")
    project.options = []
    try await expect(0, "no-changes", "plan-diff a.json a.json", form, in: project)
    try await expect(2, "changes", "plan-diff a.json b.json", form, in: project)
    try await expect(1, "failed", "plan-diff a.json c.json", form, in: project)
    try await expect(64, "usage", "plan-diff a.json b.json --no-such-option", form, in: project)
  }

  @Test(arguments: Form.allCases) func `a state that somebody holds is the same in every form`(
    _ form: Form
  ) async throws {
    // A server that never answers: the first run holds the lock until it is ended.
    try await RawServer.with({ _, _ in .silence }) { server in
      let host = "http://127.0.0.1:\(server.port)"
      var project = try TestProject(Manifests.bots([1]).calling(host), options: [])
      project.environment = LocalKitProcess.credentials
      let first = try BinaryUnderTest.start(
        ["apply", "--auto-approve"], in: project.workspace.path, environment: project.environment)
      try await first.wait { _ in !server.log.requests.isEmpty }
      try await expect(7, "locked", "apply --auto-approve", form, in: project)
      first.interrupt()
      #expect(try await first.end().exitCode == 130)
    }
  }

  @Test(arguments: Form.allCases) func `partial, failed and interrupted are the same in every form`(
    _ form: Form
  ) async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "400"])
    var project = try kit.project(Manifests.bots([1]))
    let profile = try await project.takeProfile()
    try await project.expect(0, "apply --auto-approve")
    let broken = profile.replacing("/channel/addChannel", with: "/channel/addThem")
    try project.workspace.write(broken, to: "kit-profile.yaml")
    let text = try project.workspace.read("kitform.yaml")
    let more = Manifests.bots(Array(2...14)).replacing(Manifests.header + "channels:\n  custom:\n", with: "")
    try project.workspace.write(text.replacing("Bot 1", with: "Bot one") + more, to: "kitform.yaml")
    try await expect(6, "partial", "apply --auto-approve --settle 1s", form, in: project)
    try await expect(1, "failed", "apply --auto-approve --settle 1s", form, in: project)
    project.environment["KIT_API_TOKEN"] = "not-the-token"
    try await expect(1, "failed", "plan", form, in: project)
    project.environment = LocalKitProcess.credentials
    try project.workspace.write(profile, to: "kit-profile.yaml")

    for (code, signal) in [(Int32(143), "TERM"), (130, "INT")] {
      let running = try BinaryUnderTest.start(
        ["apply", "--auto-approve", "--parallelism", "1", "--settle", "1s"] + form.options(of: "apply"),
        in: project.workspace.path,
        environment: project.environment)
      try await running.wait {
        $0.errors.contains(": done")
      } then: {
        if signal == "TERM" { $0.terminate() } else { $0.interrupt() }
      }
      let ended = try await running.end()
      #expect(ended.exitCode == code, "\(signal): \(ended.all)")
      guard form != .text else { continue }
      let json = try ParsedJSON(form == .json ? ended.output : project.workspace.read("r.json"))
      #expect(json["outcome"].string == "interrupted" && json["exitCode"].int == Int(code))
      let results = json["results"].items.compactMap { $0["result"].string }
      #expect(results.contains("done") && results.contains("not-attempted"), "\(results)")
    }
    try await project.expect(0, "apply --auto-approve")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    try await kit.stop()
  }

  @Test func `a report that is lost after an apply is an error on stderr, and the code is the apply's`() async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "1500"])
    let project = try kit.project(Manifests.bots([1, 2, 3]))
    try project.workspace.write("", to: "reports/.keep")
    let running = try BinaryUnderTest.start(
      ["apply", "--auto-approve", "--parallelism", "1", "--report", "json=reports/r.json"], in: project.workspace.path,
      environment: project.environment)
    let reports = "\(project.workspace.path)/reports"
    try await running.wait {
      $0.errors.contains(": done")
    } then: { _ in
      try? FileManager.default.removeItem(atPath: reports)
    }
    let ended = try await running.end()
    #expect(ended.exitCode == 0, "\(ended.all)")
    #expect(ended.errors.contains("the report json could not be written"), "\(ended.errors)")
    #expect(ended.errors.contains("the apply itself ended as its result says"), "\(ended.errors)")
    try await kit.stop()
  }

  @Test func `what is deleted first goes before the rest, everything else after it`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project(Manifests.bots([1, 2]))
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write(
      try project.workspace.read("kitform.yaml").replacing("bot-1:", with: "bot-3:").replacing("Bot 1", with: "Bot 3"),
      to: "kitform.yaml")
    let before = try kit.events.count
    try await project.expect(0, "apply --auto-approve --delete-first custom.bot-1")
    let paths = try kit.events.dropFirst(before).compactMap { $0["path"].string }
    let delete = try #require(paths.firstIndex { $0.contains("deleteChannel") })
    let create = try #require(paths.firstIndex { $0.contains("addChannel") })
    #expect(delete < create, "\(paths)")
    try await kit.stop()
  }
}
