/// Measures the median time of a few runs.
enum Stopwatch {
  /// The median of `runs` runs in seconds, after one that is not counted.
  static func median(_ runs: Int, _ body: () -> Void) -> Double {
    body()
    let clock = ContinuousClock()
    return (0..<runs).map { _ in clock.measure(body) / .seconds(1) }.sorted()[runs / 2]
  }

  static func milliseconds(_ seconds: Double) -> String { "\(tenths(seconds * 1_000)) ms" }
  static func microseconds(_ seconds: Double) -> String { "\(tenths(seconds * 1_000_000)) µs" }

  private static func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}
