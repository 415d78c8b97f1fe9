import Basics
import Manifest

extension AccountIndex {
  /// How the account changed where a manifest names the same title as at the last apply, and that title is another object
  /// now; nil where the manifest is what changed, or nothing did.
  func renaming(from past: Value, to wanted: Value, shape: Shape) -> String? {
    guard let pairs = pairs(past, wanted, shape) else { return nil }
    var words: [String] = []
    for (kind, old, new) in pairs where new.id == nil || old.id != new.id {
      guard let id = old.id, let title = old.title, !new.isByID, let written = new.title, title == written,
        let what = fate(of: id, titled: title, kind)
      else { return nil }
      let now = new.id.map { "the \(kind.words) \($0) is called `\(SafeText.shortened(title))` now" }
      words.append("the \(kind.words) \(id) \(what)" + (now.map { ", and \($0)" } ?? ""))
    }
    return words.isEmpty ? nil : words.joined(separator: "; ")
  }

  /// What happened to an object that had a title at the last apply; nil where it still has that title, or it is unknown.
  private func fate(of id: Int, titled title: String, _ kind: ReferenceKind) -> String? {
    guard let ids = ids[kind] else { return nil }
    guard ids.contains(id) else { return "is gone from Kit" }
    guard let now = titles[kind]?[id] else { return "has no title any more" }
    return now == title ? nil : "is now called `\(SafeText.shortened(now))`"
  }

  /// The objects that both values name in the same place; nil where the values differ in more than the objects.
  private func pairs(
    _ past: Value, _ wanted: Value, _ shape: Shape
  ) -> [(kind: ReferenceKind, old: Reference, new: Reference)]? {
    switch (past, wanted, shape) {
    case (.route(let kind, let old), .route(let other, let new), _): return kind == other ? [(kind, old, new)] : nil
    case (.reference(let old), .reference(let new), .reference(let kind)),
      (.reference(let old), .credential(let new, value: _), .credential(let kind)),
      (.credential(let old, value: _), .credential(let new, value: _), .credential(let kind)):
      return [(kind, old, new)]
    case (.levels(let olds), .levels(let news), .levels(let kind, _)):
      guard olds.count == news.count else { return nil }
      var pairs: [(kind: ReferenceKind, old: Reference, new: Reference)] = []
      for old in olds {
        let new = news.first { $0.level == old.level && $0.reference.title == old.reference.title }
        guard let new else { return nil }
        pairs.append((kind, old.reference, new.reference))
      }
      return pairs
    default: return nil
    }
  }
}
