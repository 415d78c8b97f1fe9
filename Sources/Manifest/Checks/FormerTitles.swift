/// Titles that account objects had at the last apply: by them the resolver recognises an object that was renamed since.
package struct FormerTitles: Sendable {
  private var ids: [ReferenceKind: [String: Set<Int>]] = [:]

  package init() {}

  /// Adds the objects that a value names; `shape` is that of its field.
  package mutating func insert(_ value: Value, shape: Shape) {
    switch (value, shape) {
    case (.route(let kind, let reference), _): insert(reference, kind)
    case (.reference(let reference), .reference(let kind)), (.reference(let reference), .credential(let kind)),
      (.credential(let reference, value: _), .credential(let kind)):
      insert(reference, kind)
    case (.levels(let levels), .levels(let kind, _)): for level in levels { insert(level.reference, kind) }
    default: break
    }
  }

  /// The one object that had a title; nil where none or several had it.
  func id(of kind: ReferenceKind, titled title: String) -> Int? {
    guard let found = ids[kind]?[title], found.count == 1 else { return nil }
    return found.first
  }

  private mutating func insert(_ reference: Reference, _ kind: ReferenceKind) {
    guard let id = reference.id, let title = reference.title else { return }
    ids[kind, default: [:]][title, default: []].insert(id)
  }
}
