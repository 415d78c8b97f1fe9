package import Basics
package import Documents
package import Manifest
package import Provisioning

/// What every JSON document begins with (Pipelines.md, "JSON documents").
package struct ReportHeader: Sendable {
  /// `kitform.<command>/v1`.
  package var format: String
  package var tool: String
  package var project: String
  package var environment: String?
  package var account: State.AccountBinding?
  package var outcome: RunOutcome

  package init(
    format: String, tool: String, project: String, environment: String?, account: State.AccountBinding?,
    outcome: RunOutcome
  ) {
    self.format = format
    self.tool = tool
    self.project = project
    self.environment = environment
    self.account = account
    self.outcome = outcome
  }

  /// The whole document: header, findings, then the command's own members.
  package func document(diagnostics: [Diagnostic], sources: SourceMap, members: [JSONValue.Member]) -> JSONValue {
    .object(
      [
        .init("format", .string(format)), .init("tool", .string(tool)), .init("project", .string(project)),
        .init("environment", .text(environment)),
        .init(
          "account",
          account.map { ["name": .string($0.name), "host": .string($0.host), "sandbox": .bool($0.isSandbox)] } ?? .null),
        .init("exitCode", .integer(Int(outcome.exitCode))), .init("outcome", .string(outcome.word)),
        .init("diagnostics", .array(diagnostics.map { $0.json(in: sources) })),
      ] + members)
  }
}

extension Diagnostic {
  /// The finding as JSON; lines and columns from 1, columns in Unicode scalars.
  package func json(in sources: SourceMap) -> JSONValue {
    let start = place.map { sources.position(of: $0) }
    let end = place.map { sources.end(of: $0) }
    return [
      "id": .string(id), "severity": .string(severity.rawValue), "file": .text(start?.file),
      "line": .count(start?.line),
      "column": .count(start?.column), "endLine": .count(end?.line), "endColumn": .count(end?.column),
      "message": .string(message), "why": .text(why), "suggestion": .text(suggestion),
      "notes": .array(
        notes.map { note in
          let place = note.place.map { sources.position(of: $0) }
          return [
            "file": .text(place?.file), "line": .count(place?.line), "column": .count(place?.column),
            "message": .string(note.message),
          ]
        }),
    ]
  }
}

extension RelaxedRule {
  /// Whether it weakens the rule; an entry that says `error` does not.
  package var isRelaxing: Bool { severity != .error }
}

/// The rules that a project relaxes, as JSON.
package enum RelaxedRulesJSON {
  /// An object each: the rule's id, and `warning` or `off`.
  package static func value(_ rules: [RelaxedRule]) -> JSONValue {
    .array(
      rules.filter(\.isRelaxing).map { ["id": .string($0.id), "setting": .string($0.severity?.rawValue ?? "off")] })
  }
}
