import Basics
import Documents
import Provisioning
import Reports

/// What holds for every file that is taken for a state.
enum StatePromises {
  static func hold(_ bytes: [UInt8]) throws(BrokenPromise) {
    try read(bytes)
    if let signed = Signature.sign(bytes) { try read(signed) }
  }

  private static func read(_ bytes: [UInt8]) throws(BrokenPromise) {
    let codec = StateCodec()
    guard let state = try? codec.decode(bytes, label: "state.json") else { return }
    let written = codec.encode(state)
    try require(written == bytes, "a state that is taken is written as it was read")
    try require((try? codec.decode(written, label: "state.json")) == state, "a state comes back as it was")
    try SafeOutput.isText(StateText.render(state, state.channels, label: "state.json"), "a state")
    try SafeOutput.isJSON(
      CanonicalJSON.encode(.object(StateJSON.members(state, state.channels)), pretty: true), "a state's document")
  }
}
