import KitMessaging
import Support
import Testing

@Suite struct ClientEventTests {
  /// The documentation's example of an event, put right to JSON.
  static let documented = """
    {"client_data":{"client_id":"107804195","client_phone":"","client_avatar":"","client_display_name":"James Smith",\
    "client_email":"","client_language":"","utm":{"source":"","campaign":"","content":"","medium":"","term":""},\
    "page":{"url":"","title":""},"location":{"latitude":33.1212,"longitude":33.1212,"country":"","country_code":"",\
    "region":"","region_code":"","city":"","ip_address":""},"device":{"type":"","model":"","user_agent":""}},\
    "event_id":"123","event_type":"send_message","event_data":{"message":{"message_id":"123","text":"",\
    "payload":[{"type":"photo","file_name":"","file_url":""}]}}}
    """

  private func text(_ event: ClientEvent) throws -> String { String(decoding: try event.json(), as: UTF8.self) }

  @Test func `the documented example is read and written byte by byte`() throws {
    let event = try ClientEvent(json: Array(Self.documented.utf8))
    #expect(event.client.id == "107804195")
    #expect(event.client.displayName == "James Smith")
    #expect(event.client.location?.latitude == 33.1212)
    #expect(event.message.payload == [.media(.init(.photo, fileName: "", fileURL: ""))])
    #expect(try text(event) == Self.documented)
  }

  @Test func `the least event has the four required members and its type`() throws {
    let event = ClientEvent(client: Client(id: "7"), id: "e1", message: Message(id: "m1"))
    #expect(
      try text(event)
        == #"{"client_data":{"client_id":"7"},"event_id":"e1","event_type":"send_message","event_data":{"message":{"message_id":"m1"}}}"#
    )
  }

  @Test func `every payload is written as documented`() throws {
    let event = ClientEvent(
      client: Client(id: "7"), id: "e",
      message: Message(
        id: "m", text: "see",
        payload: Payload.MediaType.allCases.map { .media(.init($0, fileURL: "https://files.example.com/1")) } + [
          .location(.init(latitude: -33, longitude: 18.4241, address: "Cape Town")),
          .contact(.init(name: "Ann", number: "+4912345", avatar: "https://files.example.com/2")),
        ]))
    let json = try ParsedJSON(text(event))["event_data"]["message"]["payload"]
    #expect(json.items.map { $0["type"].string } == ["photo", "audio", "video", "document", "location", "contact"])
    #expect(json[0]["file_url"].string == "https://files.example.com/1")
    #expect(json[4].names == ["address", "latitude", "longitude", "type"])
    #expect(try text(event).contains(#""latitude":-33.0,"longitude":18.4241"#))
    #expect(json[5].names == ["avatar", "name", "number", "type"])
    #expect(try ClientEvent(json: event.json()) == event)
  }

  @Test func `texts that would drive a terminal are escaped, and come back as they were`() throws {
    let nasty = "a\u{1B}[31m\"\\\n\u{202E}\u{200B}😀"
    let event = ClientEvent(client: Client(id: nasty), id: nasty, message: Message(id: nasty, text: nasty))
    #expect(!(try text(event)).unicodeScalars.contains("\u{1B}"))
    #expect(try ClientEvent(json: event.json()) == event)
    #expect(try ParsedJSON(text(event))["event_id"].string == nasty)
  }

  private func problems(_ json: String) -> String {
    do throws(MessagingError) {
      _ = try ClientEvent(json: Array(json.utf8))
      return ""
    } catch {
      #expect(error.cause == .invalidEvent)
      return error.message
    }
  }

  @Test(arguments: [
    (
      #"{"client_data":{},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#,
      "`client_data.client_id` is required, as a string"
    ),
    (
      #"{"client_data":{"client_id":7},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#,
      "`client_data.client_id` must be a string: put it in quotes"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#,
      "`event_id` is required, as a string"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":"1","event_type":"send_mesage","event_data":{"message":{"message_id":"1"}}}"#,
      "`event_type` is `send_mesage`: Kit takes `send_message`"
    ),
    (
      #"{"client_data":{"client_id":"7","client_nmae":"A"},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#,
      "`client_data.client_nmae` is not a documented member"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":"1","event_type":"send_message","event_data":{"message":{}}}"#,
      "`event_data.message.message_id` is required, as a string"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1","payload":[{"type":"gif"}]}}}"#,
      "`event_data.message.payload[0].type` is `gif`: Kit takes photo, audio, video, document, location and contact"
    ),
    (
      #"{"client_data":{"client_id":"7","location":{"latitude":"north"}},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#,
      "`client_data.location.latitude` must be a number, without quotes"
    ),
    ("[]", "the event is not a JSON object: check its quotes, commas and braces"),
    (#"{"client_data": }"#, "the event is not a JSON object: check its quotes, commas and braces"),
  ])
  func `a mistake is named by its path`(json: String, words: String) {
    let found = problems(json)
    #expect(found.hasPrefix(words), "\(found)")
  }

  @Test func `every mistake is told at once`() {
    #expect(
      problems("{}").split(separator: "; ").count == 4,
      "type, event id, client id and message id: \(problems("{}"))")
  }

  @Test func `an event with a text of 10 MB is not sent`() {
    let event = ClientEvent(
      client: Client(id: "7"), id: "1", message: Message(id: "1", text: String(repeating: "x", count: 10_000_000)))
    do throws(MessagingError) {
      _ = try event.json()
      Issue.record("10 MB are written")
    } catch {
      #expect(error.cause == .invalidEvent)
      #expect(error.message.contains("shorten `event_data.message.text`"))
      #expect(error.description.utf8.count < 500)
    }
  }

  @Test func `too large and too deep are told from what is no JSON`() {
    let text = String(repeating: "x", count: 9 << 20)
    #expect(problems(#"{"event_id": "\#(text)"}"#).hasPrefix("the event is too large: it has at most 8 MiB"))
    let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
    #expect(problems(#"{"event_id": \#(deep)}"#).hasPrefix("the event is nested more than 64 levels deep"))
  }

  @Test func `what cannot be JSON is not sent`() {
    let event = ClientEvent(
      client: Client(id: "7", location: .init(latitude: .nan)), id: "1",
      message: Message(
        id: "1",
        payload: [
          .location(.init(latitude: .infinity, longitude: 0)), .unknown(type: "sticker", json: #"{"type":"sticker"}"#),
        ]))
    #expect(
      event.problems == [
        "`client_data.location.latitude` must be a finite number",
        "`event_data.message.payload[0]` must have a finite latitude and longitude",
        "`event_data.message.payload[1].type` is `sticker`: Kit takes photo, audio, video, document, location and contact",
      ])
  }
}
