import Documents
import Foundation
import Manifest
import Support
import Testing
import YAML

/// One place of a project where a value is: its files with a mark for the value, and what the table says of it.
struct TrapPlace: Sendable, CustomTestStringConvertible {
  /// The path of keys and how the place is reached, for messages.
  var name: String
  var row: TrapRow
  /// The file with the mark, and the project file where that is another.
  var text: String
  var projectText: String?
  /// The alias through which the value is read, as it is written; a finding on the whole value is there.
  var alias: String?
  /// Shows what was read, as `text no` or `id 5`; nil for what is not looked at.
  var read: @Sendable (Configuration) -> String? = { _ in nil }

  static let mark = "@trap@"

  var testDescription: String { name }

  /// A file with a value, and the bytes of the value behind its tag, of the key before it and of the mapping around both.
  struct Placed {
    var text: String
    var value: Range<Int>
    var key: Range<Int>
    var around: Range<Int>
  }

  /// Puts a value in the place.
  func placed(_ trap: Trap) throws -> Placed {
    let parts = text.components(separatedBy: " \(TrapPlace.mark)")
    guard parts.count == 2 else { throw Malformed(text: text) }
    let colon = parts[0].utf8.count - 1
    let key = parts[0].split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    let keyStart = colon - key.drop { $0 == " " }.dropLast().utf8.count
    let start = colon + 1 + (trap.written.isEmpty ? 0 : 1) + trap.written.utf8.count - trap.value.utf8.count
    let value = start..<start + trap.value.utf8.count
    return Placed(
      text: parts[0] + (trap.written.isEmpty ? "" : " \(trap.written)") + parts[1], value: value, key: keyStart..<colon,
      around: keyStart..<value.upperBound)
  }

  /// A string without its mark, or with two.
  struct Malformed: Error { var text: String }
}

extension MutableYAML {
  /// The tree of a string, which may be flow YAML.
  static func read(_ text: String) -> MutableYAML {
    let document = YAMLComposer.compose(SourceFile(path: "part.yaml", text: text), file: 0).document
    return document.roots.first.map { MutableYAML(document, $0) } ?? .source("")
  }

  /// A tree of keys, one below the other, with a value at the end.
  static func nested(_ path: [String], _ value: MutableYAML) -> MutableYAML {
    path.reversed().reduce(value) { value, key in .mapping([(key: key, value: value)]) }
  }

  /// The tree with a value at a path, in the place of what is there.
  func setting(_ path: [String], _ value: MutableYAML) -> MutableYAML {
    guard let first = path.first else { return value }
    guard case .mapping(var pairs) = self else { return .nested(path, value) }
    let rest = Array(path.dropFirst())
    if let index = pairs.firstIndex(where: { $0.key == first }) {
      pairs[index].value = pairs[index].value.setting(rest, value)
    } else {
      pairs.append((key: first, value: .nested(rest, value)))
    }
    return .mapping(pairs)
  }

  /// A mapping with the pairs of another behind its own.
  func joined(_ other: MutableYAML) -> MutableYAML {
    guard case .mapping(let pairs) = self, case .mapping(let more) = other else { return self }
    return .mapping(pairs + more)
  }

  /// A mapping without a key.
  func without(_ key: String) -> MutableYAML {
    guard case .mapping(let pairs) = self else { return self }
    return .mapping(pairs.filter { $0.key != key })
  }

  /// The text of a file.
  var file: String { String(rendered().drop { $0 == "\n" }) }
}

extension Value {
  /// A value as the table calls it.
  var asTheTableSays: String {
    switch self {
    case .cleared: "cleared"
    case .text(let text): "text \(text)"
    case .flag(let flag): "flag \(flag)"
    case .seconds(let seconds): "seconds \(seconds)"
    case .reference(let reference), .route(_, let reference): reference.asTheTableSays
    case .credential(let reference, let secret):
      secret.map { Value.secret($0).asTheTableSays } ?? reference.asTheTableSays
    case .levels(let levels): levels.map { "number \($0.level)" }.joined(separator: ", ")
    case .secret(.environment(let name)), .secret(.file(let name)), .secret(.fileNamedBy(let name)): "text \(name)"
    case .secret(.keep): "accepted"
    case .names(let names): "text \(names.joined(separator: ", "))"
    }
  }
}

extension Reference {
  var asTheTableSays: String { id.map { "id \($0)" } ?? "title \(title ?? "")" }
}
