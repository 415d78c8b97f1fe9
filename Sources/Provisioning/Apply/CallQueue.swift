/// The calls of one phase of an apply in their order; creations of one natural key come out one after another.
struct CallQueue {
  private var ready: [Int] = []
  private var next = 0
  private var behind: [NaturalKey: [Int]] = [:]
  private var occupied: Set<NaturalKey> = []

  /// Whether anything could start now.
  var isEmpty: Bool { next == ready.count }

  /// Adds a call at the end; one whose key is taken waits for `free(_:)`.
  mutating func append(_ call: Int, key: NaturalKey?) {
    guard let key else {
      ready.append(call)
      return
    }
    if occupied.insert(key).inserted { ready.append(call) } else { behind[key, default: []].append(call) }
  }

  /// Takes the next call that may start.
  mutating func popFirst() -> Int? {
    guard !isEmpty else { return nil }
    defer { next += 1 }
    return ready[next]
  }

  /// Gives a call back that has not started after all, or has to be sent again; it comes out next.
  mutating func putBack(_ call: Int) {
    if next > 0 {
      next -= 1
      ready[next] = call
    } else {
      ready.insert(call, at: 0)
    }
  }

  /// Lets the next creation of a key start.
  mutating func free(_ key: NaturalKey) {
    guard var calls = behind[key] else {
      occupied.remove(key)
      return
    }
    ready.append(calls.removeFirst())
    behind[key] = calls.isEmpty ? nil : calls
  }

  /// Takes out the creations that wait behind a key which stays in doubt.
  mutating func drop(_ key: NaturalKey) -> [Int] { behind.removeValue(forKey: key) ?? [] }

  /// Takes out everything that has not started.
  mutating func drain() -> [Int] {
    defer {
      next = ready.count
      behind = [:]
    }
    return ready[next...] + behind.values.flatMap { $0 }.sorted()
  }
}
