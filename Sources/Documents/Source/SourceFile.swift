import Synchronization

/// One file as it was read: its path as users see it, and its bytes.
///
/// Lines and columns are computed from byte offsets on demand, when a diagnostic or a plan is made; composing a file
/// costs nothing for them.
package final class SourceFile: Sendable {
  /// The path as it is shown, relative to the project's directory where that is possible.
  package let path: String
  /// The bytes as read, a byte order mark included.
  package let bytes: [UInt8]
  private let lines = Mutex<Lines?>(nil)

  /// Where the lines are, and the number of characters before every few thousand bytes: a line may have millions.
  private struct Lines {
    /// The byte offset of each line's first byte; a byte order mark belongs to no line.
    var starts: [Int]
    /// How many Unicode scalars begin before each multiple of `step`.
    var scalars: [Int]

    static let step = 1024
  }

  /// Makes a file of `bytes` that is shown as `path`.
  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// Makes a file of a string, for values that come from a command line or a test.
  package convenience init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// Returns the 1-based line and the 1-based column (in Unicode scalars) of a byte offset.
  package func position(at offset: Int) -> (line: Int, column: Int) {
    let known = knownLines()
    let starts = known.starts
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    let start = starts[low]
    let column = offset > start ? scalars(before: offset, known) - scalars(before: start, known) : 0
    return (low + 1, column + 1)
  }

  private func scalars(before offset: Int, _ known: Lines) -> Int {
    let step = offset / Lines.step
    var count = known.scalars[step]
    for index in step * Lines.step..<offset where SourceFile.beginsScalar(bytes[index]) { count += 1 }
    return count
  }

  private static func beginsScalar(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

  /// Returns the byte range of a 1-based line, without its line break.
  package func range(ofLine line: Int) -> Range<Int> {
    let starts = knownLines().starts
    guard line >= 1, line <= starts.count else { return bytes.count..<bytes.count }
    let start = starts[line - 1]
    var end = line < starts.count ? starts[line] : bytes.count
    while end > start, bytes[end - 1] == UInt8(ascii: "\n") || bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  private func knownLines() -> Lines {
    lines.withLock { cached in
      if let cached { return cached }
      var known = Lines(starts: [bytes.starts(with: SourceFile.byteOrderMark) ? 3 : 0], scalars: [])
      known.scalars.reserveCapacity(bytes.count / Lines.step + 1)
      var count = 0
      for index in bytes.indices {
        if index % Lines.step == 0 { known.scalars.append(count) }
        let byte = bytes[index]
        if SourceFile.beginsScalar(byte) { count += 1 }
        if byte == UInt8(ascii: "\n") {
          known.starts.append(index + 1)
        } else if byte == UInt8(ascii: "\r"), index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n") {
          known.starts.append(index + 1)
        }
      }
      if bytes.count % Lines.step == 0 { known.scalars.append(count) }
      cached = known
      return known
    }
  }

  /// The three bytes of a UTF-8 byte order mark.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

/// The files of one run, in the order in which they were read.
package struct SourceMap: Sendable {
  /// The files; a `SourcePlace.file` is an index into them.
  package private(set) var files: [SourceFile] = []

  /// Makes an empty map.
  package init() {}

  /// Adds a file and returns its number.
  package mutating func add(_ file: SourceFile) -> Int32 {
    files.append(file)
    return Int32(files.count - 1)
  }

  /// Returns path, line and column of a place's first byte.
  package func position(of place: SourcePlace) -> SourcePosition {
    let file = files[Int(place.file)]
    let (line, column) = file.position(at: Int(place.start))
    return SourcePosition(file: file.path, line: line, column: column)
  }

  /// Returns path, line and column just behind a place's last byte.
  package func end(of place: SourcePlace) -> SourcePosition {
    let file = files[Int(place.file)]
    let (line, column) = file.position(at: Int(place.end))
    return SourcePosition(file: file.path, line: line, column: column)
  }
}

/// A byte range in one file of a `SourceMap`; small and trivial, so that every value can carry one.
package struct SourcePlace: Hashable, Sendable {
  /// The file's number in the `SourceMap`.
  package var file: Int32
  /// The first byte.
  package var start: UInt32
  /// One past the last byte.
  package var end: UInt32

  /// Makes a place of a byte range.
  package init(file: Int32, start: Int, end: Int) {
    self.file = file
    self.start = UInt32(clamping: start)
    self.end = UInt32(clamping: end)
  }
}

/// A place as people and reports name it: path, line and column, both from 1, columns in Unicode scalars.
package struct SourcePosition: Hashable, Sendable {
  package var file: String
  package var line: Int
  package var column: Int

  package init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}
