/// What a client is about to do.
enum MessagingStep: Sendable, Equatable {
  case logIn, refresh
  /// The event of an id is sent.
  case send(event: String)

  /// The id of the event that the step sends; nil for a step that sends none.
  var eventID: String? { if case .send(let id) = self { id } else { nil } }

  /// What a failure calls it: "could not log in to the channel".
  var words: String {
    switch self {
    case .logIn: "log in to the channel"
    case .refresh: "refresh the session"
    case .send: "send the event"
    }
  }
}
