import Foundation
import Provisioning
import Support

/// One backend, one state, and the processes that all want it.
struct Contest {
  let backend: Backend
  let processes: Int
  let rounds: Int

  /// Runs the contest; nil where the backend's server is not to be had.
  func run() async throws -> Tally? {
    let workspace = try Workspace()
    switch backend {
    case .local: return try await run("\(workspace.path)/e/state.json", workspace)
    case .http:
      let model = ModelStateServer(.gitLab)
      return try await Serving.serve({ model.answer($0) }) { try await run(String($0), workspace) }
    case .s3:
      let model = ModelObjectStore()
      return try await Serving.serve({ model.answer($0) }) { try await run(String($0), workspace) }
    case .moto:
      guard let python = await MotoServer.python() else { return nil }
      return try await MotoServer.with(python: python) { try await run(String($0), workspace) }
    }
  }

  /// Starts the processes, waits for all, and looks at what is left.
  private func run(_ place: String, _ workspace: Workspace) async throws -> Tally {
    let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    let clock = ContinuousClock()
    let start = clock.now
    let running = try (1...processes).map { number in
      try BinaryUnderTest.start(
        ["--worker", backend.rawValue, place, workspace.path, String(number), String(rounds)], in: workspace.path,
        executable: executable)
    }
    var tally = Tally()
    for process in running {
      let ended = try await process.end(seconds: 900)
      let words = ended.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      guard ended.exitCode == 0, words.count == 3 else {
        throw BinaryUnderTest.Problem(description: "a worker ended with \(ended.exitCode): \(ended.all)")
      }
      tally.updates += words[0]
      tally.overlaps += words[1]
      tally.refused += words[2]
    }
    tally.duration = start.duration(to: clock.now)
    tally.serial = try await Worker([backend.rawValue, place, workspace.path, "0", "0"]).serial()
    return tally
  }
}
