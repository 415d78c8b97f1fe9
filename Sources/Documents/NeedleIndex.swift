/// Finds any of many texts in another one, in a single pass over it.
///
/// Each text has at least 8 bytes, and the first 8 are looked up at every place. Those that begin alike stand side by side in
/// order, so that the longest that fits is found by halves.
struct NeedleIndex: Sendable {
  /// A text to find.
  struct Needle: Sendable, Hashable {
    var bytes: [UInt8]
    /// Whether it is a piece of a word of base64.
    var isCode: Bool
  }

  /// Where a text was found.
  struct Match {
    var range: Range<Int>
    var isCode: Bool
  }

  /// How many bytes are looked up.
  private static let head = 8

  /// In the order of their bytes.
  private let needles: [Needle]
  /// For each needle the longest other one that it begins with; nil for most.
  private let prefixes: [Int?]
  private let places: [UInt64: Range<Int>]
  /// Which hashes of first bytes occur: nearly every place of a text ends its search here.
  private let occurs: [Bool]

  init(_ texts: [Needle]) {
    let needles = Set(texts.filter { $0.bytes.count >= NeedleIndex.head }).sorted { left, right in
      left.bytes == right.bytes ? left.isCode && !right.isCode : left.bytes.lexicographicallyPrecedes(right.bytes)
    }
    var prefixes: [Int?] = []
    var open: [Int] = []
    var places: [UInt64: Range<Int>] = [:]
    var occurs = [Bool](repeating: false, count: needles.isEmpty ? 0 : 1 << 16)
    for (index, needle) in needles.enumerated() {
      while let last = open.last, !needle.bytes.starts(with: needles[last].bytes) { open.removeLast() }
      prefixes.append(open.last)
      open.append(index)
      let head = needle.bytes.prefix(NeedleIndex.head).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      places[head] = (places[head]?.lowerBound ?? index)..<index + 1
      occurs[NeedleIndex.hash(head)] = true
    }
    (self.needles, self.prefixes, self.places, self.occurs) = (needles, prefixes, places, occurs)
  }

  var isEmpty: Bool { needles.isEmpty }

  /// Where the texts stand: at each place the longest that fits.
  func matches(in bytes: [UInt8]) -> [Match] {
    guard !isEmpty else { return [] }
    var matches: [Match] = []
    var window: UInt64 = 0
    for index in bytes.indices {
      window = window << 8 | UInt64(bytes[index])
      guard index + 1 >= NeedleIndex.head, occurs[NeedleIndex.hash(window)], let place = places[window] else {
        continue
      }
      let start = index + 1 - NeedleIndex.head
      guard let needle = longest(at: start, of: bytes, among: place) else { continue }
      matches.append(Match(range: start..<start + needle.bytes.count, isCode: needle.isCode))
    }
    return matches
  }

  /// The longest of the needles of one beginning that stands at a place.
  private func longest(at start: Int, of bytes: [UInt8], among place: Range<Int>) -> Needle? {
    var (low, high) = (place.lowerBound, place.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(needles[middle].bytes, start, bytes) { high = middle } else { low = middle + 1 }
    }
    // What the text begins with is the last needle that is not behind it, or one that this one begins with.
    var candidate = low > place.lowerBound ? low - 1 : nil
    while let index = candidate {
      let needle = needles[index]
      if bytes[start...].starts(with: needle.bytes) { return needle }
      candidate = prefixes[index]
    }
    return nil
  }

  /// Whether a needle comes behind the rest of a text in the order of bytes.
  private func isBehind(_ needle: [UInt8], _ start: Int, _ bytes: [UInt8]) -> Bool {
    for offset in 0..<min(needle.count, bytes.count - start) where needle[offset] != bytes[start + offset] {
      return needle[offset] > bytes[start + offset]
    }
    return needle.count > bytes.count - start
  }

  private static func hash(_ head: UInt64) -> Int {
    Int(truncatingIfNeeded: (head &* 0x9E37_79B9_7F4A_7C15) >> 48)
  }
}
