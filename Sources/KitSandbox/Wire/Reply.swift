import Basics
import KitProfile
import Transport

/// What the account says to one call, before it is put into the profile's envelope.
enum Reply {
  case result(JSONValue)
  /// A page of items that are JSON already, with what is said of the listing.
  case page([[UInt8]], PageFacts)
  case failure(Failure)

  /// Counts of a listing.
  struct PageFacts {
    var total: Int
    var number: Int
    var size: Int
    /// The text that names the next page, for listings with cursors; nil on the last one.
    var nextCursor: String?
    /// How many pages there are.
    var pages: Int { (total + size - 1) / size }
  }

  /// A call that the account refuses.
  struct Failure: Error, Equatable {
    var status: Int
    var message: String
    var retryAfter: String?

    init(_ status: Int, _ message: String, retryAfter: String? = nil) {
      self.status = status
      self.message = message
      self.retryAfter = retryAfter
    }
  }
}

extension Reply {
  /// The answer in the envelope of a profile.
  func response(_ profile: APIProfile) -> HTTPResponse {
    var headers = [(name: "Content-Type", value: "application/json; charset=utf-8")]
    switch self {
    case .result(let result):
      var members: [JSONValue.Member] = []
      JSONTree.set(true, at: profile.envelope.success.path, in: &members)
      JSONTree.set(result, at: profile.envelope.result.path, in: &members)
      return HTTPResponse(status: 200, headers: headers, body: JSONWriter.bytes(.object(members)))
    case .page(let items, let facts):
      return HTTPResponse(status: 200, headers: headers, body: Reply.pageBody(items, facts, profile))
    case .failure(let failure):
      var members: [JSONValue.Member] = []
      JSONTree.set(false, at: profile.envelope.success.path, in: &members)
      JSONTree.set(.string(failure.message), at: profile.envelope.error.path, in: &members)
      if let code = profile.envelope.code?.path { JSONTree.set(.integer(failure.status), at: code, in: &members) }
      if let retryAfter = failure.retryAfter { headers.append(("Retry-After", retryAfter)) }
      return HTTPResponse(status: failure.status, headers: headers, body: JSONWriter.bytes(.object(members)))
    }
  }

  /// Writes the envelope around items that are bytes already: an empty list marks their place.
  private static func pageBody(_ items: [[UInt8]], _ facts: PageFacts, _ profile: APIProfile) -> [UInt8] {
    var members: [JSONValue.Member] = []
    JSONTree.set(true, at: profile.envelope.success.path, in: &members)
    JSONTree.set([], at: profile.envelope.result.path, in: &members)
    let paging = profile.paging
    if let total = paging.total?.path { JSONTree.set(.integer(facts.total), at: total, in: &members) }
    switch paging.style {
    case .pages(parameter: _, let pages, let current, let perPage):
      for (path, value) in [(pages, facts.pages), (current, facts.number), (perPage, facts.size)] {
        if let path = path?.path { JSONTree.set(.integer(value), at: path, in: &members) }
      }
    case .cursor(parameter: _, let next):
      JSONTree.set(.text(facts.nextCursor), at: next.path, in: &members)
    }
    let frame = JSONWriter.bytes(.object(members))
    let mark = Array("[]".utf8)
    guard let place = frame.indices.first(where: { frame[$0...].starts(with: mark) }) else { return frame }
    var body = Array(frame[...place])
    for (index, item) in items.enumerated() {
      if index > 0 { body.append(UInt8(ascii: ",")) }
      body.append(contentsOf: item)
    }
    body.append(contentsOf: frame[(place + 1)...])
    return body
  }
}
