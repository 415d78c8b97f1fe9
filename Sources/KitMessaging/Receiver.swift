/// A callback URL's side of a custom channel: one request in, a verified event or a refusal out.
///
/// It is a function over values, for any server to mount: hand it method, header fields and body, answer what
/// `Reception.response` says, and handle the event where there is one.
///
/// Kit calls the URL with a test request when the channel is created, signed with a salt that is not known yet. A
/// receiver without keys therefore answers the test request with 200 and every event with 503; give it the keys once
/// `kitform output --show-secrets` shows the salt.
public struct Receiver: Sendable {
  /// Where signatures are checked with; nil until the salt is known.
  public var signature: Signature?
  /// Whether the form of the documentation, with a space after each colon, counts too.
  public var acceptsSpaces: Bool
  /// Where event ids are remembered; share it between the receivers of one channel.
  public let window: EventWindow

  /// The longest body in bytes that is read: 1 MiB.
  public static let bodyLimit = 1 << 20

  /// A receiver of one channel; without a signature it knows no keys yet.
  public init(signature: Signature?, acceptsSpaces: Bool = false, window: EventWindow = EventWindow()) {
    self.signature = signature
    self.acceptsSpaces = acceptsSpaces
    self.window = window
  }

  /// Judges one request.
  ///
  /// An event that is returned as new is remembered at once: two copies at the same time are one event. Where it
  /// cannot be handled, call `window.remove(event.id)` and answer an error, so that a repetition counts again.
  ///
  /// - Parameters:
  ///   - method: as in the request line; Kit tests with `GET` and sends events with `POST`.
  ///   - headers: names compare without case; of a repeated field the first value counts.
  ///   - body: the whole body.
  public func receive(method: String, headers: [(name: String, value: String)], body: [UInt8]) -> Reception {
    guard !Receiver.isFromPage(headers) else { return .refused(.webPage) }
    let authorization = headers.first { $0.name.lowercased() == "authorization" }?.value
    switch method.uppercased() {
    case "HEAD" where signature == nil: return .refused(.noKeys)
    case "GET", "HEAD": return test(authorization)
    case "POST": return event(authorization, body)
    default: return .refused(.method)
    }
  }

  /// Whether a web page in a browser caused a request: Kit sends neither of the two fields.
  package static func isFromPage(_ headers: [(name: String, value: String)]) -> Bool {
    headers.contains { name, value in
      switch name.lowercased() {
      case "origin": true
      case "sec-fetch-site": value.lowercased() != "none"
      default: false
      }
    }
  }

  private func test(_ authorization: String?) -> Reception {
    guard let signature else { return .testRequest(isVerified: false) }
    guard let authorization else { return .refused(.unsigned) }
    guard signature.verifies(authorization, eventID: nil, acceptsSpaces: acceptsSpaces) else {
      return .refused(.signature)
    }
    return .testRequest(isVerified: true)
  }

  private func event(_ authorization: String?, _ body: [UInt8]) -> Reception {
    guard let signature else { return .refused(.noKeys) }
    guard let authorization else { return .refused(.unsigned) }
    guard body.count <= Receiver.bodyLimit else { return .refused(.tooLarge) }
    // The signature covers the id in the body, so the body is read first; it is not trusted yet.
    let event: KitEvent
    do throws(MessagingError) {
      event = try KitEvent(json: body)
    } catch {
      return .refused(.unreadable(error.message))
    }
    guard signature.verifies(authorization, eventID: event.id, acceptsSpaces: acceptsSpaces) else {
      return .refused(.signature)
    }
    return window.insert(event.id) ? .event(event) : .duplicate(event)
  }
}

/// What a request to a callback URL turned out to be.
public enum Reception: Sendable, Equatable {
  /// A new event, verified.
  case event(KitEvent)
  /// An event that was here before, verified; there is nothing to do.
  case duplicate(KitEvent)
  /// Kit's test request; not verified where the receiver has no keys yet.
  case testRequest(isVerified: Bool)
  case refused(ReceptionRefusal)

  /// Why a request is refused.
  public enum ReceptionRefusal: Sendable, Equatable {
    /// A web page caused the request: it has an `Origin`, or a `Sec-Fetch-Site` other than `none`.
    case webPage
    /// Neither `GET` nor `POST`.
    case method
    /// The receiver has no salt yet, so that it can believe no event.
    case noKeys
    /// There is no `Authorization` header.
    case unsigned
    /// The signature is another one: another salt, another API token, or not from Kit.
    case signature
    /// The body is longer than `Receiver.bodyLimit`.
    case tooLarge
    /// The body is no event; why.
    case unreadable(String)

    /// Why, and what to change, as one sentence.
    public var description: String {
      switch self {
      case .webPage: "A web page caused the request: Kit sends no Origin and no Sec-Fetch-Site."
      case .method: "Kit calls with GET or POST."
      case .noKeys: "The receiver has no salt and API token yet: configure them and start it again."
      case .unsigned: "The Authorization header is missing: the request is not from Kit, or a proxy drops the header."
      case .signature:
        "The signature does not match: compare the receiver's salt and API token with the channel's in Kit."
      case .tooLarge: "The body is longer than \(Receiver.bodyLimit) bytes."
      case .unreadable(let why): "The body is no event: \(why)"
      }
    }
  }

  /// The answer for Kit: 200 with the text `OK`, or the status of a refusal with a line that says why.
  public var response: (status: Int, body: String) {
    switch self {
    case .event, .duplicate, .testRequest: (200, "OK")
    case .refused(let refusal): (refusal.status, refusal.description + "\n")
    }
  }
}

extension Reception.ReceptionRefusal {
  /// The status of the answer.
  public var status: Int {
    switch self {
    case .webPage: 403
    case .method: 405
    case .noKeys: 503
    case .unsigned, .signature: 401
    case .tooLarge: 413
    case .unreadable: 400
    }
  }
}
