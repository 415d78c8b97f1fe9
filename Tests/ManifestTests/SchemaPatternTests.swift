@testable import Manifest
import Testing

struct SchemaPatternTests {
  @Test(arguments: [(0, 9), (1, 7), (60, 604_800), (2, 168), (1, 10_080), (7, 7), (99, 101), (0, 0), (90, 1100)])
  func `digits match exactly the numbers of a range`(_ least: Int, _ most: Int) throws {
    let pattern = try Regex(SchemaPattern.digits(least, most))
    let probes = [least - 11, least - 1, least, least + 1, (least + most) / 2, most - 1, most, most + 1, most * 10]
    for number in probes + Array(least...min(most, least + 1500)) where number >= 0 {
      #expect((String(number).wholeMatch(of: pattern) != nil) == (least...most).contains(number), "\(number)")
    }
  }
}
