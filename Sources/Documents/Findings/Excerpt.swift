import Basics

/// The source line of a finding, fit to be shown: masked, escaped, cut to a width, with where the caret goes.
package struct Excerpt: Sendable, Equatable {
  /// The line's number, from 1.
  package var line: Int
  /// The line as it is shown.
  package var text: String
  /// How many characters of `text` are before the caret.
  package var caretStart: Int
  /// How many characters the caret covers; one at least.
  package var caretLength: Int

  /// What stands for anything that is masked, whatever its length.
  package static let mask = "•••"

  /// A piece of the line: one character of the source, or a masked range.
  private struct Piece {
    var range: Range<Int>
    var shown: [Unicode.Scalar]
  }

  /// Makes the excerpt for a place; nil where the file is unknown.
  ///
  /// A place over several lines is shown by its first one. Characters count as Unicode scalars, a tab as four spaces.
  package init?(_ place: SourcePlace, in sources: SourceMap, masking: Masking, width: Int = 160) {
    guard sources.files.indices.contains(Int(place.file)) else { return nil }
    let source = sources.files[Int(place.file)]
    line = source.position(at: Int(place.start)).line
    let range = source.range(ofLine: line)
    let masked = masking.ranges(ofLine: range, in: source, file: place.file)
    let start = min(max(Int(place.start), range.lowerBound), range.upperBound)
    let shown = Excerpt.bytes(of: range, around: start, source.bytes, masked: masked, width)
    let pieces = Excerpt.pieces(shown, source.bytes, masked: masked)
    let end = min(max(Int(place.end), start), range.upperBound)
    var scalars: [Unicode.Scalar] = []
    var caretStart: Int?
    var caretEnd = 0
    for piece in pieces {
      if caretStart == nil, piece.range.upperBound > start { caretStart = scalars.count }
      scalars += piece.shown
      if piece.range.lowerBound < end { caretEnd = scalars.count }
    }
    let first = caretStart ?? scalars.count
    let length = max(1, caretEnd - first)
    (text, self.caretStart, caretLength) = Excerpt.cut(
      scalars, start: first, length: length, width: width,
      isCut: (shown.lowerBound > range.lowerBound, shown.upperBound < range.upperBound))
  }

  /// The part of a line that is looked at: of a very long one the surroundings of the caret, more than is shown.
  private static func bytes(
    of line: Range<Int>, around start: Int, _ bytes: [UInt8], masked: [Range<Int>], _ width: Int
  ) -> Range<Int> {
    let reach = max(width, 1) * 4
    guard line.count > 2 * reach else { return line }
    var lower = max(line.lowerBound, start - reach)
    while lower > line.lowerBound, bytes[lower] & 0xC0 == 0x80 { lower -= 1 }
    let hidden = Masking.first(in: masked, endingAfter: lower)
    if hidden < masked.count { lower = min(lower, max(line.lowerBound, masked[hidden].lowerBound)) }
    var upper = min(line.upperBound, start + reach)
    while upper < line.upperBound, bytes[upper] & 0xC0 == 0x80 { upper += 1 }
    return lower..<max(lower, upper)
  }

  private static func pieces(_ line: Range<Int>, _ bytes: [UInt8], masked: [Range<Int>]) -> [Piece] {
    var pieces: [Piece] = []
    var index = line.lowerBound
    var next = Masking.first(in: masked, endingAfter: line.lowerBound)
    while index < line.upperBound {
      if next < masked.count, index >= masked[next].lowerBound {
        pieces.append(Piece(range: index..<masked[next].upperBound, shown: Array(mask.unicodeScalars)))
        index = masked[next].upperBound
        next += 1
        continue
      }
      let (value, length) = Encoding.decode(bytes, at: index) ?? (0xFFFD, 1)
      let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
      let shown =
        scalar == "\t" ? Array("    ".unicodeScalars) : Array(SafeText.escape(String(scalar)).unicodeScalars)
      pieces.append(Piece(range: index..<index + length, shown: shown))
      index += length
    }
    return pieces
  }

  /// Cuts a long line around its caret, with `…` where something is left out.
  private static func cut(
    _ scalars: [Unicode.Scalar], start: Int, length: Int, width: Int, isCut: (before: Bool, after: Bool)
  ) -> (String, Int, Int) {
    var window = 0..<scalars.count
    if scalars.count > width {
      let lower = !isCut.before && start + length <= width - 1 ? 0 : max(0, start - width / 3)
      window = lower..<min(scalars.count, lower + width)
    }
    var view = String.UnicodeScalarView()
    var caret = start - window.lowerBound
    if window.lowerBound > 0 || isCut.before {
      view.append("…")
      caret += 1
    }
    view.append(contentsOf: scalars[window])
    if window.upperBound < scalars.count || isCut.after { view.append("…") }
    return (String(view), caret, max(1, min(length, window.upperBound - start)))
  }
}
