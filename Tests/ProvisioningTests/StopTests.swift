import Basics
import Provisioning
import Synchronization
import Testing

struct StopTests {
  @Test func `who follows a wish to stop hears of it once, also when it came before`() {
    let stop = Stop()
    let heard = Mutex<[String]>([])
    stop.onRequest { heard.withLock { $0.append("early") } }
    #expect(heard.withLock { $0 } == [])
    stop.request(.terminated)
    stop.request(.interrupted)
    stop.onRequest { heard.withLock { $0.append("late") } }
    #expect(heard.withLock { $0 } == ["early", "late"])
    #expect(stop.reason == .terminated)
  }
}
