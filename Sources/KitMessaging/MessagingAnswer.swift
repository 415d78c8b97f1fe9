import Basics
import Transport

/// An answer of the messaging API: its result, or a failure by its cause.
struct MessagingAnswer {
  let result: JSONValue

  /// - Parameters:
  ///   - secrets: texts that no failure may repeat, whatever Kit writes.
  ///   - known: what else the run knows.
  init(
    _ response: HTTPResponse, _ step: MessagingStep, secrets: [String], known: KnownSecrets? = nil
  ) throws(MessagingError) {
    let value = try? JSONText.value(response.body)
    if (200..<300).contains(response.status), let value, value["success"] == .bool(true), let result = value["result"] {
      self.result = result
      return
    }
    throw MessagingAnswer.failure(response, value, step) { words in
      let words = Redactor(secrets).redact(foreign: words)
      return known?.redact(words) ?? words
    }
  }

  private static func failure(
    _ response: HTTPResponse, _ value: JSONValue?, _ step: MessagingStep, redact: (String) -> String
  ) -> MessagingError {
    let status = response.status
    let isSending = step.eventID != nil
    var said = ""
    if case .string(let words)? = value?["result"]?["error"] {
      said = ": " + SafeText.escape(String(redact(words).prefix(500)))
    }
    let message = "could not \(step.words): Kit answers \(status)\(said)"
    func failed(_ cause: MessagingError.FailureCause, _ remedy: String) -> MessagingError {
      MessagingError(cause, message, remedy: remedy, status: status)
    }
    switch status {
    case 401 where step == .refresh: return failed(.credentials, "log in again: the refresh token is spent or too old")
    case 401 where !isSending, 403 where !isSending:
      return failed(
        .credentials,
        "check the account name and the API token; a token that was revoked or lacks the role needs another"
      )
    case 403:
      return failed(.credentials, "the session is of another channel or its API token was revoked: check both")
    case 402: return failed(.refusedEvent, "top up the account's balance")
    case 404:
      return failed(
        .unknownChannel, "check the channel's UUID, and that host and account are those of the channel")
    case 413:
      return failed(.refusedEvent, "shorten the text, and send files as a payload with a `file_url`")
    case 429: return failed(.throttled, "send fewer events at once")
    case 400..<500:
      return failed(
        isSending ? .refusedEvent : .credentials,
        isSending ? "correct what Kit names" : "check account name, API token and channel UUID")
    case 300..<400:
      return failed(.service, "check the messaging host: it answers with a redirect, which is not followed")
    case 200..<300 where value?["success"] == .bool(false):
      return failed(isSending ? .refusedEvent : .credentials, "correct what Kit names")
    case 200..<300:
      return MessagingError.unclear(
        "the answer is not one of the messaging API", doing: step, otherwise: "check the messaging host",
        status: status)
    default:
      return MessagingError.unclear(
        "Kit answers \(status)\(said)", doing: step, otherwise: "try again later", status: status)
    }
  }
}
