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
  private let lines = Mutex<[Int]?>(nil)

  /// Makes a file of `bytes` that is shown as `path`.
  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// Makes a file of a text, for values that come from a command line or a test.
  package convenience init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// Returns the 1-based line and the 1-based column (in Unicode scalars) of a byte offset.
  package func position(at offset: Int) -> (line: Int, column: Int) {
    let starts = lineStarts()
    let offset = min(max(offset, 0), bytes.count)
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    var column = 1
    for index in starts[low]..<max(offset, starts[low]) where bytes[index] & 0xC0 != 0x80 { column += 1 }
    return (low + 1, column)
  }

  /// Returns the byte range of a 1-based line, without its line break.
  package func range(ofLine line: Int) -> Range<Int> {
    let starts = lineStarts()
    guard line >= 1, line <= starts.count else { return bytes.count..<bytes.count }
    let start = starts[line - 1]
    var end = line < starts.count ? starts[line] : bytes.count
    while end > start, bytes[end - 1] == UInt8(ascii: "\n") || bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }

  /// The byte offset of each line's first byte; a byte order mark belongs to no line.
  private func lineStarts() -> [Int] {
    lines.withLock { cached in
      if let cached { return cached }
      var starts = [bytes.starts(with: SourceFile.byteOrderMark) ? 3 : 0]
      var index = starts[0]
      while index < bytes.count {
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n") {
          starts.append(index)
        } else if byte == UInt8(ascii: "\r"), index == bytes.count || bytes[index] != UInt8(ascii: "\n") {
          starts.append(index)
        }
      }
      cached = starts
      return starts
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
