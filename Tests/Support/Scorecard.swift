import Foundation

/// What tests tell `.ci/reliability`, which prints the rows of the scorecard.
package enum Scorecard {
  private static let environment = ProcessInfo.processInfo.environment
  private static let isWanted = environment["SCORECARD"] != nil

  /// How often a test tries: so often, unless the variable `TRIALS` says another number.
  package static func trials(_ standard: Int) -> Int { environment["TRIALS"].flatMap { Int($0) } ?? standard }

  /// Says what was counted for a row, where the variable `SCORECARD` asks for it; the script adds up the lines of a row.
  package static func count(_ row: Int, _ counts: KeyValuePairs<String, Int>) {
    guard isWanted else { return }
    let words = counts.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
    // One write a line: lines of tests that run side by side do not mix.
    FileHandle.standardOutput.write(Data("\nscorecard \(row) {\(words)}\n".utf8))
  }
}
