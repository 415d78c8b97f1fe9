import ArgumentParser
import Basics
import Documents
import KitMessaging
import Provisioning
import Wiring

/// `kitform channel sign`
struct SignCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign", abstract: "Print the signature that Kit puts on an event, for trying a receiver.",
    discussion: "Without --event-id it is the signature of the test request at a channel's creation.",
    examples: [
      "kitform channel sign --channel custom.partner-bot",
      "kitform channel sign --channel custom.partner-bot --event-id 42",
      "kitform channel sign --channel custom.partner-bot --env production",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var keys: KeyOptions

  @Option(help: ArgumentHelp("The event's id.", valueName: "id"))
  var eventID: String?

  @Flag(help: "Write a space after each colon, as Kit's documentation prints it.")
  var spaces = false

  func run() async throws {
    try await Invocation("channel", global).run { invocation in
      let signature = try await keys.required(invocation, sandbox, calls).signature
      let form = spaces ? Signature.Form.spaces : .plain
      let text = eventID.map { signature.event($0, form: form) } ?? signature.testRequest(form: form)
      return CommandResult(
        .done, text: "\(text)\n",
        members: [
          .init("signature", .string(text)), .init("of", .string(eventID == nil ? "test-request" : "event")),
          .init("form", .string(form.word)),
        ])
    }
  }
}

/// `kitform channel check-signature`
struct CheckSignatureCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-signature",
    abstract: "Check a signature of Kit; where it is wrong, explain why and exit with 3.",
    discussion: "The value is that of the Authorization header, bare or behind Bearer.",
    examples: [
      "kitform channel check-signature 0123456789abcdef0123456789abcdef --channel custom.partner-bot",
      "kitform channel check-signature 0123456789abcdef0123456789abcdef --channel custom.partner-bot --event-id 42",
      "kitform channel check-signature 0123456789abcdef0123456789abcdef --channel custom.partner-bot --accept-spaces",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions
  @OptionGroup var calls: CallOptions
  @OptionGroup var keys: KeyOptions

  @Argument(help: "The value of the Authorization header.")
  var value: String

  @Option(help: ArgumentHelp("The event's id; the test request where not given.", valueName: "id"))
  var eventID: String?

  @Flag(help: "Accept a space after each colon too.")
  var acceptSpaces = false

  func run() async throws {
    try await Invocation("channel", global).run { invocation in
      let keys = try await keys.required(invocation, sandbox, calls)
      let isPlain = keys.signature.verifies(value, eventID: eventID)
      let isValid = isPlain || acceptSpaces && keys.signature.verifies(value, eventID: eventID, acceptsSpaces: true)
      var members: [JSONValue.Member] = [
        .init("valid", .bool(isValid)), .init("of", .string(eventID == nil ? "test-request" : "event")),
      ]
      let words = eventID == nil ? "the test request" : "the event"
      if isValid {
        let form = isPlain ? Signature.Form.plain : .spaces
        members.append(.init("form", .string(form.word)))
        return CommandResult(.done, text: "The signature is that of \(words), \(form.words).\n", members: members)
      }
      let finding = Diagnostic(
        .channelSignature, at: nil, "the signature is not that of \(words)",
        suggestion: SignatureDoubt(value: value, keys: keys, eventID: eventID).words)
      return CommandResult(.invalid, members: members, findings: [finding])
    }
  }
}

/// Why a signature may differ: the usual mistakes, tried out.
struct SignatureDoubt {
  let value: String
  let keys: SignatureKeys
  let eventID: String?

  /// The rest of a header's value after its first word; nil where it is one word.
  private static func behindScheme(_ value: String) -> String? {
    let words = value.split(separator: " ", maxSplits: 1)
    return words.count == 2 ? String(words[1]) : nil
  }

  /// What to change, as a sentence without a full stop.
  var words: String {
    func matches(_ keys: SignatureKeys, _ event: String?, spaces: Bool = false) -> Bool {
      keys.signature.verifies(value, eventID: event, acceptsSpaces: spaces)
    }
    if matches(keys, eventID, spaces: true) {
      return "it has a space after each colon: give --accept-spaces here, and let the receiver accept them"
    }
    if eventID != nil, matches(keys, nil, spaces: true) {
      return "it is the signature of the test request: leave --event-id out"
    }
    if matches(SignatureKeys(salt: keys.token, token: keys.salt), eventID, spaces: true) {
      return "salt and token are mixed up: the salt comes first"
    }
    for end in ["\n", " ", "\r\n"] {
      let ends = [
        SignatureKeys(salt: keys.salt + end, token: keys.token),
        SignatureKeys(salt: keys.salt, token: keys.token + end),
      ]
      if ends.contains(where: { matches($0, eventID, spaces: true) }) {
        return "the signer had white space after the salt or the token: remove it there"
      }
    }
    if let eventID, matches(keys, eventID + "\n", spaces: true) {
      return "the signer hashed a newline after the event id, as `echo` writes it: sign with `printf %s`"
    }
    if let bare = SignatureDoubt.behindScheme(value),
      keys.signature.verifies(bare, eventID: eventID, acceptsSpaces: true)
    {
      return "the signature is right, and the word before it is not: Kit sends it bare or behind Bearer"
    }
    let digits = value.split(separator: " ").last ?? ""
    guard digits.utf8.count == 32, digits.allSatisfy({ $0.isHexDigit }) else {
      return "it is no MD5 signature: those have 32 hexadecimal digits, bare or behind Bearer"
    }
    return
      "compare salt, API token and event id with the channel's in Kit; a channel that was created again has a new salt"
  }
}

extension KeyOptions {
  /// The two keys, or how to give them.
  fileprivate func required(
    _ invocation: Invocation, _ sandbox: SandboxOptions, _ calls: CallOptions
  ) async throws -> SignatureKeys {
    if let keys = try await keys(invocation, sandbox, calls) { return keys }
    guard let address else {
      throw UsageFailure(message: "no keys are given", remedy: "give --channel, or --salt and --token")
    }
    throw UsageFailure(
      message: "`\(SafeText.escape(address))` has no salt yet",
      remedy: "run `kitform apply` first: Kit makes the salt when it creates the channel")
  }
}

extension Signature.Form {
  /// The word of JSON documents.
  var word: String { self == .plain ? "plain" : "spaces" }
  /// The form, for people.
  var words: String { self == .plain ? "without spaces" : "with a space after each colon" }
}
