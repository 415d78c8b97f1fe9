import Basics
import Documents
import KitSandbox
import Testing
import Transport

/// A sandbox with one custom channel, called the way a bot and an agent call it.
struct MessagingKit {
  let local: LocalKit
  let uuid: String
  let channel: Int

  static let login = "/api/v3/botService/login"

  init(callback: String = "http://127.0.0.1:9/kit", closing: (agent: Int, bot: Int)? = nil, seed: UInt64 = 7) throws {
    local = LocalKit(seed: seed)
    var form = Array(LocalKit.custom.dropLast()) + [("channel_settings", #"{"url":"\#(callback)","token_id":41}"#)]
    if let closing {
      form += [
        ("agent_close_timeout_sec", String(closing.agent)), ("bot_close_timeout_sec", String(closing.bot)),
      ]
    }
    channel = try #require(local.create(form).id)
    uuid = try #require(local.sandbox.snapshot.account.channels.first?.uuid)
  }

  var salt: String { local.sandbox.snapshot.account.channels.first?.salt ?? "" }

  func logIn(account: String = "acme", token: String = "full-token", uuid: String? = nil) -> Answer {
    local.call(
      HTTPRequest(
        method: "POST", scheme: "http", host: "127.0.0.1", path: MessagingKit.login,
        query: "domain=\(account)&access_token=\(token)",
        headers: [("Content-Type", "application/x-www-form-urlencoded")],
        body: LocalKit.formBody([("channel_uuid", uuid ?? self.uuid)])))
  }

  func tokens(_ answer: Answer) throws -> (access: String, refresh: String) {
    guard case .string(let access)? = answer.result?["access_token"],
      case .string(let refresh)? = answer.result?["refresh_token"]
    else {
      Issue.record("no tokens in \(answer.text)")
      return ("", "")
    }
    return (access, refresh)
  }

  func refresh(_ token: String) -> Answer {
    local.call(
      HTTPRequest(
        method: "POST", scheme: "http", host: "127.0.0.1", path: "/api/v3/botService/refreshToken",
        headers: [("Content-Type", "application/x-www-form-urlencoded")],
        body: LocalKit.formBody([("refresh_token", token)])))
  }

  static func event(id: String = "e1", client: String = "7", text: String = "Hello") -> String {
    #"{"client_data":{"client_id":"\#(client)","client_display_name":"James"},"event_id":"\#(id)","event_type":"send_message","event_data":{"message":{"message_id":"m-\#(id)","text":"\#(text)"}}}"#
  }

  func send(_ token: String, _ body: String = MessagingKit.event(), to uuid: String? = nil) -> Answer {
    post(body, to: uuid, headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")])
  }

  func post(_ body: String, to uuid: String? = nil, headers: [(name: String, value: String)]) -> Answer {
    local.call(
      HTTPRequest(
        method: "POST", scheme: "http", host: "127.0.0.1", path: "/\(uuid ?? self.uuid)", headers: headers,
        body: Array(body.utf8)))
  }

  /// A request to the agent side.
  func desk(_ method: String, _ path: String, _ body: String = "{}", type: String = "application/json") -> (
    step: AgentDesk.Step, status: Int, json: JSONValue
  ) {
    let step = AgentDesk(local.sandbox).handle(
      HTTPRequest(
        method: method, scheme: "http", host: "127.0.0.1", path: "/sandbox/\(path)", headers: [("Content-Type", type)],
        body: Array(body.utf8)))
    let response = step.response([])
    return (step, response.status, Answer.parse(response.body))
  }

  var conversations: [JSONValue] {
    if case .array(let items)? = desk("GET", "conversations").json["conversations"] { items } else { [] }
  }
}
