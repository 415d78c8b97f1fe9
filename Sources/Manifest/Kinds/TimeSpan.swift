/// Durations as manifests write them: whole numbers with `d h m s`, largest unit first, each at most once, no spaces.
package enum TimeSpan {
  /// The result of reading a string as a duration.
  package enum SpanReading: Equatable {
    case seconds(Int)
    /// A number without a unit.
    case bare(Int)
    /// `1:30`: a number in YAML 1.1, a string in YAML 1.2.
    case sexagesimal
    /// Well-formed, and more seconds than an `Int` holds.
    case tooLong
    case malformed
  }

  /// Reads a string.
  package static func read(_ text: String) -> SpanReading { read(ArraySlice(text.utf8)) }

  /// Reads a string's bytes.
  package static func read(_ bytes: ArraySlice<UInt8>) -> SpanReading {
    guard !bytes.isEmpty else { return .malformed }
    var total = 0
    var index = bytes.startIndex
    var lastUnit = Int.max
    var fits = true
    while index < bytes.endIndex {
      let start = index
      var number = 0
      while index < bytes.endIndex, isDigit(bytes[index]) {
        let (scaled, overflow) = number.multipliedReportingOverflow(by: 10)
        let (sum, carry) = scaled.addingReportingOverflow(Int(bytes[index] - UInt8(ascii: "0")))
        fits = fits && !overflow && !carry
        number = sum
        index += 1
      }
      guard index > start else { return .malformed }
      guard index < bytes.endIndex else { return start == bytes.startIndex && fits ? .bare(number) : .malformed }
      guard let unit = seconds(perUnit: bytes[index]) else {
        return bytes.allSatisfy({ isDigit($0) || $0 == UInt8(ascii: ":") }) ? .sexagesimal : .malformed
      }
      guard unit < lastUnit else { return .malformed }
      lastUnit = unit
      let (part, overflow) = number.multipliedReportingOverflow(by: unit)
      let (sum, carry) = total.addingReportingOverflow(part)
      fits = fits && !overflow && !carry
      total = sum
      index += 1
    }
    return fits ? .seconds(total) : .tooLong
  }

  /// The usual spelling: 5400 is `1h30m`, 0 is `0s`; days begin at two, because people write `24h` and `36h`.
  package static func text(_ seconds: Int) -> String {
    guard seconds != 0 else { return "0s" }
    var rest = seconds.magnitude
    let units = [("d", UInt(86_400)), ("h", 3_600), ("m", 60), ("s", 1)].dropFirst(rest < 172_800 ? 1 : 0)
    var result = seconds < 0 ? "-" : ""
    for (unit, size) in units where rest >= size {
      result += "\(rest / size)\(unit)"
      rest %= size
    }
    return result
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

  private static func seconds(perUnit byte: UInt8) -> Int? {
    switch byte {
    case UInt8(ascii: "d"): 86_400
    case UInt8(ascii: "h"): 3_600
    case UInt8(ascii: "m"): 60
    case UInt8(ascii: "s"): 1
    default: nil
    }
  }
}
