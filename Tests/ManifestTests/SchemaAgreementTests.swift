import Basics
import Channels
import Documents
import Foundation
import Manifest
import Support
import Testing
import YAML

/// The schema's promise: it accepts whatever the decoders accept, and refuses whatever one document shows to be wrong.
///
/// Thousands of changed examples are judged by the decoders and by an independent implementation of JSON Schema;
/// `MUTATIONS=9000 SEED=7` in the environment tries other numbers of them, and others.
@Suite(.computes, .enabled(if: SchemaVerdicts.isAvailable, "Python's `jsonschema` is not installed"))
struct SchemaAgreementTests {
  /// One group of rules that JSON Schema cannot say: which findings, and why.
  struct Difference: Sendable {
    var rules: [String]
    var reason: String
    /// Whether a finding at this written text, in a document that says `kitform: 1` or another, is one of them.
    var applies: @Sendable (_ written: String, _ saysVersion: Bool, _ message: String) -> Bool = { _, _, _ in true }
  }

  /// Everything that the decoders refuse and the schema accepts; the other way round there is nothing.
  static let differences = [
    Difference(
      rules: ["project.version", "project.placement", "project.repeated"],
      reason: "a schema sees one document, not its file's name nor the other documents"),
    Difference(
      rules: ["field.missing"],
      reason: "`account` and all fields but `name` may come from an environment, from `defaults` or another document"
    ) { _, _, message in
      message.hasPrefix("`account` ")
        || message.contains("` lacks `") && !message.contains("`name`") && !message.contains("`maxWaitingTime`")
    },
    Difference(
      rules: ["channel.duplicate", "assume.repeated", "refactoring.repeated", "skills.repeated"],
      reason: "a schema compares no two places; titles are compared after Unicode normalisation"),
    Difference(
      rules: ["variable.unknown"], reason: "a variable may be in another document or on the command line"),
    Difference(rules: ["only.unknown"], reason: "an environment's name is in another place"),
    Difference(
      rules: ["adopt.address", "moved.address", "moved.cycle", "removed.address"],
      reason: "the addresses are in other places"),
    Difference(rules: ["closing.agent.waiting"], reason: "a schema compares no two values"),
    Difference(
      rules: ["closing.agent.range", "closing.bot.range"],
      reason: "a schema adds no parts: one unit is exact, a sum of several is not judged"
    ) { written, _, _ in written.filter { "dhms".contains($0) }.count > 1 },
    Difference(rules: ["state.shared"], reason: "whether a path is shared depends on which environment reads it"),
    Difference(
      rules: ["state.backend", "state.encrypt"],
      reason: "which settings count depends on the backend, which another mapping may name"),
    Difference(rules: ["secret.literal"], reason: "a string behind `state.key` is the object of an `s3` state") {
      _, _, message in message.contains("state.key")
    },
    Difference(rules: ["callbackURL.address"], reason: "`--sandbox` and a local `apiHost` allow private addresses"),
    Difference(
      rules: ["callbackURL.form", "account.host"], reason: "no expression of bearable length has all IPv6 addresses"
    ) { written, _, _ in written.contains("[") },
    Difference(
      rules: ["name.length", "name.characters", "callbackURL.https", "skills.level"],
      reason: "`rules` may relax them, which only the document that says `kitform: 1` shows"
    ) { _, saysVersion, _ in !saysVersion },
    Difference(
      rules: [
        "reference.format", "value.type", "guards.limit", "adopt.target", "secret.form", "removed.form", "skills.level",
      ],
      reason: "`True`, `1.0`, `010`, `0x1F` and `60:00` are `true`, `1`, `10`, `31` and a string to JSON"
    ) { written, _, _ in
      ["True", "TRUE", "False", "FALSE"].contains(written)
        || Scalars.looksLikeNumberOrDate(written) && !Scalars.isDecimalInteger(written)
    },
  ]

  @Test func `the quickstart, changed at random, is judged alike`() throws {
    try compare(example: "quickstart", files: [], rounds: 3000, seed: 1)
  }

  @Test func `the retail project, changed at random, is judged alike`() throws {
    let files = ["channels/bots.yaml", "channels/social.yaml", "channels/stores.yaml"]
    try compare(example: "retail", files: files, rounds: 500, seed: 2)
  }

  private func compare(example: String, files: [String], rounds: Int, seed: UInt64) throws {
    let texts = try (["kitform.yaml"] + files).map { path in
      let file = GeneratedFile.root.appendingPathComponent("examples/\(example)/\(path)")
      return (path: path, text: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
    let trees = texts.map { path, text in
      let document = YAMLComposer.compose(SourceFile(path: path, text: text), file: 0).document
      return MutableYAML(document, document.roots[0])
    }
    let environment = ProcessInfo.processInfo.environment
    let rounds = environment["MUTATIONS"].flatMap { Int($0) } ?? rounds
    let seed = environment["SEED"].flatMap { UInt64($0) } ?? seed
    var generator = SeededGenerator(seed: seed)
    var cases: [Case] = [Case(texts, changed: 0)]
    for _ in 0..<rounds {
      let changed = Int.random(in: 0..<texts.count, using: &generator)
      var tree = trees[changed]
      for _ in 0..<Int.random(in: 1...2, using: &generator) { tree.mutate(&generator) }
      var project = texts
      project[changed].text = tree.rendered()
      let item = Case(project, changed: changed)
      if item.isYAML { cases.append(item) }
    }
    #expect(cases.count > rounds / 2)
    let (accepted, refused) = try judge(cases)
    // The comparison says something only where both verdicts occur often.
    #expect(
      accepted > rounds / 25 && refused > rounds / 3, "\(accepted) accepted, \(refused) refused of \(cases.count)")
  }

  @Test func `what YAML takes for something else is judged alike in every field and setting`() throws {
    // A schema sees no alias: what stands for one is judged where it is written.
    let places = (FieldTrapPlaces.all + SettingTrapPlaces.all).filter { $0.alias == nil }
    let cases = try places.flatMap { place in
      try Trap.all.map { trap in
        let file = (path: "kitform.yaml", text: try place.placed(trap).text)
        return Case(
          place.projectText.map { [("kitform.yaml", $0), file] } ?? [file], changed: place.projectText == nil ? 0 : 1)
      }
    }
    let (accepted, refused) = try judge(cases)
    #expect(accepted > 1000 && refused > 1000)
  }

  /// Holds the decoders' verdicts against the schema's; how many cases both accept, and both refuse.
  private func judge(_ cases: [Case]) throws -> (accepted: Int, refused: Int) {
    let verdicts = try SchemaVerdicts.judge(cases.map(\.json), by: JSONSchema(kinds: Kinds.all).document)
    var accepted = 0
    var refused = 0
    for (item, verdict) in zip(cases, verdicts) {
      if item.errors.isEmpty {
        accepted += 1
        #expect(verdict == nil, "the decoders accept, the schema refuses:\n\(item.text)")
      } else if verdict == nil {
        let unsaid = item.errors.filter { !item.isBeyondSchema($0) }.map { "\($0.id): \($0.message)" }
        #expect(unsaid.isEmpty, "the decoders refuse, the schema accepts:\n\(item.text)")
      } else {
        refused += 1
      }
    }
    return (accepted, refused)
  }

  /// One changed project, and what the decoders say to it.
  private struct Case {
    var text: String
    var json: JSONValue
    var errors: [Diagnostic]
    var sources: SourceMap
    var isYAML: Bool

    init(_ files: [(path: String, text: String)], changed: Int) {
      let project = ProjectFixture.project(files[0].text, files: Array(files.dropFirst()))
      let document = project.documents[changed]
      var findings = Findings()
      _ = Project.include(in: project.documents[0], &findings)
      isYAML = !project.findings.list.contains { $0.id.hasPrefix("yaml.") }
      errors = (ProjectFixture.validate(project).findings + findings.list).filter { $0.severity == .error }
      sources = project.sources
      text = files[changed].text
      json = document.roots.first.map { document.coreJSON($0) } ?? .null
    }

    /// Whether the schema cannot say a finding: by the list, or because what a variable becomes is not known to it.
    func isBeyondSchema(_ finding: Diagnostic) -> Bool {
      let place = finding.place ?? SourcePlace(file: 0, start: 0, end: 0)
      let written = String(
        decoding: sources.files[Int(place.file)].bytes[Int(place.start)..<Int(place.end)], as: UTF8.self)
      if written.contains("${"), !written.contains("\n") { return true }
      return SchemaAgreementTests.differences.contains {
        $0.rules.contains(finding.id) && $0.applies(written, json["kitform"] != nil, finding.message)
      }
    }
  }
}
