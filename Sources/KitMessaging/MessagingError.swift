import Documents

/// Why something with a custom channel did not work, by its cause; the words say what to change.
///
/// None of it holds a token, a salt or a URL with one.
public struct MessagingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What is to blame.
  public enum Cause: Sendable, Equatable {
    /// The configuration itself: the host is no address, the channel's UUID is none.
    case configuration
    /// The account name or the API token is wrong, or the token was revoked.
    case credentials
    /// The account has no custom channel of this UUID.
    case unknownChannel
    /// The event lacks something or is too large; it was not sent.
    case invalidEvent
    /// Kit does not take the event.
    case refusedEvent
    /// Kit answers 429 and did so again after waiting.
    case throttled
    /// No answer came; `mayHaveArrived` says whether Kit may have taken the request all the same.
    case network(mayHaveArrived: Bool)
    /// Kit failed (5xx), or its answer cannot be understood; the request may have been taken.
    case service
    /// The task was cancelled before the request was sent.
    case cancelled
  }

  /// What is to blame: what a program decides by.
  public var cause: Cause
  /// What happened, as one sentence without a full stop.
  public var message: String
  /// What to do about it.
  public var remedy: String
  /// The status of Kit's answer, where one came.
  public var status: Int?

  /// An error of a cause, with words for people.
  public init(_ cause: Cause, _ message: String, remedy: String, status: Int? = nil) {
    self.cause = cause
    self.message = message
    self.remedy = remedy
    self.status = status
  }

  /// What happened and what to do, in one line.
  public var description: String { "\(message); \(remedy)" }
}

extension MessagingError {
  static func invalidEvent(_ problems: [String]) -> MessagingError {
    MessagingError(
      .invalidEvent, problems.joined(separator: "; "), remedy: "correct the event; it was not sent")
  }

  /// No answer came to a call.
  static func network(_ failure: MessagingTransportFailure, doing words: String) -> MessagingError {
    switch failure {
    case .notSent(let reason):
      MessagingError(
        .network(mayHaveArrived: false), "could not \(words): \(SafeText.escape(reason))",
        remedy: "check the messaging host and the network; nothing was sent")
    case .interrupted(let reason):
      MessagingError(
        .network(mayHaveArrived: true), "could not \(words): \(SafeText.escape(reason))",
        remedy: "Kit may have taken it all the same: send it again under the same event id")
    case .cancelled:
      MessagingError(.cancelled, "could not \(words): the task was cancelled", remedy: "nothing was sent")
    }
  }
}
