import Basics
import Documents
import KitSandbox
import Testing
import Transport

/// What Kit's official PHP client (voximplant/kit-imclient-php) sends, and what its models expect to read.
///
/// The requests are here as that client builds them: its query puts the token first, it says what it accepts, and it
/// puts the account's access token into every event's header.
@Suite struct OfficialClientTests {
  private static let agent = "Swagger-Codegen/1.0.0/php"

  private func call(
    _ kit: MessagingKit, _ path: String, query: String = "", type: String, _ body: String, token: String? = nil
  ) -> Answer {
    var headers = [("User-Agent", Self.agent), ("Accept", "application/json"), ("Content-Type", type)]
    if let token { headers.append(("Authorization", "Bearer \(token)")) }
    return kit.local.call(
      HTTPRequest(
        method: "POST", scheme: "http", host: "127.0.0.1", path: path, query: query, headers: headers,
        body: Array(body.utf8)))
  }

  private static let form = "application/x-www-form-urlencoded"

  /// `{success: bool, result: {access_token: string, refresh_token: string}}`
  private func tokens(_ answer: Answer) throws -> (access: String, refresh: String) {
    #expect(answer.status == 200)
    #expect(answer.json["success"] == true)
    guard case .object(let members)? = answer.result, case .string(let access)? = answer.result?["access_token"],
      case .string(let refresh)? = answer.result?["refresh_token"]
    else {
      Issue.record("\(answer.text)")
      return ("", "")
    }
    #expect(members.map(\.key).sorted() == ["access_token", "refresh_token"])
    return (access, refresh)
  }

  @Test func `login, refresh and an event of every model`() throws {
    let kit = try MessagingKit()
    let first = try tokens(
      call(
        kit, "/api/v3/botService/login", query: "access_token=full-token&domain=acme", type: Self.form,
        "channel_uuid=\(kit.uuid)"))
    let second = try tokens(
      call(kit, "/api/v3/botService/refreshToken", type: Self.form, "refresh_token=\(first.refresh)"))
    let event = """
      {"client_data":{"client_id":"107804195","client_phone":"+15551234567","client_avatar":"https://example.com/a.png",\
      "client_display_name":"James Smith","client_email":"james@example.com","client_language":"en",\
      "utm":{"source":"s","campaign":"c","content":"n","medium":"m","term":"t"},\
      "page":{"url":"https://example.com","title":"Home"},\
      "location":{"latitude":33.1212,"longitude":33.1212,"country":"Cyprus","country_code":"CY","region":"Nicosia",\
      "region_code":"01","city":"Nicosia","ip_address":"192.0.2.1"},\
      "device":{"type":"phone","model":"x","user_agent":"y"}},\
      "event_id":"123","event_type":"send_message","event_data":{"message":{"message_id":"123","text":"Hello","payload":[\
      {"type":"photo","file_name":"a.png","file_url":"https:\\/\\/example.com\\/a.png"},\
      {"type":"location","latitude":33.1212,"longitude":33,"address":"Nicosia"},\
      {"type":"contact","name":"Ann","number":"+15557654321","avatar":""}]}}}
      """
    let sent = call(kit, "/\(kit.uuid)", type: "application/json", event, token: second.access)
    #expect(sent.status == 200)
    #expect(sent.json == ["success": true, "result": true], "{success: bool, result: bool}")
  }

  @Test func `a failure is what its model of failures reads`() throws {
    let kit = try MessagingKit()
    let answer = call(
      kit, "/api/v3/botService/login", query: "access_token=wrong&domain=acme", type: Self.form,
      "channel_uuid=\(kit.uuid)")
    #expect(answer.status == 401)
    #expect(answer.json["success"] == false)
    #expect(answer.error != nil)
    #expect(answer.result?["code"] == 401)
  }

  @Test func `an event without a login, whose header holds an empty token, is refused`() throws {
    let kit = try MessagingKit()
    #expect(call(kit, "/\(kit.uuid)", type: "application/json", MessagingKit.event(), token: "").status == 401)
  }
}
