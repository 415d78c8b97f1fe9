import Testing

@testable import Provisioning

@Suite struct CallGateTests {
  @Test func `so many are let through, the others one by one as places are given back`() async {
    let gate = CallGate(places: 2)
    #expect(await gate.enter())
    #expect(await gate.enter())
    async let third = gate.enter()
    gate.leave()
    #expect(await third)
    gate.leave()
    #expect(await gate.enter())
  }

  @Test func `whoever waits when it is closed is turned away, and whoever comes later`() async {
    let gate = CallGate(places: 1)
    #expect(await gate.enter())
    async let second = gate.enter()
    async let third = gate.enter()
    gate.close()
    #expect(await second == false)
    #expect(await third == false)
    gate.leave()
    #expect(await gate.enter() == false)
  }
}
