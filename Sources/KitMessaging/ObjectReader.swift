import Basics
import Documents

/// Reads members of JSON objects and collects what is wrong with them, by path.
struct ObjectReader {
  var problems: [String] = []
  /// Whether a member that is not documented is a problem, or left aside.
  var isStrict = true

  /// Notes members that are not among the known ones.
  mutating func check(_ object: JSONValue, _ path: String, _ known: [String]) {
    guard isStrict, case .object(let members) = object else { return }
    for member in members where !known.contains(member.key) {
      let near = Suggestion.nearest(to: member.key, among: known, limit: 1).first
      let hint = near.map { "did you mean `\($0)`?" } ?? "leave it out"
      problems.append("`\(place(path, SafeText.escape(member.key)))` is not a documented member: \(hint)")
    }
  }

  /// A required string; where it is missing or empty, a problem is noted and the result is empty.
  mutating func required(_ object: JSONValue, _ path: String, _ name: String) -> String {
    let before = problems.count
    let text = text(object, path, name) ?? ""
    if text.isEmpty, problems.count == before { problems.append("`\(place(path, name))` is required, as a string") }
    return text
  }

  /// A string, or nil where the member is missing or null.
  mutating func text(_ object: JSONValue, _ path: String, _ name: String) -> String? {
    switch object[name] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    default:
      problems.append("`\(place(path, name))` must be a string: put it in quotes")
      return nil
    }
  }

  /// A number, or nil where the member is missing or null.
  mutating func number(_ object: JSONValue, _ path: String, _ name: String) -> Double? {
    switch object[name] {
    case nil, .null?: return nil
    case .integer(let number)?: return Double(number)
    case .number(let text)?:
      if let number = Double(text), number.isFinite { return number }
    default: break
    }
    problems.append("`\(place(path, name))` must be a number, without quotes")
    return nil
  }

  /// An object, or nil where the member is missing or null.
  mutating func object(_ object: JSONValue, _ path: String, _ name: String) -> JSONValue? {
    switch object[name] {
    case nil, .null?: return nil
    case .object(let members)?: return .object(members)
    default:
      problems.append("`\(place(path, name))` must be an object")
      return nil
    }
  }

  private func place(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
}

/// Bytes → one JSON value.
enum JSONText {
  /// Why there is no value.
  enum JSONProblem: Error {
    case tooLarge, tooDeep, noObject

    /// What an event is that cannot be read, as the end of a sentence.
    var words: String {
      switch self {
      case .tooLarge: "is too large: it has at most \(DocumentBudget.json.bytes >> 20) MiB; send files as a `file_url`"
      case .tooDeep: "is nested more than \(DocumentBudget.json.depth) levels deep: no documented member is"
      case .noObject: "is not a JSON object: check its quotes, commas and braces"
      }
    }
  }

  /// Reads a JSON object within the composer's budgets.
  static func value(_ bytes: [UInt8]) throws(JSONProblem) -> JSONValue {
    let (document, findings) = JSONComposer.compose(SourceFile(path: "event", bytes: bytes), file: 0)
    let errors = findings.filter { $0.severity == .error }
    if errors.contains(where: { $0.rule == .jsonSize }) { throw .tooLarge }
    if errors.contains(where: { $0.rule == .jsonDepth }) { throw .tooDeep }
    guard errors.isEmpty, let root = document.roots.first else { throw .noObject }
    let value = document.json(root)
    guard case .object = value else { throw .noObject }
    return value
  }

  /// The same of an event.
  static func event(_ bytes: [UInt8]) throws(MessagingError) -> JSONValue {
    do throws(JSONProblem) { return try value(bytes) } catch { throw .invalidEvent(["the event \(error.words)"]) }
  }
}
