import Foundation
import Support
import Testing

/// A page of the documentation, as the tests run it.
///
/// A block of `sh` holds commands. A block that follows it at once holds their output, both streams together; a line `…` in it
/// is any number of lines. Comments before a block say more: `<!-- exit: 2 -->` lists the exit codes other than 0 of its
/// commands, `<!-- file: NAME -->` makes a block the content of a file, `<!-- elsewhere: PLACE -->` names what runs it instead.
/// A comment that begins with `<!-- run` holds commands that a reader does not see.
struct GuidePage: Sendable, CustomTestStringConvertible {
  /// A thing that a page asks for, in the order of the page.
  enum Part: Sendable {
    case hidden(String)
    case file(name: String, text: String)
    case commands(Commands)
  }

  /// Commands that are shown.
  struct Commands: Sendable {
    var text: String
    /// The exit codes other than 0.
    var statuses: [String]
    var line: Int
    var output: Output?
  }

  /// The output as it is shown, and its lines in the page.
  struct Output: Sendable {
    var text: String
    var lines: Range<Int>
    var indent: String
  }

  let path: String
  let lines: [String]
  private(set) var parts: [Part] = []
  /// Commands that something else runs, with its name.
  private(set) var elsewhere: [(commands: String, place: String)] = []

  var testDescription: String { path }

  /// Every page for users: the README and both catalogues.
  static let all: [GuidePage] = {
    let root = GeneratedFile.root.path
    let catalogues = ["Sources/KitformEngine/Documentation.docc", "Sources/KitMessaging/Documentation.docc"]
    let articles = catalogues.flatMap { catalogue in
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/\(catalogue)")) ?? [])
        .filter { $0.hasSuffix(".md") }.sorted().map { "\(catalogue)/\($0)" }
    }
    return (["README.md"] + articles).map(GuidePage.init(path:))
  }()

  init(path: String) {
    self.path = path
    let bytes = FileManager.default.contents(atPath: "\(GeneratedFile.root.path)/\(path)") ?? Data()
    lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\n")
    read()
  }

  private mutating func read() {
    var index = 0
    var directives: [String: String] = [:]
    var isAwaitingOutput = false
    while index < lines.count {
      let line = lines[index]
      let trimmed = line.trimmingCharacters(in: .whitespaces)
      index += 1
      if trimmed.isEmpty { continue }
      if trimmed == "<!-- run" {
        let end = lines[index...].firstIndex { $0.trimmingCharacters(in: .whitespaces) == "-->" } ?? lines.count
        parts.append(.hidden(lines[index..<end].joined(separator: "\n")))
        (index, isAwaitingOutput) = (end + 1, false)
      } else if let match = trimmed.wholeMatch(of: /<!-- (\w+): (.*) -->/) {
        directives[String(match.1)] = String(match.2)
      } else if let match = line.wholeMatch(of: /( *)```(\w*)/) {
        let end = lines[index...].firstIndex { $0.trimmingCharacters(in: .whitespaces) == "```" } ?? lines.count
        let block = Output(
          text: lines[index..<end].map { String($0.dropFirst(match.1.count)) }.joined(separator: "\n"),
          lines: index..<end, indent: String(match.1))
        isAwaitingOutput = take(block, language: String(match.2), directives, isAwaitingOutput)
        (index, directives) = (end + 1, [:])
      } else {
        (directives, isAwaitingOutput) = ([:], false)
      }
    }
  }

  /// Takes a block; true where the next one may be its output.
  private mutating func take(
    _ block: Output, language: String, _ directives: [String: String], _ isAwaitingOutput: Bool
  ) -> Bool {
    if let place = directives["elsewhere"] {
      elsewhere.append((block.text, place))
    } else if language == "sh" {
      let statuses = directives["exit"]?.split(separator: " ").map(String.init) ?? []
      parts.append(.commands(Commands(text: block.text, statuses: statuses, line: block.lines.lowerBound)))
      return true
    } else if let name = directives["file"] {
      parts.append(.file(name: name, text: block.text + "\n"))
    } else if isAwaitingOutput, case .commands(var commands)? = parts.last {
      commands.output = block
      parts[parts.count - 1] = .commands(commands)
    }
    return false
  }

  /// Each line of commands that the page shows, in blocks or in spans, whatever runs it.
  var commandLines: [String] {
    var found: [String] = elsewhere.flatMap { $0.commands.components(separatedBy: "\n") }
    for case .commands(let commands) in parts { found += commands.text.components(separatedBy: "\n") }
    var isInBlock = false
    for line in lines {
      if line.contains("```") { isInBlock.toggle() }
      if isInBlock {
        // A line of a console, or a step of a pipeline.
        found += line.matches(of: /^ *(?:\$|-|(?:- )?run:) (.*)/).map { String($0.1) }
      } else {
        found += line.matches(of: /`(kitform [^`]+)`/).map { String($0.1) }
      }
    }
    return found
  }
}
