import Provisioning
import Synchronization

/// The bytes of states as a lock writes them; those of one state can be worked out before it is written.
final class StateBytes: Sendable {
  private let codec: StateCodec
  private let label: String
  private let ahead = Mutex<(state: State, bytes: [UInt8])?>(nil)

  init(_ codec: StateCodec, label: String) {
    self.codec = codec
    self.label = label
  }

  /// Works out the bytes of a state that will probably be written.
  ///
  /// Where they cannot be made, the write will say so.
  func prepare(_ state: State) {
    guard let bytes = try? codec.bytes(of: state, label: label) else { return }
    ahead.withLock { $0 = (state, bytes) }
  }

  func of(_ state: State) throws(StateFailure) -> [UInt8] {
    let prepared = ahead.withLock { ahead in
      defer { ahead = nil }
      return ahead
    }
    if let prepared, prepared.state == state { return prepared.bytes }
    return try codec.bytes(of: state, label: label)
  }
}
