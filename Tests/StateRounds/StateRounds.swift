import Support

/// Many processes that all add to one state: is there ever more than one holder of its lock, and is an update ever lost?
///
/// `StateRounds [local|http|s3|moto …] [--processes N] [--rounds N]` prints a line for each backend and exits 1 where a
/// promise was broken. It starts itself once for each process. `StateRounds --serve http|s3|moto` serves states to others.
@main
struct StateRounds {
  static func main() async throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "--worker" { return try await Worker(arguments.dropFirst()).run() }
    if arguments.first == "--serve" {
      guard let backend = arguments.dropFirst().first.flatMap(Backend.init) else {
        throw BinaryUnderTest.Problem(description: "--serve takes http, s3 or moto")
      }
      return try await Serving(backend: backend).run()
    }
    func number(_ name: String, _ standard: Int) -> Int {
      guard let index = arguments.firstIndex(of: name), index + 1 < arguments.count else { return standard }
      let value = Int(arguments[index + 1]) ?? standard
      arguments.removeSubrange(index...index + 1)
      return value
    }
    let processes = number("--processes", 16)
    let rounds = number("--rounds", 50)
    let backends = arguments.isEmpty ? Backend.allCases : arguments.compactMap { Backend(rawValue: $0) }
    var isSound = true
    for backend in backends {
      guard let tally = try await Contest(backend: backend, processes: processes, rounds: rounds).run() else {
        print("\(backend.rawValue): skipped, as moto is not installed")
        continue
      }
      print(tally.line(backend, processes, rounds))
      isSound = isSound && tally.isSound(processes * rounds)
    }
    guard isSound else { throw BinaryUnderTest.Problem(description: "a state's lock or an update was lost") }
  }
}

/// A place for the state, and the server behind it.
enum Backend: String, CaseIterable {
  case local, http, s3, moto
}

/// What all processes together have seen.
struct Tally {
  /// Updates whose write was accepted.
  var updates = 0
  /// Times that a second process was inside with the lock held.
  var overlaps = 0
  /// Writes that were refused although the lock was held.
  var refused = 0
  /// The state's serial at the end: one for each update that is still there.
  var serial = 0
  var duration = Duration.zero

  func isSound(_ wanted: Int) -> Bool { updates == wanted && serial == wanted && overlaps == 0 && refused == 0 }

  func line(_ backend: Backend, _ processes: Int, _ rounds: Int) -> String {
    let (seconds, attoseconds) = duration.components
    let tenths = attoseconds / 100_000_000_000_000_000
    return
      "\(backend.rawValue): \(processes) processes x \(rounds) rounds in \(seconds).\(tenths) s: "
      + "\(overlaps == 0 ? "1 holder at a time" : "\(overlaps) times two holders"), \(updates - serial) lost updates, "
      + "\(refused) refused, serial \(serial)"
  }
}
