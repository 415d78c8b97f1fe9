import Basics

/// Why something with a custom channel did not work, by its cause; the words say what to change.
///
/// None of it holds a token, a salt or a URL with one.
public struct MessagingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The cause.
  public enum FailureCause: Sendable, Equatable {
    /// The configuration itself: the host is no address, this is not a channel's UUID.
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

  /// The cause, for a program's decisions.
  public var cause: FailureCause
  /// What happened, as one sentence without a full stop.
  public var message: String
  /// What to do about it.
  public var remedy: String
  /// The status of Kit's answer, where one came.
  public var status: Int?
  /// The id of the event that Kit may have taken all the same, to be sent again under; nil where it certainly was not.
  public var eventID: String?

  /// An error of a cause, with words for people.
  public init(_ cause: FailureCause, _ message: String, remedy: String, status: Int? = nil, eventID: String? = nil) {
    self.cause = cause
    self.message = message
    self.remedy = remedy
    self.status = status
    self.eventID = eventID
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
  static func network(_ failure: MessagingTransportFailure, doing step: MessagingStep) -> MessagingError {
    switch failure {
    case .notSent(let reason):
      MessagingError(
        .network(mayHaveArrived: false), "could not \(step.words): \(SafeText.escape(reason))",
        remedy: "check the messaging host and the network; nothing was sent")
    case .interrupted(let reason):
      unclear(
        SafeText.escape(reason), doing: step, cause: .network(mayHaveArrived: true),
        otherwise: step == .refresh ? "log in again: a refresh token counts once" : "try again")
    case .cancelled:
      MessagingError(.cancelled, "could not \(step.words): the task was cancelled", remedy: "nothing was sent")
    }
  }

  /// The outcome of a call is unknown: the remedy for an event is how to repeat it, for any other call it is `otherwise`.
  static func unclear(
    _ reason: String, doing step: MessagingStep, cause: FailureCause = .service, otherwise remedy: String,
    status: Int? = nil
  ) -> MessagingError {
    let again = step.eventID.map {
      "Kit may have received it: send it again with the same event id, `\(SafeText.escape($0))`, which counts once"
    }
    return MessagingError(
      cause, "could not \(step.words): \(reason)", remedy: again ?? remedy, status: status, eventID: step.eventID)
  }
}
