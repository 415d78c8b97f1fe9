import KitMessaging
import Testing

@Suite struct KitEventTests {
  private func event(_ json: String) throws -> KitEvent { try KitEvent(json: Array(json.utf8)) }

  @Test func `an agent's message has a sender`() throws {
    let json = """
      {"client_data":{"client_id":"107804195"},"event_id":"e-1","event_type":"send_message","event_data":{
        "sender_data":{"sender_id":17,"sender_username":"ann","sender_display_name":"Ann","sender_avatar":"",
          "sender_email":"ann@example.com","sender_type":"agent","is_bot":false},
        "message":{"message_id":"m-1","text":"Hello","payload":[{"type":"document","file_name":"a.pdf",
          "file_url":"https://files.example.com/a.pdf"}]}}}
      """
    let event = try event(json)
    #expect(event.id == "e-1")
    #expect(event.clientID == "107804195")
    #expect(event.json == Array(json.utf8))
    guard case .message(let message, let sender) = event.content else {
      Issue.record("\(event.content)")
      return
    }
    #expect(message.text == "Hello")
    #expect(
      message.payload == [.media(.init(.document, fileName: "a.pdf", fileURL: "https://files.example.com/a.pdf"))])
    #expect(
      sender
        == .init(
          id: 17, username: "ann", displayName: "Ann", avatar: "", email: "ann@example.com", type: "agent"))
  }

  @Test func `a bot is known by its flag, or by its type where the flag is missing`() throws {
    func isBot(_ sender: String) throws -> Bool? {
      let event = try event(
        #"{"client_data":{"client_id":"1"},"event_id":"e","event_type":"send_message","event_data":{"sender_data":\#(sender),"message":{"message_id":"m"}}}"#
      )
      guard case .message(_, let sender) = event.content else { return nil }
      return sender?.isBot
    }
    #expect(try isBot(#"{"is_bot":true}"#) == true)
    #expect(try isBot(#"{"sender_type":"bot"}"#) == true)
    #expect(try isBot(#"{"sender_type":"agent","sender_id":"17"}"#) == false)
    #expect(try isBot("null") == nil)
  }

  @Test(arguments: [
    ("CLOSED_BY_AGENT", KitEvent.CloseReason.byAgent), ("CLOSED_BY_BOT", .byBot),
    ("CLOSED_BY_CLIENT_TIMEOUT", .byClientTimeout), ("CLOSED_BY_UNKNOWN_REASON", .byUnknownReason),
    ("CLOSED_BY_MOON", .other("CLOSED_BY_MOON")),
  ])
  func `a close reason is known by Kit's word, or kept`(word: String, reason: KitEvent.CloseReason) throws {
    let event = try event(
      #"{"client_data":{"client_id":"1"},"event_id":"e","event_type":"close_conversation","event_data":{"close_reason":"\#(word)"}}"#
    )
    #expect(event.content == .conversationClosed(reason, sender: nil))
    #expect(reason.wireName == word)
  }

  @Test func `what is not known is kept`() throws {
    let typing = #"{"event_id":"e","event_type":"typing","event_data":{"by":"agent"},"extra":[1]}"#
    let event = try event(typing)
    #expect(event.content == .unknown(type: "typing"))
    #expect(event.json == Array(typing.utf8))
    let sticker = try self.event(
      #"{"client_data":{"client_id":"1"},"event_id":"e","event_type":"send_message","event_data":{"message":{"message_id":"m","mood":"good","payload":[{"type":"sticker","pack":{"id":3}}]}}}"#
    )
    guard case .message(let message, _) = sticker.content else {
      Issue.record("\(sticker.content)")
      return
    }
    #expect(message.payload == [.unknown(type: "sticker", json: #"{"type":"sticker","pack":{"id":3}}"#)])
  }

  @Test(arguments: [
    "", "null", "[]", "{", #"{"event_type":"send_message"}"#, #"{"event_id":"","event_type":"send_message"}"#,
    #"{"event_id":1,"event_type":"send_message"}"#,
    #"{"event_id":"e","event_type":"send_message","event_data":{"message":{"message_id":"m"}}}"#,
    #"{"client_data":{"client_id":"1"},"event_id":"e","event_type":"send_message","event_data":{}}"#,
    #"{"client_data":{"client_id":"1"},"event_id":"e","event_type":"close_conversation","event_data":{}}"#,
    #"{"client_data":[],"event_id":"e","event_type":"close_conversation","event_data":{"close_reason":"X"}}"#,
  ])
  func `what is no event is an error`(json: String) {
    #expect(throws: MessagingError.self) { try event(json) }
  }

  @Test func `deep nesting is an error, not a crash`() {
    let json = String(repeating: "[", count: 200_000)
    #expect(throws: MessagingError.self) { try event(#"{"event_id":"e","event_type":"x","event_data":"# + json) }
  }
}
