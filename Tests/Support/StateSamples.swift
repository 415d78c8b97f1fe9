import Basics
import Documents
import Manifest
package import Provisioning

/// States for tests: one that fills every member, and random ones.
package enum StateSamples {
  /// A state with every optional member there.
  package static func full(serial: Int = 1) -> State {
    var generator = SeededGenerator(seed: 7)
    var state = random(&generator)
    while state.run == nil || state.guards == nil || state.channels.count < 2 || state.approvals.isEmpty
      || state.history.isEmpty
    {
      state = random(&generator)
    }
    state.serial = serial
    return state
  }

  /// A state without channels.
  package static func empty(serial: Int = 1) -> State {
    State(
      lineage: "0123456789abcdef0123456789abcdef", serial: serial, environment: "default",
      account: .init(host: "kitapi-eu.voximplant.com", name: "acme", isSandbox: false))
  }

  /// A state with anything that the types allow: hostile texts, extreme numbers, missing parts.
  package static func random(_ generator: inout SeededGenerator) -> State {
    var state = State(
      lineage: text(&generator), serial: .random(in: 0...Int.max, using: &generator), environment: text(&generator),
      account: .init(host: text(&generator), name: text(&generator), isSandbox: .random(using: &generator)))
    for _ in 0..<Int.random(in: 0...4, using: &generator) {
      let address = address(&generator)
      state[address] = State.Entry(
        address: address, id: .random(in: Int.min...Int.max, using: &generator), uuid: text(&generator),
        name: text(&generator), source: position(&generator), applied: fields(&generator),
        isProtected: .random(using: &generator))
    }
    if Bool.random(using: &generator) { state.run = run(&generator) }
    if Bool.random(using: &generator) {
      state.guards = GuardLimits(
        maxDeletes: .random(in: 0...9, using: &generator), maxDeletePercent: .random(in: 0...100, using: &generator),
        maxUpdates: Bool.random(using: &generator) ? .random(in: 0...99, using: &generator) : nil,
        refusesDrift: .random(using: &generator))
    }
    for _ in 0..<Int.random(in: 0...2, using: &generator) {
      state.approvals.append(.init(digest: text(&generator), at: text(&generator), serial: 3))
      state.history.append(
        .init(
          id: text(&generator), command: text(&generator), digest: text(&generator), started: text(&generator),
          ended: text(&generator), who: text(&generator), outcome: text(&generator),
          commit: Bool.random(using: &generator) ? text(&generator) : nil, changes: pastChanges(&generator),
          omitted: .random(in: 0...1, using: &generator)))
    }
    return state
  }

  private static func pastChanges(_ generator: inout SeededGenerator) -> [State.PastChange] {
    (0..<Int.random(in: 0...2, using: &generator)).map { number in
      let sides: [FieldValue] = [
        .absent, .unknown, .value(.string(text(&generator))), .secret(nil), .secret(.environment("TOKEN")),
      ]
      return State.PastChange(
        address: address(&generator), action: Action.allCases.randomElement(using: &generator)!,
        verdict: Bool.random(using: &generator) ? .done : .uncertain,
        id: Bool.random(using: &generator) ? number : nil,
        uuid: Bool.random(using: &generator) ? text(&generator) : nil,
        movedFrom: Bool.random(using: &generator) ? address(&generator) : nil,
        fields: [
          State.PastField(
            name: text(&generator), before: sides.randomElement(using: &generator)!,
            after: sides.randomElement(using: &generator)!)
        ])
    }
  }

  private static func run(_ generator: inout SeededGenerator) -> RunRecord {
    var run = RunRecord(
      id: text(&generator), command: text(&generator), digest: text(&generator), started: text(&generator),
      who: text(&generator), known: (0..<3).map { _ in Int.random(in: 1...99, using: &generator) }, operations: [],
      fence: Bool.random(using: &generator) ? .random(in: 3...60, using: &generator) : nil,
      isTakenOver: .random(using: &generator))
    for number in 1...2 {
      run.operations.append(
        .init(
          number: number, address: address(&generator), action: Action.allCases.randomElement(using: &generator)!,
          name: text(&generator), channelID: Bool.random(using: &generator) ? number : nil,
          uuid: Bool.random(using: &generator) ? text(&generator) : nil, source: position(&generator),
          isProtected: .random(using: &generator), wanted: fields(&generator)))
    }
    return run
  }

  private static func address(_ generator: inout SeededGenerator) -> Address {
    let key = String(Int.random(in: 0...99, using: &generator), radix: 36)
    return Address(kind: Bool.random(using: &generator) ? "ok" : "custom", key: "k-\(key)")
  }

  private static func position(_ generator: inout SeededGenerator) -> SourcePosition? {
    Bool.random(using: &generator)
      ? nil : SourcePosition(file: text(&generator), line: .random(in: 1...9999, using: &generator), column: 3)
  }

  private static func fields(_ generator: inout SeededGenerator) -> [State.AppliedField] {
    let names = ["name", "closing.agent", "accessToken", "skills"].shuffled(using: &generator)
    return names.prefix(Int.random(in: 0...4, using: &generator)).map { name in
      var field = State.AppliedField(
        name: name, value: value(&generator, depth: 3),
        fingerprint: Bool.random(using: &generator)
          ? SecretFingerprint(key: text(&generator), digest: text(&generator)) : nil)
      // Without a draw of its own, so that the samples of a seed stay what they are.
      if case .string(let text) = field.value { field.readBack = .value(.string(text + "/")) }
      return field
    }
  }

  private static func value(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
    switch Int.random(in: 0...(depth == 0 ? 3 : 5), using: &generator) {
    case 0: .null
    case 1: .bool(.random(using: &generator))
    case 2: .integer(.random(in: Int.min...Int.max, using: &generator))
    case 3: .string(text(&generator))
    case 4: .array((0..<2).map { _ in value(&generator, depth: depth - 1) })
    default: .object([.init("a", value(&generator, depth: depth - 1)), .init("b", value(&generator, depth: 0))])
    }
  }

  /// Text with what breaks careless encoders: quotes, controls, bidi marks, combining marks, astral planes.
  private static func text(_ generator: inout SeededGenerator) -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\r", "\t", "\u{0}", "\u{1B}", "\u{7F}", "\u{85}", "\u{202E}",
      "\u{200B}", "\u{2028}", "\u{FEFF}", "é", "e", "\u{301}", "я", "字", "😀", "\u{10FFFF}", "{", "]", ",", ":",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...8, using: &generator) {
      text.unicodeScalars.append(scalars.randomElement(using: &generator)!)
    }
    return text
  }
}
