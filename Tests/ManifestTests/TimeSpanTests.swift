import Manifest
import Testing

struct TimeSpanTests {
  @Test(arguments: [
    ("90s", 90), ("15m", 900), ("7d", 604_800), ("1h30m", 5_400), ("90m", 5_400), ("59m60s", 3_600), ("0s", 0),
    ("1d2h3m4s", 93_784),
  ])
  func `durations are sums of their parts`(_ text: String, _ seconds: Int) {
    #expect(TimeSpan.read(text) == .seconds(seconds))
  }

  @Test(arguments: [
    "", "h", "1h1h", "1m1h", "1.5h", "1 h", "-1h", "1H", "1w", "99999999999999999999", "99999999999999999999x", "١h",
  ])
  func `anything else is malformed`(_ text: String) {
    #expect(TimeSpan.read(text) == .malformed)
  }

  @Test(arguments: ["99999999999999999999s", "106751991167301d", "9223372036854775807s1h", "9223372036854775807h1s"])
  func `a sum that no number holds is too long`(_ text: String) {
    #expect(TimeSpan.read(text) == (text.hasSuffix("1h") ? .malformed : .tooLong))
  }

  @Test func `bare numbers and clock times are told apart`() {
    #expect(TimeSpan.read("3600") == .bare(3600))
    #expect(TimeSpan.read("1:30") == .sexagesimal)
  }

  @Test(arguments: [
    (0, "0s"), (60, "1m"), (3_600, "1h"), (5_400, "1h30m"), (604_801, "7d1s"), (59, "59s"), (86_400, "24h"),
    (172_800, "2d"), (129_600, "36h"),
  ])
  func `texts are the shortest usual spelling and read back`(_ seconds: Int, _ text: String) {
    #expect(TimeSpan.text(seconds) == text)
    #expect(TimeSpan.read(text) == .seconds(seconds))
  }
}
