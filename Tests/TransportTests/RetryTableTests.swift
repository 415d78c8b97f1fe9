import Testing
import Transport

struct RetryTableTests {
  /// The table of the design, cell by cell: `again(base)` in halves of a second, or `never`.
  private enum Cell: Equatable {
    case half
    case one
    case stated(Int)
    case never
  }

  private static let table:
    [(outcome: CallOutcome, read: Cell, create: Cell, update: Cell, delete: Cell, message: Cell)] = [
      (.notSent, .half, .half, .half, .half, .half),
      (.notSentForGood, .never, .never, .never, .never, .never),
      (.throttled(retryAfter: nil), .one, .never, .one, .one, .one),
      (.throttled(retryAfter: .seconds(7)), .stated(7), .never, .stated(7), .stated(7), .stated(7)),
      (.throttled(retryAfter: .seconds(0)), .stated(0), .never, .stated(0), .stated(0), .stated(0)),
      (.throttled(retryAfter: .seconds(60)), .stated(60), .never, .stated(60), .stated(60), .stated(60)),
      (.throttled(retryAfter: .seconds(61)), .stated(60), .never, .stated(60), .stated(60), .stated(60)),
      (.unavailable(retryAfter: nil), .half, .never, .half, .half, .never),
      (.unavailable(retryAfter: .seconds(7)), .stated(7), .never, .stated(7), .stated(7), .never),
      (.ambiguous, .half, .never, .half, .half, .never),
      (.ambiguousForGood, .never, .never, .never, .never, .never),
      (.answered, .never, .never, .never, .never, .never),
      (.cancelled, .never, .never, .never, .never, .never),
    ]

  private static func expected(_ cell: Cell, attempt: Int) -> RetryDecision {
    guard attempt <= 3 else { return .giveUp }
    switch cell {
    case .never: return .giveUp
    case .stated(let seconds): return .retry(after: .seconds(seconds) ... .seconds(seconds))
    case .half: return .retry(after: .zero...[.milliseconds(500), .seconds(1), .seconds(2)][attempt - 1])
    case .one: return .retry(after: .zero...[.seconds(1), .seconds(2), .seconds(4)][attempt - 1])
    }
  }

  @Test func `every cell is as written, for every attempt`() {
    for row in RetryTableTests.table {
      let cells: [(MethodKind, Cell)] = [
        (.read, row.read), (.create, row.create), (.update, row.update), (.delete, row.delete),
        (.message, row.message),
      ]
      #expect(cells.map(\.0) == MethodKind.allCases)
      for (kind, cell) in cells {
        for attempt in 1...5 {
          #expect(
            RetryTable.decision(kind, row.outcome, attempt: attempt)
              == RetryTableTests.expected(cell, attempt: attempt), "\(row.outcome) \(kind) \(attempt)")
        }
      }
    }
  }

  @Test func `the figures are the design's`() {
    #expect(RetryTable.attempts == 4)
    #expect(RetryTable.base == .milliseconds(500))
    #expect(RetryTable.throttledBase == .seconds(1))
    #expect(RetryTable.cap == .seconds(20))
    #expect(RetryTable.statedCap == .seconds(60))
  }

  @Test func `a status or a failure has its row`() {
    func outcome(_ status: Int) -> CallOutcome { CallOutcome(.success(HTTPResponse(status: status)), now: 0) }
    func outcome(_ failure: TransportFailure) -> CallOutcome { CallOutcome(.failure(failure), now: 0) }
    for status in [200, 201, 204, 301, 302, 303, 307, 308, 400, 401, 402, 403, 404, 409, 412, 422, 423] {
      #expect(outcome(status) == .answered, "\(status)")
    }
    for status in [408, 500, 502, 504, 507, 520, 524, 599] { #expect(outcome(status) == .ambiguous, "\(status)") }
    for status in [501, 505, 511] { #expect(outcome(status) == .ambiguousForGood, "\(status)") }
    #expect(outcome(429) == .throttled(retryAfter: nil))
    #expect(outcome(503) == .unavailable(retryAfter: nil))
    let unsent: [TransportFailure.NotSentReason] = [
      .nameNotFound, .connectionRefused, .connectTimeout, .tls("x"), .proxy("x"), .other("x"),
    ]
    for reason in unsent { #expect(outcome(.notSent(reason)) == .notSent) }
    let forGood: [TransportFailure.NotSentReason] = [.certificate("x"), .proxyCredentials("x"), .unsendable("x")]
    for reason in forGood { #expect(outcome(.notSent(reason)) == .notSentForGood) }
    let ambiguous: [TransportFailure.AmbiguousReason] = [
      .reset, .endOfStream, .timeout, .badAnswer("x"), .other("x"),
    ]
    for reason in ambiguous { #expect(outcome(.ambiguous(reason)) == .ambiguous) }
    #expect(outcome(.ambiguous(.tooLarge(limit: 1))) == .ambiguousForGood)
    #expect(outcome(.cancelled) == .cancelled)
  }

  @Test func `only a mutation without a plain answer may have taken effect`() {
    for kind in MethodKind.allCases {
      for row in RetryTableTests.table {
        let unknown: Bool =
          switch row.outcome {
          case .ambiguous, .ambiguousForGood, .unavailable: kind != .read
          case .throttled: kind == .create
          default: false
          }
        #expect(RetryTable.mayHaveTakenEffect(kind, row.outcome) == unknown)
      }
    }
  }
}

struct RetryAfterTests {
  /// 1994-11-06 08:49:37 UTC.
  private static let moment = 784_111_777

  private func duration(_ text: String?, date: String? = nil) -> Duration? {
    var headers: [(name: String, value: String)] = []
    if let text { headers.append(("retry-AFTER", text)) }
    if let date { headers.append(("Date", date)) }
    return RetryAfter.duration(in: HTTPResponse(status: 429, headers: headers), now: RetryAfterTests.moment)
  }

  @Test func `seconds count as they are`() {
    #expect(duration("0") == .zero)
    #expect(duration(" 7 ") == .seconds(7))
    #expect(duration("120") == .seconds(120))
    #expect(duration("99999999999999999999") == .seconds(999_999_999))
  }

  @Test(arguments: [
    "Sun, 06 Nov 1994 08:49:47 GMT", "Sunday, 06-Nov-94 08:49:47 GMT", "Sun Nov  6 08:49:47 1994",
  ])
  func `a date in any of the three forms counts from now`(date: String) {
    #expect(duration(date) == .seconds(10))
  }

  @Test func `a date counts from the answer's own date`() {
    #expect(duration("Fri, 01 Mar 2024 00:00:05 GMT", date: "Thu, 29 Feb 2024 23:59:58 GMT") == .seconds(7))
    #expect(duration("Fri, 01 Mar 2024 00:00:05 GMT", date: "garbage") != .seconds(7))
  }

  @Test func `a date that has passed means no wait`() {
    #expect(duration("Sun, 06 Nov 1994 08:49:30 GMT") == .zero)
  }

  @Test(arguments: [
    "", "-1", "1.5", "+3", "soon", "7 s", "0x10", "٧", "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:49 GMT", "1994-11-06T08:49:37Z",
    "Sun, 06 Foo 1994 08:49:37 GMT",
    "Sun, 06 Nov 99994 08:49:37 GMT",
  ])
  func `garbage counts as absent`(text: String) {
    #expect(duration(text) == nil)
  }

  @Test func `no field is no time`() {
    #expect(duration(nil) == nil)
  }

  @Test func `known moments have their seconds`() {
    #expect(HTTPDate.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
    #expect(HTTPDate.seconds("Sun, 06 Nov 1994 08:49:37 GMT") == RetryAfterTests.moment)
    for seconds in [0, 951_782_399, 951_782_400, 951_868_800, 1_709_164_800, RetryAfterTests.moment, 4_102_444_799] {
      #expect(HTTPDate.seconds(HTTPDate.text(seconds)) == seconds, "\(HTTPDate.text(seconds))")
    }
    #expect(HTTPDate.text(RetryAfterTests.moment) == "Sun, 06 Nov 1994 08:49:37 GMT")
    #expect(HTTPDate.seconds("Tue, 29 Feb 2000 12:00:00 GMT") == 951_825_600)
    #expect(HTTPDate.seconds("Fri, 31 Dec 2100 23:59:59 GMT") == 4_133_980_799)
    #expect(HTTPDate.seconds("Tue, 29 Feb 2100 00:00:00 GMT") == nil)
  }
}
