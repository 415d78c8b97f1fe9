package import Documents

/// Moves the white space of a YAML file, and nothing else.
///
/// Blocks are indented by two, lists under a key too; trailing spaces go; at most one empty line in a row stays, none at either
/// end of the file; line breaks become those of most lines, CRLF or LF, and the last line gets one. Comments of neighbouring lines that are in one column
/// stay in one, as far from the longest line as they were. What a scalar says is never touched: a block scalar moves as
/// a whole. A byte order mark stays.
///
/// The result is composed again and must have the same nodes, texts and comments. Where that fails (explicit keys, `? `, keep
/// their indentation from the start), indentation is left alone; where that fails too, the whole file is.
package enum Formatter {
  /// Returns the formatted bytes of a file that was composed without an error.
  package static func format(_ document: Document) throws(EditFailure) -> [UInt8] {
    for indents in [true, false] {
      var pass = FormatPass(document, indents: indents)
      let bytes = pass.run()
      if bytes == document.source.bytes || isSame(document, bytes) { return bytes }
    }
    throw EditFailure("its white space cannot be moved without changing what it says")
  }

  /// Proves that only white space differs: same visible bytes in the same order, same nodes, same comments.
  private static func isSame(_ before: Document, _ bytes: [UInt8]) -> Bool {
    let (after, findings) = YAMLComposer.compose(
      SourceFile(path: before.source.path, bytes: bytes), file: before.file)
    guard !findings.contains(where: { $0.severity == .error }) else { return false }
    // A byte order mark after empty lines would become the first character, and count.
    let mark = SourceFile.byteOrderMark
    guard before.source.bytes.starts(with: mark) == bytes.starts(with: mark) else { return false }
    guard visible(before.source.bytes).elementsEqual(visible(bytes)), before.roots == after.roots,
      before.nodes.count == after.nodes.count
    else { return false }
    for index in before.nodes.indices {
      let one = before.nodes[index]
      let other = after.nodes[index]
      guard one.shape == other.shape, one.style == other.style, one.next == other.next,
        one.flags.subtracting(.sideText) == other.flags.subtracting(.sideText)
      else { return false }
      switch one.shape {
      case .alias: guard one.text == other.text else { return false }
      case .scalar: guard before.text(index).utf8.elementsEqual(after.text(index).utf8) else { return false }
      case .sequence, .mapping: guard one.count == other.count else { return false }
      }
    }
    return Trivia(before).comments == Trivia(after).comments
  }

  private static func visible(_ bytes: [UInt8]) -> some Sequence<UInt8> {
    bytes.lazy.filter { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
  }
}
