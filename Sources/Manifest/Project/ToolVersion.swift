/// A version of Kitform: three numbers, of which the last may be left out.
package struct ToolVersion: Sendable, Comparable, CustomStringConvertible {
  /// Major, minor and patch.
  private let numbers: [Int]

  /// The version of this build. Nothing else in the package states it.
  package static let current = ToolVersion(0, 1, 0)

  package init(_ major: Int, _ minor: Int, _ patch: Int) { numbers = [major, minor, patch] }

  /// Reads `0.3` or `0.3.1`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return nil }
    var numbers: [Int] = []
    for part in parts {
      let isPlain = part.count == 1 || part.first != UInt8(ascii: "0")
      guard isPlain, (1...6).contains(part.count), part.allSatisfy({ (48...57).contains($0) }) else { return nil }
      numbers.append(part.reduce(0) { $0 * 10 + Int($1) - 48 })
    }
    self.numbers = numbers + (numbers.count == 2 ? [0] : [])
  }

  package var description: String { numbers.map(String.init).joined(separator: ".") }

  package static func < (one: ToolVersion, other: ToolVersion) -> Bool {
    one.numbers.lexicographicallyPrecedes(other.numbers)
  }
}
