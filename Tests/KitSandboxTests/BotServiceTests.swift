import Basics
import Documents
import KitSandbox
import Testing
import Transport

/// Login, refresh and events, in the documented words.
@Suite struct BotServiceTests {
  @Test func `a login gives two tokens in the form of JSON Web Tokens`() throws {
    let kit = try MessagingKit()
    let answer = kit.logIn()
    #expect(answer.status == 200)
    let tokens = try kit.tokens(answer)
    for token in [tokens.access, tokens.refresh] {
      #expect(token.split(separator: ".").count == 3)
      #expect(token.hasPrefix("eyJ"), "base64url of an object: \(token)")
    }
    #expect(tokens.access != tokens.refresh)
    #expect(kit.send(tokens.access).text == #"{"success":true,"result":true}"#)
  }

  @Test func `the form may be multipart, as the documentation allows`() throws {
    let kit = try MessagingKit()
    let body =
      "--XyZ\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nvalue\r\nwith lines\r\n"
      + "--XyZ\r\ncontent-disposition: form-data; name=\"channel_uuid\"\r\nContent-Type: text/plain\r\n\r\n\(kit.uuid)\r\n--XyZ--\r\n"
    func status(_ type: String, _ body: String) -> Int? {
      kit.local.call(
        HTTPRequest(
          method: "POST", scheme: "http", host: "127.0.0.1", path: MessagingKit.login,
          query: "domain=acme&access_token=full-token", headers: [("content-type", type)], body: Array(body.utf8))
      ).status
    }
    #expect(status("multipart/form-data; boundary=XyZ", body) == 200)
    #expect(status("multipart/form-data; boundary=\"XyZ\"", body) == 200)
    #expect(status("multipart/form-data", body) == 422)
    #expect(status("multipart/form-data; boundary=Other", body) == 422)
    #expect(status("multipart/form-data; boundary=XyZ", String(body.dropLast(20))) == 422)
    #expect(status("text/plain", body) == 422)
  }

  @Test func `a login with wrong credentials or of no custom channel is refused`() throws {
    let kit = try MessagingKit()
    #expect(kit.logIn(token: "wrong").status == 401)
    #expect(kit.logIn(token: "disabled-token").status == 401)
    #expect(kit.logIn(account: "other").status == 401)
    #expect(kit.logIn(uuid: "").status == 422)
    #expect(kit.logIn(uuid: "11111111-2222-4333-8444-555555555555").status == 404)
    _ = kit.local.create(LocalKit.ok)
    let ok = try #require(kit.local.sandbox.snapshot.account.channels.first { $0.kind == "ok" })
    #expect(kit.logIn(uuid: ok.uuid).status == 404)
    #expect(kit.logIn(token: "reading-token").status == 200)
    #expect(kit.logIn(uuid: kit.uuid.uppercased()).status == 200)
    kit.local.sandbox.edit { $0.contactCentre = false }
    #expect(kit.logIn().status == 403)
  }

  @Test func `a session sends for 15 minutes and is refreshed for 24 hours`() throws {
    let kit = try MessagingKit()
    let tokens = try kit.tokens(kit.logIn())
    kit.local.clock.advance(15 * 60_000 - 1000)
    #expect(kit.send(tokens.access).status == 200)
    kit.local.clock.advance(1000)
    let late = kit.send(tokens.access)
    #expect(late.status == 401)
    #expect(late.error == "Authorization: has expired")
    let next = try kit.tokens(kit.refresh(tokens.refresh))
    #expect(kit.send(next.access).status == 200)
    kit.local.clock.advance(24 * 3_600_000)
    #expect(kit.refresh(next.refresh).error == "refresh_token: has expired")
  }

  @Test func `a refresh token counts once, and an access token is none`() throws {
    let kit = try MessagingKit()
    let tokens = try kit.tokens(kit.logIn())
    #expect(kit.refresh(tokens.access).status == 401)
    #expect(kit.send(tokens.refresh).status == 401)
    #expect(kit.refresh(tokens.refresh).status == 200)
    #expect(kit.refresh(tokens.refresh).error == "refresh_token: was used before")
    #expect(kit.refresh("").status == 422)
    #expect(kit.send(tokens.access).status == 200, "the old access token holds until its time is up")
  }

  @Test func `sessions end with the API token behind them`() throws {
    let kit = try MessagingKit()
    let tokens = try kit.tokens(kit.logIn())
    kit.local.sandbox.edit { $0.apiTokens[0].isEnabled = false }
    #expect(kit.send(tokens.access).error == "Authorization: the API token behind it was revoked")
    #expect(kit.refresh(tokens.refresh).status == 401)
    kit.local.sandbox.edit { $0.apiTokens[0].isEnabled = true }
    #expect(kit.send(tokens.access).status == 200)
  }

  @Test func `a forged, changed or foreign token is refused`() throws {
    let kit = try MessagingKit()
    let access = try kit.tokens(kit.logIn()).access
    for position in stride(from: 0, to: access.count, by: 7) {
      var letters = Array(access)
      letters[position] = letters[position] == "A" ? "B" : "A"
      #expect(kit.send(String(letters)).status == 401, "letter \(position)")
    }
    let unsigned = access.split(separator: ".").prefix(2).joined(separator: ".") + "."
    for token in ["", "x", "..", unsigned, "eyJhbGciOiJub25lIn0.e30."] { #expect(kit.send(token).status == 401) }
    #expect(kit.send(try MessagingKit(seed: 8).tokens(MessagingKit(seed: 8).logIn()).access).status == 401)
    #expect(kit.post(MessagingKit.event(), headers: []).status == 401)
    #expect(kit.post(MessagingKit.event(), headers: [("Authorization", "Basic \(access)")]).status == 401)
    #expect(kit.post(MessagingKit.event(), headers: [("authorization", "bearer \(access)")]).status == 200)
  }

  @Test func `a token is good for its own channel alone`() throws {
    let kit = try MessagingKit()
    let access = try kit.tokens(kit.logIn()).access
    _ = kit.local.create(LocalKit.custom)
    let other = try #require(kit.local.sandbox.snapshot.account.channels.last?.uuid)
    #expect(kit.send(access, to: other).status == 403)
    #expect(kit.send(access, to: "11111111-2222-4333-8444-555555555555").status == 404)
    let id = try #require(kit.local.sandbox.snapshot.account.channels.first?.id)
    _ = kit.local.delete(id)
    #expect(kit.send(access).status == 404, "the channel is gone")
  }

  @Test func `an event counts once`() throws {
    let kit = try MessagingKit()
    let access = try kit.tokens(kit.logIn()).access
    #expect(kit.send(access).text == #"{"success":true,"result":true}"#)
    #expect(kit.send(access).text == #"{"success":true,"result":false}"#)
    #expect(kit.send(access, MessagingKit.event(id: "e2")).text == #"{"success":true,"result":true}"#)
    #expect(kit.conversations.first?["messageCount"] == 2)
  }

  @Test(arguments: [
    (
      "{}",
      "client_data: is required, as an object; event_id: is required, as a string; event_type: is required, as a string; event_data: is required, as an object"
    ),
    (
      #"{"client_data":{},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#,
      "client_data.client_id: is required, as a string"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":"1","event_type":"typing","event_data":{"message":{"message_id":"1"}}}"#,
      "event_type: must be send_message"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":1,"event_type":"send_message","event_data":{"message":{"message_id":"1"}}}"#,
      "event_id: is required, as a string"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":"1","event_type":"send_message","event_data":{}}"#,
      "event_data.message: is required, as an object"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":"1","event_type":"send_message","event_data":{"message":{"text":"x"}}}"#,
      "event_data.message.message_id: is required, as a string"
    ),
    (
      #"{"client_data":{"client_id":"7","client_phone":5,"utm":[],"location":{"latitude":"1"}},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1","text":3,"payload":{}}}}"#,
      "client_data.client_phone: must be a string; client_data.utm: must be an object; client_data.location.latitude: must be a number; event_data.message.payload: must be a list; event_data.message.text: must be a string"
    ),
    (
      #"{"client_data":{"client_id":"7"},"event_id":"1","event_type":"send_message","event_data":{"message":{"message_id":"1","payload":[{"type":"photo"},{"type":"gif"},{}]}}}"#,
      "event_data.message.payload.1.type: must be photo, audio, video, document, location or contact; event_data.message.payload.2.type: is required"
    ),
  ])
  func `an event that lacks something is refused with its paths`(body: String, words: String) throws {
    let kit = try MessagingKit()
    let answer = kit.send(try kit.tokens(kit.logIn()).access, body)
    #expect(answer.status == 422)
    #expect(answer.error == words)
    #expect(kit.conversations.isEmpty)
  }

  @Test func `what is no JSON, and what is too long, is refused`() throws {
    let kit = try MessagingKit()
    let access = try kit.tokens(kit.logIn()).access
    for body in ["", "text", "[1]", "{\"event_id\"", String(repeating: "[", count: 100_000)] {
      #expect(kit.send(access, body).status == 400)
    }
    let long = kit.send(access, MessagingKit.event(text: String(repeating: "x", count: 10_000_000)))
    #expect(long.status == 413)
    #expect(long.error?.contains("shorten its text") == true)
  }

  @Test func `events are posted, and to a UUID`() throws {
    let kit = try MessagingKit()
    #expect(kit.local.call(LocalKit.request("/\(kit.uuid)", method: "GET")).status == 405)
    for path in ["/", "/kit", "/\(kit.uuid)/x", "/\(kit.uuid.dropLast())", "/0-0-0-0-0"] {
      #expect(kit.local.call(LocalKit.request(path)).status == 404, "\(path)")
    }
  }
}
