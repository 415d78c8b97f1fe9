import Basics

/// Everything that a running sandbox remembers; its account is the only part that outlives it.
struct SandboxState: Sendable {
  var account: Account
  /// Grows with every change of the account.
  var revision = 0
  var generator: any RandomNumberGenerator & Sendable
  /// Values of API tokens by id, as far as they are known; they sign test requests and are never saved.
  var tokenValues: [Int: String] = [:]
  /// Channel access tokens by channel id, as far as they were sent; they are shown on demand and never saved.
  var accessTokens: [Int: String] = [:]
  /// Channels as JSON, by id; dropped when a channel changes.
  var answers: [Int: [UInt8]] = [:]
  /// When channels were created, by id, in milliseconds of the sandbox's clock; kept while late visibility is wanted.
  var created: [Int: Int] = [:]
  /// Whether the listing that is being read has an item that slides.
  var isSliding = false
  var slidingListings: Int
  var counts = CallCounts()
  var bucket: CallBucket?
  var conversations = Conversations()
  /// Side effects of the present call.
  var notes: [SandboxEvent] = []
  /// Signs the tokens of sessions; another one in every run.
  let tokenKey: [UInt8]
  /// Seconds since 1970 at the start of the sandbox's clock.
  let epoch: Int
  /// Milliseconds by which the sandbox's clock was moved forward.
  var offset = 0

  init(account: Account, generator: any RandomNumberGenerator & Sendable, faults: Faults, epoch: Int) {
    self.account = account
    var generator = generator
    tokenKey = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    self.generator = generator
    self.epoch = epoch
    slidingListings = faults.slidingListings
    bucket = faults.rateLimit.map { CallBucket($0) }
  }

  /// Gives a salt to channels that have one in Kit always and none in a file that was written by hand.
  mutating func makeSalts() {
    for channel in account.channels where channel.salt.isEmpty && SandboxRules.makesSalt(kind: channel.kind) {
      account[channel: channel.id]?.salt = HexDigits.random(bytes: 16, using: &generator)
    }
  }

  /// Puts a changed or new channel into the account, or takes one out of it.
  mutating func set(_ channel: SandboxChannel?, id: Int) {
    account[channel: id] = channel
    answers[id] = nil
    revision += 1
    conversations.channelsChanged()
  }
}

/// How many calls came, by the ways in which faults count them.
struct CallCounts: Sendable {
  private(set) var all = 0
  private(set) var writes = 0
  private(set) var creates = 0
  private(set) var reads = 0

  /// Counts a call; returns whether a selection includes it.
  mutating func add(isWrite: Bool, isCreate: Bool) {
    all += 1
    if isWrite { writes += 1 } else { reads += 1 }
    if isCreate { creates += 1 }
  }

  /// Whether the call that was counted last is one of a selection.
  func isMeant(by calls: Faults.Calls, isWrite: Bool, isCreate: Bool) -> Bool {
    switch calls {
    case .every: true
    case .number(let number): all == number
    case .write(let number): isWrite && writes == number
    case .create(let number): isCreate && creates == number
    case .read(let number): !isWrite && reads == number
    }
  }
}

/// A bucket of calls that fills steadily up to its brim, counted in thousandths of a call.
struct CallBucket: Sendable {
  private let limit: Faults.RateLimit
  private var level: Int
  private var last: Int?

  init(_ limit: Faults.RateLimit) {
    self.limit = limit
    level = limit.burst * 1000
  }

  /// Takes one call out at a time in milliseconds; false where none is left.
  mutating func takeToken(now: Int) -> Bool {
    level = min(level + (now - (last ?? now)) * limit.perSecond, limit.burst * 1000)
    last = now
    guard level >= 1000 else { return false }
    level -= 1000
    return true
  }

  /// A 429 as the limit wants it; a second is enough for a call to come in.
  var refusal: Reply.Failure {
    Reply.Failure(429, "too many requests", retryAfter: limit.saysWhen ? "1" : nil)
  }
}
