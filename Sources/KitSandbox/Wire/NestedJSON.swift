import Basics
import Documents

/// JSON text inside one form field → a value.
enum NestedJSON {
  /// Reads one JSON value; nil for anything that is not JSON.
  static func read(_ text: String) -> JSONValue? {
    let (document, findings) = JSONComposer.compose(SourceFile(path: "form field", text: text), file: 0)
    guard findings.allSatisfy({ $0.severity != .error }), let root = document.roots.first else { return nil }
    return document.json(root)
  }
}
