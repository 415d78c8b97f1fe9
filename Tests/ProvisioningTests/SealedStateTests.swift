import Basics
import Documents
import Manifest
import Support
import Synchronization
import Testing

@testable import Provisioning

struct SealedStateTests {
  private let codec = Sealers.codec(encrypts: true)

  @Test func `an encrypted state comes back, and shows its version, lineage and serial alone`() throws {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<100 {
      let state = StateSamples.random(&generator)
      let bytes = try codec.bytes(of: state, label: "s")
      #expect(try codec.decode(bytes, label: "s") == state)
    }
    let state = StateSamples.full(serial: 4)
    let text = String(decoding: try codec.bytes(of: state, label: "s"), as: UTF8.self)
    let json = try ParsedJSON(text)
    #expect(json.names == ["encryption", "lineage", "serial", "sha256", "version"])
    #expect(json["serial"].int == 4)
    for word in ["acme", "channels", "applied", "fingerprints", "history"] { #expect(!text.contains(word)) }
  }

  @Test func `two encryptions of one state have nothing in common`() throws {
    let state = StateSamples.empty()
    #expect(try codec.bytes(of: state, label: "s") != codec.bytes(of: state, label: "s"))
  }

  @Test func `every cut is found, and so are a thousand flipped bits`() throws {
    let bytes = try codec.bytes(of: StateSamples.empty(), label: "s")
    for length in 0..<bytes.count where decodes(Array(bytes.prefix(length))) { Issue.record("cut to \(length)") }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<1000 {
      var flipped = bytes
      let index = Int.random(in: 0..<bytes.count, using: &generator)
      flipped[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      if decodes(flipped) { Issue.record("byte \(index) flipped to \(flipped[index])") }
    }
    Scorecard.count(13, ["cuts": bytes.count, "flips": 1000])
  }

  @Test func `a state put together anew with a right checksum is still found out`() throws {
    let state = StateSamples.full(serial: 4)
    let json = try #require(document(try codec.bytes(of: state, label: "s")))
    let key = try Sealers.sealer(encrypts: true).key(state.lineage)
    var sealed = try #require(SealedDocument(json, bytes: CanonicalJSON.encode(json, pretty: true)))
    #expect(try sealed.open(with: key) == StateCodec().encode(state))
    sealed.header[2].value = .integer(5)
    #expect(
      throws: StateFailure.damaged(label: "s", reason: "it was changed after Kitform encrypted it", backup: nil)
    ) { _ = try codec.decode(sealed.encode(), label: "s") }
    sealed.header[2].value = .integer(4)
    sealed.data[20] ^= 1
    #expect(
      throws: StateFailure.damaged(label: "s", reason: "it was changed after Kitform encrypted it", backup: nil)
    ) { _ = try codec.decode(sealed.encode(), label: "s") }
  }

  @Test func `a wrong key and a missing one are named as what they are`() throws {
    let bytes = try codec.bytes(of: StateSamples.full(), label: "s")
    let other = Sealers.codec(encrypts: true, key: "another key of at least thirty-two bytes, for HKDF")
    #expect(throws: StateFailure.sealedByOtherKey(label: "s")) { _ = try other.decode(bytes, label: "s") }
    #expect(
      throws: StateFailure.failed(
        label: "s", reason: "it takes the key of `state.key`: the manifests do not set it")
    ) { _ = try StateCodec().decode(bytes, label: "s") }
    let unset = StateCodec(sealer: DocumentSealer(encrypts: true, source: { .failure(.noKey("KEY is not set")) }))
    #expect(throws: StateFailure.failed(label: "s", reason: "it takes the key of `state.key`: KEY is not set")) {
      _ = try unset.bytes(of: StateSamples.full(), label: "s")
    }
  }

  @Test func `a short key works, and costs what guessing it should cost`() throws {
    let short = Sealers.codec(encrypts: true, key: "123456")
    let bytes = try short.bytes(of: StateSamples.full(), label: "s")
    #expect(try Sealers.codec(encrypts: true, key: "123456").decode(bytes, label: "s") == StateSamples.full())
  }

  @Test func `a state that is not kept as the manifests say is read, and said`() throws {
    let notices = Mutex<[DocumentSealer.Notice]>([])
    let notice: @Sendable (DocumentSealer.Notice) -> Void = { notice in notices.withLock { $0.append(notice) } }
    let plain = StateCodec().encode(StateSamples.full())
    #expect(try Sealers.codec(encrypts: true, notice: notice).decode(plain, label: "s") == StateSamples.full())
    #expect(notices.withLock { $0 } == [.plain])
    let sealed = try codec.bytes(of: StateSamples.full(), label: "s")
    #expect(try Sealers.codec(encrypts: false, notice: notice).decode(sealed, label: "s") == StateSamples.full())
    #expect(notices.withLock { $0 } == [.plain, .encrypted])
    _ = try Sealers.codec(encrypts: true, notice: notice).decode(sealed, label: "s")
    #expect(notices.withLock { $0.count } == 2)
  }

  @Test func `a plan file is encrypted as a whole and comes back as it was`() throws {
    let sealer = Sealers.sealer(encrypts: true)
    let plan = Array("{\"format\": \"kitform.plan/v1\", \"name\": \"OK community\"}".utf8)
    let sealed = try sealer.bytes(ofPlan: plan, digest: "kf1-00")
    #expect(DocumentSealer.isSealedPlan(sealed))
    #expect(!DocumentSealer.isSealedPlan(plan))
    #expect(!String(decoding: sealed, as: UTF8.self).contains("OK community"))
    #expect(try sealer.plan(from: sealed) == plan)
    #expect(throws: SealingFailure.otherKey) {
      _ = try Sealers.sealer(encrypts: true, key: "another key of at least thirty-two bytes, for HKDF")
        .plan(from: sealed)
    }
    #expect(try Sealers.sealer(encrypts: false).bytes(ofPlan: plan, digest: "kf1-00") == plan)
  }

  @Test func `base64 is RFC 4648's, and one text stands for one value`() {
    for (plain, text) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.text(Array(plain.utf8)) == text)
      #expect(Base64.bytes(text) == Array(plain.utf8))
    }
    #expect(Base64.text([0xFB, 0xFF, 0xBF]) == "+/+/")
    for wrong in ["Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zm9v\n", "Zm-v", "=Zm9"] {
      #expect(Base64.bytes(wrong) == nil, "\(wrong)")
    }
  }

  private func decodes(_ bytes: [UInt8]) -> Bool { (try? codec.decode(bytes, label: "s")) != nil }

  private func document(_ bytes: [UInt8]) -> JSONValue? {
    let composed = JSONComposer.compose(SourceFile(path: "s", bytes: bytes), file: 0)
    return composed.document.roots.first.map { composed.document.json($0) }
  }
}
