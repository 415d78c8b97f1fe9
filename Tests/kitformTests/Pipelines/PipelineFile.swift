import Basics
import Documents
import Foundation
import Support
import Testing
import YAML

/// A pipeline of `examples/ci`, read as what it is: YAML with shell parts.
struct PipelineFile {
  let json: ParsedJSON

  /// Reads a file by its path below `examples/ci`.
  init(_ name: String) throws {
    let source = SourceFile(path: name, text: try Examples.text("ci/\(name)"))
    let (document, findings) = YAMLComposer.compose(source, file: 0)
    try #require(findings.isEmpty, "\(name): \(findings)")
    json = try ParsedJSON(
      String(decoding: CanonicalJSON.encode(document.json(try #require(document.roots.first))), as: UTF8.self))
  }

  /// The `run` parts of a GitHub job, in order, each with the environment that job and step give it.
  ///
  /// `values` has what is between `${{` and `}}`; an expression that it lacks is an error.
  func steps(_ job: String, _ values: [String: String]) throws -> [Step] {
    let job = json["jobs"][job]
    return try job["steps"].items.filter { $0["run"].string != nil }.map { step in
      let script = try #require(step["run"].string)
      try #require(!script.contains("${{"), "what an event says must never become part of a script:\n\(script)")
      var environment: [String: String] = [:]
      for scope in [job["env"], step["env"]] {
        for name in scope.names { environment[name] = try expand(try #require(scope[name].string), values) }
      }
      return Step(name: step["name"].string ?? "", script: script, environment: environment)
    }
  }

  /// The shell of a GitLab job, `before_script` first.
  func script(_ job: String) throws -> String {
    let parent = json[job]["extends"].string.map { json[$0] }
    let lines = [parent?["before_script"], json[job]["script"]].compactMap { $0 }.flatMap(\.items)
    return try lines.map { try #require($0.string) }.joined(separator: "\n")
  }

  private func expand(_ text: String, _ values: [String: String]) throws -> String {
    var result = text
    while let open = result.firstRange(of: "${{"), let close = result.firstRange(of: "}}") {
      let expression = result[open.upperBound..<close.lowerBound].trimmingCharacters(in: .whitespaces)
      result.replaceSubrange(open.lowerBound..<close.upperBound, with: try evaluate(expression, values))
    }
    return result
  }

  /// The value of an expression as GitHub has it: an empty text counts as false, and `&&` and `||` give one of their sides.
  private func evaluate(_ expression: String, _ values: [String: String]) throws -> String {
    var last = ""
    for alternative in expression.components(separatedBy: " || ") {
      last = ""
      for part in alternative.components(separatedBy: " && ") {
        last = try operand(part, values)
        if last.isEmpty { break }
      }
      if !last.isEmpty { return last }
    }
    return last
  }

  private func operand(_ text: String, _ values: [String: String]) throws -> String {
    for (sign, wanted) in [(" == ", true), (" != ", false)] {
      let sides = text.components(separatedBy: sign)
      guard sides.count == 2 else { continue }
      return (try operand(sides[0], values) == operand(sides[1], values)) == wanted ? "true" : ""
    }
    if text.hasPrefix("'"), text.hasSuffix("'"), text.count > 1 { return String(text.dropFirst().dropLast()) }
    return try #require(values[text], "the test has no value for the expression `\(text)`")
  }

  struct Step {
    var name: String
    var script: String
    var environment: [String: String]
  }
}

/// The repository's examples, as files.
enum Examples {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("examples").path

  static func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
  }
}
