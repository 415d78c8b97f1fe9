/// A way by which bytes that nobody vouches for come into Kitform, with what must hold for any bytes at all.
///
/// libFuzzer drives the entries with bytes of its own making, and the tests with those that it once found. An entry neither
/// traps nor takes long, whatever it is given, and throws where a promise is broken.
package enum FuzzEntry: String, CaseIterable, Sendable {
  /// YAML and JSON files, and the edits and the formatting of what they hold.
  case reader
  /// Whole projects: several files, all environments, the findings in every form that is printed.
  case decoder
  /// Profiles of the API that a project brings along.
  case profile
  /// Saved plans.
  case plan
  /// States.
  case state

  /// Hands the bytes to the code behind the entry.
  package func run(_ bytes: [UInt8]) throws(BrokenPromise) {
    switch self {
    case .reader: try ReaderPromises.hold(bytes)
    case .decoder: try DecoderPromises.hold(bytes)
    case .profile: try ProfilePromises.hold(bytes)
    case .plan: try PlanPromises.hold(bytes)
    case .state: try StatePromises.hold(bytes)
    }
  }
}

/// Something that must hold for all bytes does not hold for some.
package struct BrokenPromise: Error, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}

/// Says that something must hold.
func require(_ condition: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
  guard condition else { throw BrokenPromise(promise()) }
}
