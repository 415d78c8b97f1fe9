import Basics
import KitProfile

/// What a request says at one place: an omitted member stays as it is, an empty one is cleared.
enum Sent {
  case absent
  case empty
  /// The text of a form field.
  case text(String)
  /// A member of JSON text inside a form field.
  case json(JSONValue)
}

/// The form of a request, with the JSON texts inside it taken apart once.
struct SentForm {
  private let fields: FormFields
  private var nested: [String: JSONValue] = [:]

  /// Reads JSON wherever a profile's path leads into a field; a string that is not JSON is a failure.
  init(_ fields: FormFields, nestedNames: Set<String>) throws(Reply.Failure) {
    self.fields = fields
    for name in nestedNames.sorted() {
      guard let text = fields[name], !text.isEmpty else { continue }
      guard let value = NestedJSON.read(text), case .object = value else {
        throw Reply.Failure(422, "\(name): must be a JSON object")
      }
      nested[name] = value
    }
  }

  /// What is at a path.
  subscript(path: [String]) -> Sent {
    guard let name = path.first else { return .absent }
    if path.count == 1 {
      guard let text = fields[name] else { return .absent }
      return text.isEmpty ? .empty : .text(text)
    }
    guard let object = nested[name] else { return .absent }
    switch JSONTree.value(at: path.dropFirst(), in: object) {
    case nil: return .absent
    case .null?, .string("")?: return .empty
    case let value?: return .json(value)
    }
  }

  /// The object that was sent in a form field, or nil.
  func object(_ name: String) -> [JSONValue.Member]? {
    guard case .object(let members)? = nested[name] else { return nil }
    return members
  }
}

extension Sent {
  /// Whether the request says anything here.
  var isPresent: Bool {
    if case .absent = self { false } else { true }
  }

  /// A string, or nil where it is something else.
  var textValue: String? {
    switch self {
    case .text(let text), .json(.string(let text)): text
    default: nil
    }
  }

  /// A whole number: digits in a form field, a number in JSON.
  var number: Int? {
    switch self {
    case .text(let text): Int(text)
    case .json(.integer(let number)): number
    default: nil
    }
  }

  /// A boolean: the profile's words in a form field, `true` and `false` in JSON.
  func flag(_ words: APIProfile.Switches) -> Bool? {
    switch self {
    case .text(words.on): true
    case .text(words.off): false
    case .json(.bool(let flag)): flag
    default: nil
    }
  }

  /// A list: JSON text in a form field of its own, or an array in JSON.
  var list: [JSONValue]? {
    let value: JSONValue? =
      switch self {
      case .text(let text): NestedJSON.read(text)
      case .json(let value): value
      default: nil
      }
    guard case .array(let items)? = value else { return nil }
    return items
  }
}
