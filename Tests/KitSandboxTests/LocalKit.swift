import Basics
import Documents
import KitProfile
import KitSandbox
import Synchronization
import Transport

/// A sandbox with a small account, called the way a client would call it.
final class LocalKit: Sendable {
  let sandbox: Sandbox
  let clock: ManualClock

  init(
    profile: APIProfile = .builtIn, faults: Faults = Faults(), objects: ObjectHabits = ObjectHabits(), seed: UInt64 = 7,
    edit: (inout Account) -> Void = { _ in }
  ) {
    let clock = ManualClock()
    self.clock = clock
    var account = LocalKit.account()
    edit(&account)
    sandbox = Sandbox(
      account: account, profile: profile, faults: faults, objects: objects, generator: SplitMix(state: seed),
      clock: { clock.now })
  }

  static func account() -> Account {
    var generator = SplitMix(state: 1)
    var account = Account(name: "acme")
    account.queues = [.init(id: 1, title: "Support", maxWaitingTime: 600), .init(id: 2, title: "Sales")]
    account.functions = [.init(id: 88, title: "Bot")]
    account.skills = [.init(id: 11, title: "russian"), .init(id: 12, title: "billing")]
    account.topicSets = [.init(id: 21, title: "Retail"), .init(id: 22, title: "Wholesale")]
    account.apiTokens = [
      APIToken(id: 41, name: "Pipeline", hash: SaltedHash("full-token", using: &generator)),
      APIToken(id: 42, name: "Partner", role: .readOnly, hash: SaltedHash("reading-token", using: &generator)),
      APIToken(id: 43, name: "Old", isEnabled: false, hash: SaltedHash("disabled-token", using: &generator)),
      APIToken(id: 44, name: "Unknown value"),
    ]
    account.raiseNextID()
    return account
  }

  /// The form of a valid OK.ru channel, in the built-in profile's words.
  static let ok: [(String, String)] = [
    ("channel_type", "odnoklassniki"), ("channel_name", "OK community"), ("processing_method", "queue"),
    ("processing_queue", "1"), ("channel_settings", #"{"api_key":"tknSECRET:abc"}"#),
  ]

  /// The form of a valid custom channel, in the built-in profile's words.
  static let custom: [(String, String)] = [
    ("channel_type", "custom"), ("channel_name", "Partner bot"), ("processing_method", "function"),
    ("processing_function", "88"),
    ("channel_settings", #"{"url":"http://127.0.0.1:9/kit","token_id":41}"#),
  ]

  /// A request in the built-in profile's words.
  static func request(
    _ path: String, _ form: [(String, String)] = [], query: String = "", account: String? = "acme",
    token: String? = "full-token", method: String = "POST"
  ) -> HTTPRequest {
    var fields = form
    if let token { fields.append(("access_token", token)) }
    var parts: [String] = []
    if let account { parts.append("domain=\(account)") }
    if !query.isEmpty { parts.append(query) }
    return HTTPRequest(
      method: method, scheme: "http", host: "127.0.0.1", path: path, query: parts.joined(separator: "&"),
      headers: [("Content-Type", "application/x-www-form-urlencoded")], body: formBody(fields))
  }

  static func formBody(_ fields: [(String, String)]) -> [UInt8] {
    Array(fields.map { "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&").utf8)
  }

  private static func escaped(_ text: String) -> String {
    text.utf8.map { byte in
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80 && (character.isLetter || character.isNumber) { return String(character) }
      let digits = String(byte, radix: 16, uppercase: true)
      return digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
    }.joined()
  }

  /// Sends a request and reads what comes back.
  func call(_ request: HTTPRequest) -> Answer { Answer(sandbox.exchange(request)) }

  func list(_ query: String = "per-page=50") -> Answer {
    call(LocalKit.request("/api/v3/channel/searchChannels", query: query))
  }

  func create(_ form: [(String, String)]) -> Answer { call(LocalKit.request("/api/v3/channel/addChannel", form)) }

  func update(_ id: Int, _ form: [(String, String)]) -> Answer {
    call(LocalKit.request("/api/v3/channel/updateChannel", [("id", String(id))] + form))
  }

  func delete(_ id: Int) -> Answer {
    call(LocalKit.request("/api/v3/channel/deleteChannel", [("id", String(id))]))
  }

  /// The only channel's object as a listing shows it.
  func onlyChannel() -> JSONValue? { list().items.first }
}

/// What came back from one call.
struct Answer {
  var status: Int?
  var json: JSONValue = .null
  var text = ""
  var retryAfter: String?
  let exchange: Exchange

  init(_ exchange: Exchange) {
    self.exchange = exchange
    guard case .answer(let response) = exchange.delivery else { return }
    status = response.status
    text = String(decoding: response.body, as: UTF8.self)
    retryAfter = response.header("retry-after")
    json = Answer.parse(response.body)
  }

  static func parse(_ bytes: [UInt8]) -> JSONValue {
    let document = JSONComposer.compose(SourceFile(path: "answer", bytes: bytes), file: 0).document
    return document.roots.first.map { document.json($0) } ?? .null
  }

  var result: JSONValue? { json["result"] }
  var error: String? { if case .string(let text)? = result?["error"] { text } else { nil } }
  var items: [JSONValue] { if case .array(let items)? = result { items } else { [] } }
  var ids: [Int] { items.compactMap { if case .integer(let id)? = $0["id"] { id } else { nil } } }
  var id: Int? { if case .integer(let id)? = result?["id"] { id } else { nil } }
}

/// A generator whose numbers are the same in every run.
struct SplitMix: RandomNumberGenerator, Sendable {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// A clock that a test moves by hand, in milliseconds.
final class ManualClock: Sendable {
  private let time = Mutex(0)
  var now: Int { time.withLock { $0 } }
  func advance(_ milliseconds: Int) { time.withLock { $0 += milliseconds } }
}
