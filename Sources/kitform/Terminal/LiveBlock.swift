import Basics

/// The lines at the end of a terminal that are drawn anew as time passes; everything else goes above them.
struct LiveBlock: Sendable {
  /// The lines that are shown now, up to the cursor after the last.
  private(set) var lines: [String] = []

  /// The bytes that show `text` above the block, and `lines` in it.
  ///
  /// A line that is too long for `width` columns would wrap, and could not be taken back: it is cut. Of more lines than
  /// `height` allows, the last ones stay, the sum among them.
  mutating func redraw(_ lines: [String], above text: String = "", width: Int, height: Int) -> String {
    var output = ""
    if !self.lines.isEmpty {
      // A terminal that became narrower has wrapped what it showed.
      let columns = max(width, 1)
      let rows = self.lines.reduce(0) { $0 + max(1, (CellWidth.of($1) + columns - 1) / columns) }
      output += "\r" + (rows > 1 ? "\u{1B}[\(rows - 1)A" : "") + "\u{1B}[J"
    }
    self.lines = lines.suffix(max(height - 1, 1)).map { CellWidth.prefix($0, cells: max(width - 1, 1)) }
    return output + text + self.lines.joined(separator: "\n")
  }
}
