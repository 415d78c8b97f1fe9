import Basics
import Documents
import Support
import Testing

@testable import kitform

/// The JSON documents of the commands, as they are printed, by the schemas that `schema --write` writes.
@Suite(
  .startsProcesses, .timeLimit(.minutes(60)),
  .enabled(if: SchemaVerdicts.isAvailable, "Python's `jsonschema` is not installed"))
struct DocumentSchemaTests {
  /// Documents by the schema that they are judged by.
  private struct Printed {
    var documents: [String: [(command: String, json: JSONValue)]] = [:]

    /// Runs a command and keeps each line or document that it prints.
    mutating func run(
      _ code: Int32, _ schema: String, _ command: String, in project: TestProject,
      at location: SourceLocation = #_sourceLocation
    ) async throws {
      let ended = try await project.expect(code, command + " --format json", at: location)
      documents[schema, default: []].append((command, DocumentSchemaTests.parsed(ended.output)))
    }

    /// Holds every document against its schema, and expects one that lacks or has too much to be refused.
    func judge() throws {
      for (name, printed) in documents.sorted(by: { $0.key < $1.key }) {
        let schema = try #require(SchemaCommand.files.first { $0.name == "\(name).v1.schema.json" }?.schema)
        let verdicts = try SchemaVerdicts.judge(printed.map(\.json), by: schema)
        for (document, verdict) in zip(printed, verdicts) {
          #expect(verdict == nil, "\(document.command): \(CanonicalJSON.text(document.json))")
        }
        let broken = printed.flatMap { [without("outcome", $0.json), with("surplus", $0.json)] }
        #expect(try SchemaVerdicts.judge(broken, by: schema).allSatisfy { $0 != nil }, "\(name)")
      }
    }

    private func without(_ key: String, _ json: JSONValue) -> JSONValue {
      guard case .object(let members) = json else { return json }
      return .object(members.filter { $0.key != key })
    }

    private func with(_ key: String, _ json: JSONValue) -> JSONValue {
      guard case .object(let members) = json else { return json }
      return .object(members + [.init(key, true)])
    }
  }

  private static func parsed(_ text: String) -> JSONValue {
    let document = JSONComposer.compose(SourceFile(path: "printed", text: text), file: 0).document
    return document.roots.first.map { document.json($0) } ?? .null
  }

  private static let account = ".kitform/sandbox/default/account.json"

  @Test func `what plans, drift, doctor, output and the state print is what their schemas say`() async throws {
    var printed = Printed()
    let relaxed = Manifests.two.replacing("channels:\n", with: "rules: {name.length: warning}\nchannels:\n")
    let project = try TestProject(relaxed)
    try await printed.run(0, "state", "state list", in: project)
    try await printed.run(0, "state", "state show", in: project)
    try await printed.run(64, "state", "state pull", in: project)
    try await printed.run(0, "drift", "drift", in: project)
    try await printed.run(0, "output", "output", in: project)
    try await printed.run(0, "plan", "plan --out plan.json", in: project)
    try await printed.run(0, "plan", "show plan.json", in: project)
    try await printed.run(0, "plan", "apply --auto-approve", in: project)
    try await printed.run(0, "plan", "plan --adopt-matching", in: project)
    try await printed.run(0, "drift", "drift", in: project)
    try await printed.run(0, "doctor", "doctor", in: project)
    try await printed.run(0, "output", "output --show-secrets", in: project)
    try await printed.run(64, "output", "output custom.nobody", in: project)
    for command in ["state list", "state show", "state show ok.community", "state pull", "show state"] {
      try await printed.run(0, "state", command, in: project)
    }
    try project.workspace.replace("\"agent\": 43200", with: "\"agent\": 7200", in: Self.account)
    try await printed.run(2, "drift", "drift", in: project)
    try await printed.run(0, "drift", "drift --write", in: project)
    try project.workspace.replace("\"agent\": 7200", with: "\"agent\": 3600", in: Self.account)
    try project.workspace.replace("agent: 2h", with: "agent: \"${wait}\"", in: "kitform.yaml")
    try project.workspace.replace("rules:", with: "variables: {wait: 2h}\nrules:", in: "kitform.yaml")
    try await printed.run(2, "drift", "drift --write", in: project)
    try await printed.run(0, "state", "state mv custom.partner-bot custom.other-bot", in: project)
    try await printed.run(0, "state", "state rm custom.other-bot", in: project)
    try project.workspace.write("kitform: 2\n", to: "kitform.yaml")
    for (schema, command) in [("drift", "drift"), ("doctor", "doctor"), ("output", "output"), ("state", "state list")] {
      try await printed.run(3, schema, command, in: project)
    }
    try printed.judge()
  }

  @Test func `what the channel commands print is what their schema says`() async throws {
    var printed = Printed()
    var project = try TestProject(ChannelCommandTests.manifest)
    project.environment = ["SALT": "salt", "TOKEN": "token"]
    try await printed.run(64, "channel", "channel verify custom.partner-bot", in: project)
    try await project.expect(0, "apply --auto-approve")
    try await printed.run(0, "channel", "channel verify custom.partner-bot", in: project)
    try await printed.run(0, "channel", "channel verify custom.partner-bot --message", in: project)
    try await printed.run(1, "channel", "channel verify custom.silent-bot", in: project)
    try await printed.run(0, "channel", "channel login custom.partner-bot", in: project)
    try await printed.run(0, "channel", "channel login custom.partner-bot --show-token", in: project)
    try await printed.run(0, "channel", "channel send custom.partner-bot --client 7 --text Hello", in: project)
    try await printed.run(3, "channel", "channel send custom.partner-bot --event missing.json", in: project)
    let keys = "--salt env:SALT --token env:TOKEN"
    try await printed.run(0, "channel", "channel sign \(keys)", in: project)
    try await printed.run(0, "channel", "channel sign \(keys) --event-id 123 --spaces", in: project)
    for code in [Int32(0), 3] {
      let signature = "4ed92c55868890f7370d601e46a7a1c\(code == 0 ? 8 : 9)"
      try await printed.run(code, "channel", "channel check-signature \(signature) \(keys) --event-id 123", in: project)
    }
    try printed.judge()
  }
}
