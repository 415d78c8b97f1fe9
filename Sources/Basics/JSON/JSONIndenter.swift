/// Turns compact canonical JSON into the pretty form of the same value, by its bytes alone.
package enum JSONIndenter {
  /// Hands the pretty form to `sink` piece by piece, its last newline included.
  ///
  /// - Parameter compact: exactly what `CanonicalJSON` writes of a value in its compact form.
  package static func indent(_ compact: [UInt8], to sink: ([UInt8]) -> Void) {
    var output: [UInt8] = []
    output.reserveCapacity(pieceSize + 256)
    var depth = 0
    /// Where the bytes begin that are copied as they are.
    var start = 0
    var index = 0
    func newline() {
      output.append(UInt8(ascii: "\n"))
      output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
    }
    while index < compact.count {
      let byte = compact[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        index = end(ofTextAt: index, in: compact)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        // An empty one stays as it is.
        if index < compact.count, compact[index] == byte + 2 {
          index += 1
          continue
        }
        output.append(contentsOf: compact[start..<index])
        start = index
        depth += 1
        newline()
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        output.append(contentsOf: compact[start..<index - 1])
        start = index - 1
        depth -= 1
        newline()
      case UInt8(ascii: ","):
        output.append(contentsOf: compact[start..<index])
        start = index
        newline()
        if output.count >= pieceSize {
          sink(output)
          output.removeAll(keepingCapacity: true)
        }
      case UInt8(ascii: ":"):
        output.append(contentsOf: compact[start..<index])
        start = index
        output.append(UInt8(ascii: " "))
      default: break
      }
    }
    output.append(contentsOf: compact[start...])
    output.append(UInt8(ascii: "\n"))
    sink(output)
  }

  private static let pieceSize = 1 << 16

  /// The index behind the quote that ends a string.
  private static func end(ofTextAt start: Int, in compact: [UInt8]) -> Int {
    var index = start
    while index < compact.count {
      switch compact[index] {
      case UInt8(ascii: "\""): return index + 1
      case UInt8(ascii: "\\"): index += 2
      default: index += 1
      }
    }
    return index
  }
}
