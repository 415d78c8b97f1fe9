package import Basics
import Documents

/// A channel's object as the account answered it, secrets included: a part of the answer's bytes, which are not copied.
///
/// It lives in memory for the update that writes a nested object back. Nothing prints it: its description and its mirror are
/// empty, and it is neither `Encodable` nor `Equatable`.
package struct WholeObject: Sendable, CustomStringConvertible, CustomReflectable {
  private let bytes: [UInt8]
  private let range: Range<Int>

  /// - Parameters:
  ///   - bytes: the whole answer; channels of one page share it.
  ///   - range: where the object is.
  package init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    self.range = range
  }

  /// The object as a tree.
  package var json: JSONValue {
    let source = SourceFile(path: "the account's channel", bytes: Array(bytes[range]))
    let document = JSONComposer.compose(source, file: 0).document
    return document.roots.first.map { document.json($0) } ?? .null
  }

  package var description: String { "(whole object)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
