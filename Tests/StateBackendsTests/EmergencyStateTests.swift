import Provisioning
import StateBackends
import Support
import Testing

struct EmergencyStateTests {
  @Test func `a state that found no place stands whole beside it, durable, and is no state of that place`() async throws
  {
    let disk = MemoryDisk()
    let state = StateSamples.full(serial: 7)
    for _ in 1...2 {
      let path = try EmergencyState.save(state, beside: "/e/state.json", disk: disk)
      #expect(path == "/e/state.json.emergency-7")
      let bytes = try #require(disk.crash()[path])
      #expect(try StateCodec().decode(bytes, label: path) == state)
    }
    #expect(try await LocalStateStore(disk: disk, path: "/e/state.json").read() == nil)
  }

  @Test(arguments: MemoryDisk.Fault.allCases)
  func `a failure at any call is reported, and leaves nothing behind`(fault: MemoryDisk.Fault) throws {
    for call in 1...4 {
      let disk = MemoryDisk()
      disk.fail(at: call, fault)
      #expect(throws: StateFailure.self) {
        try EmergencyState.save(StateSamples.full(), beside: "/e/state.json", disk: disk)
      }
      #expect(try disk.list("/e").isEmpty)
    }
  }
}
