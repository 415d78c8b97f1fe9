import Basics
package import Transport

/// The sandbox's agent side: looks at conversations, answers and closes them, and moves the clock.
///
/// It answers requests under `/sandbox/`, which no profile has: a script, a test or a person with `curl` is the agent.
///
/// | request | what it does |
/// |---|---|
/// | `GET /sandbox/conversations` | lists them, with their last messages |
/// | `GET /sandbox/conversations/N` | shows one |
/// | `POST /sandbox/conversations/N/reply` `{"text", "payload", "as": "agent"\|"bot"}` | answers the customer |
/// | `POST /sandbox/conversations/N/close` `{"reason"}` | closes it |
/// | `POST /sandbox/conversations/N/repeat` | sends its last event once more, under the same id |
/// | `POST /sandbox/clock` `{"advance": seconds}` | moves the clock; what is due closes |
///
/// Answers have the members `conversation` or `conversations`, and `deliveries`: what became of each event.
package struct AgentDesk: Sendable {
  let sandbox: Sandbox

  package init(_ sandbox: Sandbox) { self.sandbox = sandbox }

  static let prefix = "/sandbox/"

  /// Whether a request is for the desk.
  package static func isMeant(by request: HTTPRequest) -> Bool { request.path.hasPrefix(prefix) }

  /// The result of a request: events to deliver, in order, and the answer, which has their outcome.
  package struct Step: Sendable {
    package var deliveries: [OutgoingEvent] = []
    package var notes: [SandboxEvent] = []
    var status = 200
    var members: [JSONValue.Member] = []

    /// The answer once the deliveries are done.
    package func response(_ outcomes: [SandboxEvent]) -> HTTPResponse {
      let all = members + (outcomes.isEmpty ? [] : [.init("deliveries", .array(outcomes.map(\.json)))])
      return HTTPResponse(
        status: status, headers: [("Content-Type", "application/json; charset=utf-8")],
        body: JSONWriter.bytes(.object(all), indented: true) + [UInt8(ascii: "\n")])
    }
  }

  /// Carries a request out, but for its deliveries.
  package func handle(_ request: HTTPRequest) -> Step {
    do throws(Reply.Failure) {
      let words = request.path.dropFirst(AgentDesk.prefix.count).split(separator: "/")
      switch (request.method, words.first, words.count) {
      case ("GET", "conversations"?, 1): return list()
      case ("GET", "conversations"?, 2): return try show(try number(words[1]))
      case ("POST", "conversations"?, 3): return try act(words[2], on: try number(words[1]), try body(request))
      case ("POST", "clock"?, 1): return try advance(try body(request))
      default: throw Reply.Failure(404, "there is nothing at this path of the sandbox")
      }
    } catch {
      return Step(status: error.status, members: [.init("error", .string(error.message))])
    }
  }

  private func number(_ text: Substring) throws(Reply.Failure) -> Int {
    guard let number = Int(text) else { throw Reply.Failure(404, "a conversation has a number") }
    return number
  }

  /// The JSON object of a request, or an empty one; the type keeps pages in a browser from posting here unasked.
  private func body(_ request: HTTPRequest) throws(Reply.Failure) -> JSONValue {
    let type = request.headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
    guard type.hasPrefix("application/json") else {
      throw Reply.Failure(415, "send JSON, with the header Content-Type: application/json")
    }
    if request.body.isEmpty { return .object([]) }
    guard let value = NestedJSON.read(String(decoding: request.body, as: UTF8.self)), case .object = value else {
      throw Reply.Failure(400, "the body must be a JSON object")
    }
    return value
  }

  private func list() -> Step {
    sandbox.withState { state, now in
      let all = state.conversations.all.sorted { $0.key < $1.key }.map(\.value.json)
      return Step(members: [.init("clock", .integer(now / 1000)), .init("conversations", .array(all))])
    }
  }

  private func show(_ id: Int) throws(Reply.Failure) -> Step {
    try conversation(id) { (_, _, conversation, _) throws(Reply.Failure) in
      Step(members: [.init("conversation", conversation.json)])
    }
  }

  private func conversation(
    _ id: Int,
    _ body: (inout SandboxState, Int, Conversation, SandboxChannel) throws(Reply.Failure) -> Step
  ) throws(Reply.Failure) -> Step {
    let result: Result<Step, Reply.Failure> = sandbox.withState { state, now in
      guard let conversation = state.conversations.all[id] else {
        return .failure(Reply.Failure(404, "there is no conversation \(id)"))
      }
      guard let channel = state.account[channel: conversation.channel] else {
        return .failure(Reply.Failure(409, "the channel of conversation \(id) was deleted"))
      }
      do throws(Reply.Failure) {
        return .success(try body(&state, now, conversation, channel))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private func act(_ word: Substring, on id: Int, _ body: JSONValue) throws(Reply.Failure) -> Step {
    try conversation(id) { (state, now, conversation, channel) throws(Reply.Failure) in
      var step = Step()
      switch word {
      case "reply", "close":
        guard conversation.closeReason == nil else {
          throw Reply.Failure(409, "conversation \(id) is closed; a new message of the customer opens another")
        }
        let event =
          word == "reply"
          ? try reply(body, conversation: conversation, channel: channel, now: now, state: &state)
          : try close(body, conversation: conversation, channel: channel, state: &state)
        step.deliveries = [event]
        if word == "close", let reason = state.conversations.all[id]?.closeReason {
          step.notes = [.closed(conversation: id, channel: channel.id, reason: reason.rawValue)]
        }
      case "repeat":
        guard let last = state.conversations.lastEvents[id] else {
          throw Reply.Failure(409, "conversation \(id) has no event to repeat")
        }
        step.deliveries = [last]
      default: throw Reply.Failure(404, "a conversation takes reply, close and repeat")
      }
      step.members = [.init("conversation", (state.conversations.all[id] ?? conversation).json)]
      return step
    }
  }

  private func reply(
    _ body: JSONValue, conversation: Conversation, channel: SandboxChannel, now: Int,
    state: inout SandboxState
  ) throws(Reply.Failure) -> OutgoingEvent {
    var author = Conversation.Author.agent
    switch body["as"] {
    case nil, .string("agent")?: break
    case .string("bot")?: author = .bot
    default: throw Reply.Failure(422, "as: must be agent or bot")
    }
    var message: [JSONValue.Member] = [.init("message_id", .string(HexDigits.uuid(using: &state.generator)))]
    var text = ""
    if case .string(let given)? = body["text"] {
      text = given
      message.append(.init("text", .string(given)))
    }
    var attachments = 0
    if case .array(let items)? = body["payload"] {
      attachments = items.count
      message.append(.init("payload", .array(items)))
    }
    guard message.count > 1 else { throw Reply.Failure(422, "text: is required, as a string, or a payload") }
    state.conversations.add(
      .init(author: author, text: text, attachments: attachments), to: conversation.id, in: channel, at: now)
    return state.outgoing(
      "send_message", data: ["sender_data": AgentDesk.sender(author), "message": .object(message)],
      conversation: conversation, channel: channel)
  }

  private func close(
    _ body: JSONValue, conversation: Conversation, channel: SandboxChannel, state: inout SandboxState
  ) throws(Reply.Failure) -> OutgoingEvent {
    var reason = Conversation.ClosingReason.byAgent
    if let given = body["reason"] {
      guard case .string(let word) = given, let known = Conversation.ClosingReason(rawValue: word) else {
        let words = Conversation.ClosingReason.allCases.map(\.rawValue).joined(separator: ", ")
        throw Reply.Failure(422, "reason: must be one of \(words)")
      }
      reason = known
    }
    return state.close(conversation, channel, reason)
  }

  private func advance(_ body: JSONValue) throws(Reply.Failure) -> Step {
    guard case .integer(let seconds)? = body["advance"], (0...31_536_000).contains(seconds) else {
      throw Reply.Failure(422, "advance: must be whole seconds, at most those of a year")
    }
    sandbox.withState { state, _ in state.offset += seconds * 1000 }
    var step = closeDue()
    step.members = [.init("clock", .integer(sandbox.withState { _, now in now / 1000 }))]
    return step
  }

  /// Closes the conversations whose channel's closing time has elapsed.
  package func closeDue() -> Step {
    sandbox.withState { state, now in
      var step = Step()
      let account = state.account
      for id in state.conversations.due(at: now, channel: { account[channel: $0] }) {
        guard let conversation = state.conversations.all[id], let channel = account[channel: conversation.channel]
        else { continue }
        step.deliveries.append(state.close(conversation, channel, .byClientTimeout))
        step.notes.append(
          .closed(
            conversation: id, channel: channel.id, reason: Conversation.ClosingReason.byClientTimeout.rawValue))
      }
      return step
    }
  }

  /// Who answers: the sandbox has one agent and one bot.
  static func sender(_ author: Conversation.Author) -> JSONValue {
    let isBot = author == .bot
    return [
      "sender_id": .integer(isBot ? 2 : 1), "sender_username": .string(isBot ? "bot" : "agent"),
      "sender_display_name": .string(isBot ? "Sandbox bot" : "Sandbox agent"), "sender_avatar": "",
      "sender_email": .string(isBot ? "bot@sandbox.invalid" : "agent@sandbox.invalid"),
      "sender_type": .string(isBot ? "bot" : "agent"), "is_bot": .bool(isBot),
    ]
  }
}

extension SandboxState {
  /// Closes a conversation; the event informs the channel's service.
  fileprivate mutating func close(
    _ conversation: Conversation, _ channel: SandboxChannel, _ reason: Conversation.ClosingReason
  ) -> OutgoingEvent {
    conversations.close(conversation.id, reason)
    var data: [JSONValue.Member] = [.init("close_reason", .string(reason.rawValue))]
    if reason == .byAgent { data.append(.init("sender_data", AgentDesk.sender(.agent))) }
    return outgoing("close_conversation", data: .object(data), conversation: conversation, channel: channel)
  }

  /// An event for a channel's callback URL, kept for a repetition.
  fileprivate mutating func outgoing(
    _ type: String, data: JSONValue, conversation: Conversation, channel: SandboxChannel
  ) -> OutgoingEvent {
    let event = OutgoingEvent(
      type, data: data, of: conversation, in: channel, token: channel.apiToken.flatMap { tokenValues[$0] },
      id: HexDigits.uuid(using: &generator))
    conversations.lastEvents[conversation.id] = event
    return event
  }
}
