import KitMessaging
import Testing

@Suite struct EventWindowTests {
  @Test func `an id is new once`() {
    let window = EventWindow(capacity: 3)
    #expect(window.insert("a"))
    #expect(!window.insert("a"))
    #expect(window.insert("b"))
  }

  @Test func `the oldest id is forgotten first`() {
    let window = EventWindow(capacity: 3)
    for id in ["a", "b", "c", "d"] { #expect(window.insert(id)) }
    for id in ["b", "c", "d"] { #expect(!window.insert(id)) }
    #expect(window.insert("a"))
    #expect(window.insert("b"), "`a` took the place of `b`")
    #expect(!window.insert("d"))
  }

  @Test func `an id that was taken back is new again, and once only`() {
    let window = EventWindow(capacity: 2)
    _ = window.insert("a")
    window.remove("a")
    window.remove("never seen")
    #expect(window.insert("a"))
    #expect(!window.insert("a"))
    #expect(window.insert("b"))
    #expect(!window.insert("a"))
    #expect(window.insert("c"))
    #expect(!window.insert("c"))
  }

  @Test func `it never remembers more than its capacity`() {
    let window = EventWindow(capacity: 100)
    for number in 0..<10_000 { #expect(window.insert("\(number)")) }
    for number in 9_900..<10_000 { #expect(!window.insert("\(number)")) }
    for number in 0..<100 { #expect(window.insert("\(number)")) }
  }

  @Test func `a capacity below one is one`() {
    let window = EventWindow(capacity: 0)
    #expect(window.capacity == 1)
    #expect(window.insert("a"))
    #expect(!window.insert("a"))
  }

  @Test func `of copies that come side by side, one is new`() async {
    let window = EventWindow()
    let new = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<64 { group.addTask { window.insert("same") } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(new == 1)
  }
}
