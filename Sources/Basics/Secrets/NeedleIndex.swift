/// Finds any of many texts in another one, in a single pass over it.
///
/// Each needle has at least 8 bytes, and the first 8 are looked up at every place. Needles with the same beginning are neighbours in
/// order, so that the longest that fits is found by halves.
struct NeedleIndex: Sendable {
  /// How many bytes are looked up; shorter texts are not found.
  static let head = 8
  /// A string that was cut off has fewer bytes than these.
  private static let longestBeginning = 1024

  /// In the order of their bytes.
  private let needles: [[UInt8]]
  /// For each needle the longest other one that it begins with; nil for most.
  private let prefixes: [Int?]
  private let places: [UInt64: Range<Int>]
  /// Which hashes of first bytes occur: nearly every place of a string ends its search here.
  private let occurs: [Bool]
  /// How far a product is shifted so that a hash is left, which is an index of `occurs`.
  private let shift: Int
  /// How many bytes the shortest text has; 0 without texts.
  let shortest: Int
  /// How many bytes the longest text has.
  private let longest: Int

  init(_ texts: [[UInt8]]) {
    let needles = Set(texts.filter { $0.count >= NeedleIndex.head }).sorted { $0.lexicographicallyPrecedes($1) }
    var prefixes: [Int?] = []
    var open: [Int] = []
    var places: [UInt64: Range<Int>] = [:]
    // Few needles get a small table: many an index is made for one text.
    let bits = min(16, 6 + Int.bitWidth - needles.count.leadingZeroBitCount)
    shift = UInt64.bitWidth - bits
    var occurs = [Bool](repeating: false, count: needles.isEmpty ? 0 : 1 << bits)
    for (index, needle) in needles.enumerated() {
      while let last = open.last, !needle.starts(with: needles[last]) { open.removeLast() }
      prefixes.append(open.last)
      open.append(index)
      let head = needle.prefix(NeedleIndex.head).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      places[head] = (places[head]?.lowerBound ?? index)..<index + 1
      occurs[NeedleIndex.hash(head, shift)] = true
    }
    (self.needles, self.prefixes, self.places, self.occurs) = (needles, prefixes, places, occurs)
    shortest = needles.map(\.count).min() ?? 0
    longest = min(needles.map(\.count).max() ?? 0, NeedleIndex.longestBeginning)
  }

  var isEmpty: Bool { needles.isEmpty }

  /// Where the texts are: at each place the longest that fits, and those that overlap as one range.
  func matches(in bytes: [UInt8]) -> [Range<Int>] {
    guard !isEmpty else { return [] }
    var matches: [Range<Int>] = []
    var window: UInt64 = 0
    for index in bytes.indices {
      window = window << 8 | UInt64(bytes[index])
      guard index + 1 >= NeedleIndex.head, occurs[NeedleIndex.hash(window, shift)], let place = places[window] else {
        continue
      }
      let start = index + 1 - NeedleIndex.head
      guard let needle = longest(at: start, of: bytes, among: place) else { continue }
      if let last = matches.last, start < last.upperBound {
        matches[matches.count - 1] = last.lowerBound..<max(last.upperBound, start + needle.count)
      } else {
        matches.append(start..<start + needle.count)
      }
    }
    return matches
  }

  /// Where a string that is cut off at an offset begins with a part of one of the texts: half a secret is one too.
  func beginning(before end: Int, in bytes: [UInt8]) -> Range<Int>? {
    guard end >= NeedleIndex.head else { return nil }
    for start in max(0, end - longest)...(end - NeedleIndex.head) {
      let window = bytes[start..<start + NeedleIndex.head].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
      guard occurs[NeedleIndex.hash(window, shift)], let place = places[window] else { continue }
      if needles[place].contains(where: { $0.count >= end - start && $0.starts(with: bytes[start..<end]) }) {
        return start..<end
      }
    }
    return nil
  }

  /// The longest needle of one beginning that occurs at a place.
  private func longest(at start: Int, of bytes: [UInt8], among place: Range<Int>) -> [UInt8]? {
    var (low, high) = (place.lowerBound, place.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(needles[middle], start, bytes) { high = middle } else { low = middle + 1 }
    }
    // What the text begins with is the last needle that is not behind it, or one that this one begins with.
    var candidate = low > place.lowerBound ? low - 1 : nil
    while let index = candidate {
      let needle = needles[index]
      if bytes[start...].starts(with: needle) { return needle }
      candidate = prefixes[index]
    }
    return nil
  }

  /// Whether a needle comes behind the rest of a string in the order of bytes.
  private func isBehind(_ needle: [UInt8], _ start: Int, _ bytes: [UInt8]) -> Bool {
    for offset in 0..<min(needle.count, bytes.count - start) where needle[offset] != bytes[start + offset] {
      return needle[offset] > bytes[start + offset]
    }
    return needle.count > bytes.count - start
  }

  private static func hash(_ head: UInt64, _ shift: Int) -> Int {
    Int(truncatingIfNeeded: (head &* 0x9E37_79B9_7F4A_7C15) >> shift)
  }
}
