/// What goes wrong at the sandbox on purpose.
package struct Faults: Sendable, Equatable {
  /// How long every answer waits, in milliseconds.
  package var latency = 0
  /// Which call meets which fault; the first rule that fits a call counts.
  package var rules: [FaultRule] = []
  /// How many calls a second are answered; more get 429.
  package var rateLimit: RateLimit?
  /// How many channel listings have an item that slides from the last page to the front after the first page was read.
  package var slidingListings = 0
  /// How long a created channel is missing from listings, in milliseconds.
  package var lateVisibility = 0

  package init() {}

  /// One fault and the calls that meet it.
  package struct FaultRule: Sendable, Equatable {
    package var calls: Calls
    package var fault: Fault

    package init(_ fault: Fault, at calls: Calls) {
      self.calls = calls
      self.fault = fault
    }
  }

  /// A selection of calls; numbers count from 1.
  package enum Calls: Sendable, Equatable {
    case every
    /// The n-th call of all.
    case number(Int)
    /// The n-th call that creates, updates or deletes.
    case write(Int)
    /// The n-th creation.
    case create(Int)
    /// The n-th call that only reads.
    case read(Int)
  }

  /// One way in which a call goes wrong.
  package struct Fault: Sendable, Equatable {
    /// Whether the account carries the call out before it goes wrong.
    package var commits: Bool
    package var effect: Effect

    package init(_ effect: Effect, commits: Bool) {
      self.effect = effect
      self.commits = commits
    }
  }

  /// What the caller sees.
  package enum Effect: Sendable, Equatable {
    /// The connection ends in order, without an answer.
    case close
    /// The connection is reset, without an answer.
    case reset
    /// The answer's head, half of its body, and the end of the connection.
    case halfBody
    /// The answer's head at once, then its body a byte at a time, more slowly than any client waits.
    case slowBody
    /// No answer and no end.
    case silence
    /// This status with a failure as its body, and `Retry-After` where it is given.
    case status(Int, retryAfter: String?)
    /// This status and text, of a proxy or of another service.
    case foreign(Int, String)
    /// The answer as it is, but `success` is false.
    case denial
  }

  /// A bucket of calls that fills steadily.
  package struct RateLimit: Sendable, Equatable {
    package var perSecond: Int
    package var burst: Int
    /// Whether a 429 says when to come again.
    package var saysWhen: Bool

    package init(perSecond: Int, burst: Int, saysWhen: Bool = true) {
      self.perSecond = max(perSecond, 1)
      self.burst = max(burst, 1)
      self.saysWhen = saysWhen
    }
  }
}

extension Faults.FaultRule {
  /// Reads a rule as people write it: `NAME@CALLS`, for example `drop-after@create:1`.
  ///
  /// Names: `drop-before`, `drop-after`, `reset`, `reset-before`, `500-before`, `500-after`, `503`, `half-body`, `slow-body`,
  /// `silence`, `429`, `429-after`, `429:SECONDS`, `html`, `html-after`, `redirect`, `redirect-after`, `foreign-400`,
  /// `foreign-400-after`, `foreign-404`, `foreign-404-after`, `empty-after`, `denied-after`. Calls: `every`, a number, `write:N`, `create:N`, `read:N`. Nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let fault = Faults.Fault(name: parts[0]), let calls = Faults.Calls(text: parts[1]) else {
      return nil
    }
    self.init(fault, at: calls)
  }

  /// The forms that `init(_:)` takes, for a usage message.
  package static let forms =
    "NAME@CALLS; NAME is drop-before, drop-after, reset-before, reset, 500-before, 500-after, 503, half-body, slow-body, silence, "
    + "429, 429-after, 429:SECONDS, html, html-after, redirect, redirect-after, foreign-400, foreign-400-after, foreign-404, "
    + "foreign-404-after, empty-after or denied-after; CALLS is every, N, write:N, create:N or read:N"
}

extension Faults {
  /// What a proxy shows to people.
  fileprivate static let page = "<html><body>Bad gateway</body></html>"
  /// A refusal of another service than Kit.
  fileprivate static let envelope = #"{"error": {"status": "INVALID_ARGUMENT", "message": "no"}}"#
}

extension Faults.Fault {
  fileprivate init?(name: Substring) {
    switch name {
    case "drop-before": self.init(.close, commits: false)
    case "drop-after": self.init(.close, commits: true)
    case "reset-before": self.init(.reset, commits: false)
    case "reset": self.init(.reset, commits: true)
    case "500-before": self.init(.status(500, retryAfter: nil), commits: false)
    case "500-after": self.init(.status(500, retryAfter: nil), commits: true)
    case "503": self.init(.status(503, retryAfter: nil), commits: false)
    case "half-body": self.init(.halfBody, commits: true)
    case "slow-body": self.init(.slowBody, commits: true)
    case "silence": self.init(.silence, commits: true)
    case "429": self.init(.status(429, retryAfter: nil), commits: false)
    case "429-after": self.init(.status(429, retryAfter: nil), commits: true)
    case "html": self.init(.foreign(200, Faults.page), commits: false)
    case "html-after": self.init(.foreign(200, Faults.page), commits: true)
    case "redirect": self.init(.foreign(302, ""), commits: false)
    case "redirect-after": self.init(.foreign(302, ""), commits: true)
    case "foreign-400": self.init(.foreign(400, Faults.envelope), commits: false)
    case "foreign-400-after": self.init(.foreign(400, Faults.envelope), commits: true)
    case "foreign-404": self.init(.foreign(404, Faults.page), commits: false)
    case "foreign-404-after": self.init(.foreign(404, Faults.page), commits: true)
    case "empty-after": self.init(.foreign(200, ""), commits: true)
    case "denied-after": self.init(.denial, commits: true)
    default:
      guard name.hasPrefix("429:"), let seconds = Int(name.dropFirst(4)), seconds >= 0 else { return nil }
      self.init(.status(429, retryAfter: String(seconds)), commits: false)
    }
  }
}

extension Faults.Calls {
  fileprivate init?(text: Substring) {
    if text == "every" {
      self = .every
      return
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard let last = parts.last, let number = Int(last), number >= 1 else { return nil }
    switch (parts.count, parts[0]) {
    case (1, _): self = .number(number)
    case (2, "write"): self = .write(number)
    case (2, "create"): self = .create(number)
    case (2, "read"): self = .read(number)
    default: return nil
    }
  }
}
