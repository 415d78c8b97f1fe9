/// How a string may spell bytes in letters and digits alone.
enum ByteCode: CaseIterable {
  /// Both alphabets of base64.
  case base64
  case hexadecimal

  /// At how many places of a word the code of a byte may begin.
  var alignments: Int { self == .base64 ? 4 : 2 }

  private var bits: Int { self == .base64 ? 6 : 4 }

  /// The words of the code that are long enough for so many bytes.
  func words(in bytes: [UInt8], for count: Int) -> [Range<Int>] {
    let least = (count * 8 + bits - 1) / bits
    var words: [Range<Int>] = []
    var start = 0
    for index in 0...bytes.count where index == bytes.count || value(bytes[index]) == nil {
      if index - start >= least { words.append(start..<index) }
      start = index + 1
    }
    return words
  }

  /// What the words say, a zero byte between them, when so many letters of each belong to something else.
  func reading(of bytes: [UInt8], _ words: [Range<Int>], skipping skipped: Int) -> Reading {
    var reading = Reading(capacity: words.reduce(0) { $0 + $1.count * bits / 8 + 1 })
    for word in words {
      var value: UInt32 = 0
      var held = 0
      for index in word.dropFirst(skipped) {
        value = value << UInt32(bits) | UInt32(self.value(bytes[index]) ?? 0)
        held += bits
        guard held >= 8 else { continue }
        held -= 8
        // The byte begins in an earlier letter, the first of those whose bits it has.
        reading.append(UInt8(truncatingIfNeeded: value >> UInt32(held)), from: index - (held + 7) / bits)
      }
      reading.append(0, from: word.upperBound)
    }
    reading.end(at: words.last?.upperBound ?? 0)
    return reading
  }

  /// The whole word around a part of it, as far as it is in one line, with the signs that fill it up.
  func word(around range: Range<Int>, in reading: Reading) -> Range<Int> {
    let bytes = reading.bytes
    var (start, end) = (range.lowerBound, range.upperBound)
    while start > 0, value(bytes[start - 1]) != nil, reading.isInLine(start) { start -= 1 }
    while end < bytes.count, value(bytes[end]) != nil || bytes[end] == UInt8(ascii: "="), reading.isInLine(end) {
      end += 1
    }
    return start..<end
  }

  /// What a letter stands for; nil where it is none of the code's.
  private func value(_ byte: UInt8) -> UInt8? {
    switch (self, byte) {
    case (.base64, UInt8(ascii: "A")...UInt8(ascii: "Z")): byte - UInt8(ascii: "A")
    case (.base64, UInt8(ascii: "a")...UInt8(ascii: "z")): byte - UInt8(ascii: "a") + 26
    case (.base64, UInt8(ascii: "0")...UInt8(ascii: "9")): byte - UInt8(ascii: "0") + 52
    case (.base64, UInt8(ascii: "+")), (.base64, UInt8(ascii: "-")): 62
    case (.base64, UInt8(ascii: "/")), (.base64, UInt8(ascii: "_")): 63
    case (.base64, _): nil
    case (.hexadecimal, _): TextEscapes.hexadecimal(byte).map { UInt8(truncatingIfNeeded: $0) }
    }
  }
}
