import Synchronization

/// What a masking has found out of files and of long lines, so that no finding costs more for the findings before it.
final class MaskingMemory: Sendable {
  private struct Line: Hashable {
    var file: Int32
    var start: Int
  }

  private let lines = Mutex<[Line: [Range<Int>]]>([:])
  private let keys = Mutex<[Int32: KeyLines]>([:])

  /// The masked ranges of a line, made once.
  func ranges(ofLine line: Range<Int>, file: Int32, _ make: () -> [Range<Int>]) -> [Range<Int>] {
    let key = Line(file: file, start: line.lowerBound)
    if let known = lines.withLock({ $0[key] }) { return known }
    let made = make()
    lines.withLock { $0[key] = made }
    return made
  }

  /// The lines of a file that may begin with a key, made once.
  func keyLines(of file: Int32, _ bytes: [UInt8]) -> KeyLines {
    if let known = keys.withLock({ $0[file] }) { return known }
    let made = KeyLines(bytes)
    keys.withLock { $0[file] = made }
    return made
  }
}
