import Foundation

/// A JSON document, read by another reader than the product's own.
package struct ParsedJSON: CustomStringConvertible {
  private let value: Any?

  /// The document as text, to look for a word anywhere in it.
  package var description: String { value.map { "\($0)" } ?? "nothing" }

  private init(_ value: Any?) { self.value = value }

  /// Reads exactly one document; anything behind it is an error.
  package init(_ text: String) throws {
    value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
  }

  package subscript(_ name: String) -> ParsedJSON { ParsedJSON((value as? [String: Any])?[name]) }
  package subscript(_ index: Int) -> ParsedJSON {
    let items = value as? [Any] ?? []
    return ParsedJSON(items.indices.contains(index) ? items[index] : nil)
  }

  package var string: String? { value as? String }
  package var int: Int? { value as? Int }
  package var bool: Bool? { value as? Bool }
  package var items: [ParsedJSON] { (value as? [Any] ?? []).map { ParsedJSON($0) } }
  package var names: [String] { (value as? [String: Any])?.keys.sorted() ?? [] }
  package var isNull: Bool { value is NSNull }

  /// The item of a list whose member `address` is this.
  package func at(_ address: String) -> ParsedJSON {
    items.first { $0["address"].string == address } ?? ParsedJSON(nil)
  }

  /// The field of a change with this name.
  package func field(_ name: String) -> ParsedJSON {
    self["fields"].items.first { $0["name"].string == name } ?? ParsedJSON(nil)
  }
}
