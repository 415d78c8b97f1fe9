import Foundation
import Support
import TestServers

/// Serves wrong answers to the transport over loopback sockets, and fails where one of them ends the process or stalls it.
///
/// `AnswerFuzz [--seconds N] [--seed N]` starts itself again and again, each time with the next seed, and prints what came of
/// it. `AnswerFuzz --serve SEED` is one of these processes; its output holds the number of each answer, so that the last ones
/// before the end are known. `AnswerFuzz --show SEED NUMBER` prints the bytes of an answer.
@main
struct AnswerFuzz {
  /// How many requests a process makes.
  private static let requests = 4000

  static func main() async throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    func number(_ name: String) -> Int? {
      arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? Int(arguments[$0 + 1]) : nil }
    }
    let end = ContinuousClock.now + .seconds(number("--seconds") ?? 60)
    if let seed = number("--serve") {
      return try await Serving(seed: UInt64(seed)).run(requests: requests, until: end)
    }
    if let seed = number("--show"), let index = arguments.last.flatMap({ Int($0) }) {
      return FileHandle.standardOutput.write(Data(Serving.answer(seed: UInt64(seed), number: index).bytes))
    }
    let first = number("--seed") ?? Int.random(in: 1...1_000_000)
    var (seed, answers) = (first, 0)
    repeat {
      let left = max(1, ContinuousClock.now.duration(to: end).components.seconds)
      let child = try await BinaryUnderTest.run(
        ["--serve", String(seed), "--seconds", String(left)], in: FileManager.default.temporaryDirectory.path,
        seconds: 300, executable: "AnswerFuzz")
      let lines = child.output.split(separator: "\n")
      answers += lines.count
      guard child.exitCode == 0 else {
        print(
          "seed \(seed): ended with \(child.exitCode); the last answers: \(lines.suffix(24).joined(separator: " "))")
        print(child.errors)
        throw BinaryUnderTest.Problem(description: "an answer ended the process: look at it with --show \(seed) NUMBER")
      }
      seed += 1
    } while ContinuousClock.now < end
    print("\(answers) answers of \(seed - first) processes, seeds from \(first): 0 ended by a signal")
  }
}
