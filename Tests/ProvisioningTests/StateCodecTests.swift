import Basics
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite(.computes) struct StateCodecTests {
  private let codec = StateCodec()

  @Test func `1,000 random states come back as they were, in the same bytes`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<1_000 {
      let state = StateSamples.random(&generator)
      let bytes = codec.encode(state)
      let read = try codec.decode(bytes, label: "state")
      #expect(read == state)
      #expect(codec.encode(read) == bytes)
    }
  }

  @Test func `the members stand in the documented order`() throws {
    let composed = JSONComposer.compose(SourceFile(path: "s", bytes: codec.encode(StateSamples.full())), file: 0)
    guard case .object(let members) = composed.document.json(0) else { throw Unexpected() }
    #expect(
      members.map(\.key) == [
        "version", "lineage", "serial", "environment", "account", "channels", "run", "guards", "approvals", "history",
        "sha256",
      ])
  }

  @Test func `a state cut at any byte is damaged`() {
    let bytes = codec.encode(StateSamples.full())
    for length in 0..<bytes.count { #expect(isDamaged(Array(bytes.prefix(length))), "\(length)") }
    Scorecard.count(13, ["cuts": bytes.count])
  }

  @Test func `a state with one bit flipped is damaged, in every byte`() {
    let bytes = codec.encode(StateSamples.full())
    #expect(bytes.count > 1_000)
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 1 << (index % 8)
      #expect(isDamaged(flipped), "byte \(index)")
    }
    Scorecard.count(13, ["flips": bytes.count])
  }

  @Test func `2,000 random states with random bytes changed, added or taken away are refused`() {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<2_000 {
      let bytes = codec.encode(StateSamples.random(&generator))
      var other = bytes
      let index = Int.random(in: other.indices, using: &generator)
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: other[index] = UInt8.random(in: 0...255, using: &generator)
      case 1: other.insert(UInt8.random(in: 0...255, using: &generator), at: index)
      case 2: other.remove(at: index)
      default: other += other[index...]
      }
      guard other != bytes else { continue }
      #expect(throws: StateFailure.self) { try codec.decode(other, label: "state") }
    }
  }

  @Test func `a state that was formatted or given more members is damaged, even with a right checksum`() throws {
    let state = StateSamples.full()
    let composed = JSONComposer.compose(SourceFile(path: "s", bytes: codec.encode(state)), file: 0)
    let json = composed.document.json(0)
    #expect(isDamaged(CanonicalJSON.encode(json, pretty: false)))
    #expect(isDamaged(codec.encode(state) + [UInt8(ascii: "\n")]))
    guard case .object(let members) = json else { throw Unexpected() }
    #expect(isDamaged(CanonicalJSON.encode(.object([.init("more", true)] + members), pretty: true)))
  }

  @Test(arguments: ["2", "3", "17"])
  func `a newer version is said to be newer, whatever else it holds`(version: String) {
    let bytes = Array(#"{"version": \#(version), "lineage": "x", "new": {}, "sha256": "00"}"#.utf8)
    #expect(throws: StateFailure.newer(label: "here", version: Int(version) ?? 0)) {
      try codec.decode(bytes, label: "here")
    }
  }

  @Test func `a flipped version digit is damage and not a newer version`() throws {
    let text = String(decoding: codec.encode(StateSamples.full()), as: UTF8.self)
    for digit in ["0", "3", "5", "9"] {
      let flipped = text.replacing("\"version\": 1", with: "\"version\": \(digit)", maxReplacements: 1)
      #expect(flipped != text)
      #expect(isDamaged(Array(flipped.utf8)), "\(digit)")
    }
  }

  @Test func `another tool's file is named as such`() {
    let terraform = #"{"version": 4, "terraform_version": "1.9", "serial": 1, "lineage": "x", "resources": []}"#
    #expect(
      throws: StateFailure.damaged(label: "s", reason: "it is not a state of Kitform's", backup: nil)
    ) { try codec.decode(Array(terraform.utf8), label: "s") }
  }

  @Test func `a state of 10,000 channels comes back`() throws {
    var state = StateSamples.empty()
    let field = State.AppliedField(name: "name", value: .string(String(repeating: "x", count: 600)))
    for number in 10_000..<20_000 {
      state.channels.append(
        State.Entry(
          address: Address(kind: "ok", key: "k\(number)"), id: number, uuid: "u\(number)", name: "n", source: nil,
          applied: [field], isProtected: false))
    }
    #expect(try codec.decode(codec.encode(state), label: "s") == state)
  }

  @Test func `a run that knows many ids of few digits, in a state of small channels, comes back`() throws {
    var state = StateSamples.full()
    state.channels = (1...5_000).map { number in
      State.Entry(
        address: Address(kind: "ok", key: "k\(number)"), id: number, uuid: "", name: "", source: nil, applied: [],
        isProtected: false)
    }.sorted { $0.address < $1.address }
    state.run?.known = Array(1...30_000)
    #expect(try codec.decode(codec.encode(state), label: "s") == state)
  }

  @Test func `what has more values than a state of its size is none, well-formed or not`() throws {
    let zeros = Array(String(repeating: "0,", count: 500_000).utf8)
    for (start, end) in [("[", "0]"), ("[", ""), (#"{"version":1,"lineage":"x","sha256":"x","channels":["#, "0]}")] {
      #expect(
        throws: StateFailure.damaged(label: "s", reason: "it is not a state of Kitform's", backup: nil)
      ) { try codec.decode(Array(start.utf8) + zeros + Array(end.utf8), label: "s") }
    }
  }

  @Test func `what is larger than any state is none`() throws {
    let bytes = Array(repeating: UInt8(ascii: " "), count: StateCodec.byteLimit) + Array("{}".utf8)
    #expect(
      throws: StateFailure.damaged(label: "s", reason: "it is not a state of Kitform's", backup: nil)
    ) { try codec.decode(bytes, label: "s") }
  }

  private struct Unexpected: Error {}

  private func isDamaged(_ bytes: [UInt8]) -> Bool {
    do throws(StateFailure) {
      _ = try codec.decode(bytes, label: "state")
      return false
    } catch {
      if case .damaged = error { return true }
      return false
    }
  }
}
