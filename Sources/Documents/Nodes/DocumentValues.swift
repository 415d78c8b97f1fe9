package import Basics

extension Document {
  /// The value of a document as JSON: plain scalars are typed by YAML 1.2's core schema as far as JSON can say it.
  ///
  /// Whole numbers that fit are integers, other decimal numbers keep their text; what JSON cannot write (`.inf`, `0x1F`,
  /// `010`) stays a string. A mapping's pairs are in the order of the source, merged ones last. The depth budget of the composers
  /// bounds how deep this goes, and the budget of aliases how much it makes.
  package func json(_ node: Int) -> JSONValue {
    switch shape(node) {
    case .scalar: return scalarJSON(node)
    case .sequence: return .array(items(node).map { json($0) })
    case .mapping: return .object(pairs(node).map { JSONValue.Member(text($0.key), json($0.value)) })
    case .alias: return .null
    }
  }

  private func scalarJSON(_ node: Int) -> JSONValue {
    let text = text(node)
    guard isPlain(node) else { return .string(text) }
    if isNull(node) { return .null }
    if let flag = Scalars.bool(text) { return .bool(flag) }
    guard Scalars.isJSONNumber(text) else { return .string(text) }
    if text != "-0", let number = Int(text) { return .integer(number) }
    return .number(text)
  }

  /// The text of a key's value, quoted or plain; nil for a missing key, a null or a collection.
  package func string(_ key: String, in node: Int) -> String? { value(of: key, in: node).flatMap { string($0) } }

  /// A scalar's text, quoted or plain; nil for a null or a collection.
  package func string(_ node: Int) -> String? {
    shape(node) == .scalar && !isNull(node) ? text(node) : nil
  }

  /// The whole number that a key's plain value writes in decimal, perhaps with a minus sign.
  package func integer(_ key: String, in node: Int) -> Int? { value(of: key, in: node).flatMap { integer($0) } }

  /// The whole number that a plain scalar writes in decimal, perhaps with a minus sign.
  package func integer(_ node: Int) -> Int? {
    guard isPlain(node) else { return nil }
    let text = text(node)
    return Scalars.isJSONNumber(text) ? Int(text) : nil
  }

  /// The switch that a key's plain value writes.
  package func bool(_ key: String, in node: Int) -> Bool? { value(of: key, in: node).flatMap { bool($0) } }

  /// The switch that a plain scalar writes.
  package func bool(_ node: Int) -> Bool? { isPlain(node) ? Scalars.bool(text(node)) : nil }
}
