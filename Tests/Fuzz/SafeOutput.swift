import Basics
import Documents

/// What holds for every output: no character drives a terminal, and no line is a command for a build's runner.
enum SafeOutput {
  /// No control character but line breaks.
  static func hasNoControls(_ text: String, _ what: String) throws(BrokenPromise) {
    for scalar in text.unicodeScalars where scalar != "\n" && SafeText.isUnsafe(scalar) {
      throw BrokenPromise("\(what) has the character U+\(String(scalar.value, radix: 16))")
    }
  }

  /// The same, and each line ends as it should.
  static func isText(_ text: String, _ what: String) throws(BrokenPromise) {
    try hasNoControls(text, what)
    try require(text.isEmpty || text.hasSuffix("\n"), "\(what) ends with a line break")
  }

  /// Bytes that are to be JSON are.
  static func isJSON(_ bytes: [UInt8], _ what: String) throws(BrokenPromise) {
    try hasNoControls(String(decoding: bytes, as: UTF8.self), what)
    let (document, findings) = JSONComposer.compose(SourceFile(path: what, bytes: bytes), file: 0)
    try require(findings.isEmpty && document.roots.count == 1, "\(what) is JSON")
  }
}
