import Support
import Testing

/// The short form of `.ci/state-rounds`.
@Suite(.startsProcesses)
struct StateRoundsTests {
  @Test(.timeLimit(.minutes(60)), arguments: ["local", "http", "s3"])
  func `several processes share a state, one at a time, and lose nothing`(backend: String) async throws {
    let workspace = try Workspace()
    let ended = try await BinaryUnderTest.run(
      [backend, "--processes", "4", "--rounds", "6"], in: workspace.path, seconds: 280,
      executable: "StateRounds")
    #expect(ended.exitCode == 0, "\(ended.all)")
    #expect(ended.output.hasPrefix("\(backend): 4 processes x 6 rounds in "))
    #expect(ended.output.hasSuffix(" s: 1 holder at a time, 0 lost updates, 0 refused, serial 24\n"), "\(ended.output)")
  }
}
