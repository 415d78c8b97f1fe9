import Basics
import Documents
import KitSandbox
import Testing
import Transport

@Suite struct AgentDeskTests {
  private func opened(_ kit: MessagingKit, client: String = "7", id: String = "e1") throws {
    let access = try kit.tokens(kit.logIn()).access
    #expect(kit.send(access, MessagingKit.event(id: id, client: client)).status == 200)
  }

  @Test func `a customer's message opens a conversation, and the next one goes on with it`() throws {
    let kit = try MessagingKit()
    try opened(kit)
    try opened(kit, id: "e2")
    try opened(kit, client: "8", id: "e3")
    #expect(kit.conversations.map { $0["clientID"] } == ["7", "8"])
    let first = kit.desk("GET", "conversations/1").json["conversation"]
    #expect(first?["status"] == "open")
    #expect(first?["clientName"] == "James")
    #expect(first?["messages"]?[0]?["text"] == "Hello")
    #expect(first?["messageCount"] == 2)
  }

  @Test func `an agent's answer is the documented event, signed`() throws {
    let kit = try MessagingKit()
    try opened(kit)
    let answer = kit.desk("POST", "conversations/1/reply", #"{"text":"Good day","payload":[{"type":"photo"}]}"#)
    #expect(answer.status == 200)
    let event = try #require(answer.step.deliveries.first)
    let request = try #require(event.request)
    #expect(request.method == "POST")
    #expect(request.path == "/kit")
    let json = Answer.parse(request.body)
    #expect(json["event_type"] == "send_message")
    #expect(json["client_data"]?["client_id"] == "7")
    #expect(json["event_data"]?["message"]?["text"] == "Good day")
    #expect(json["event_data"]?["sender_data"]?["sender_type"] == "agent")
    #expect(json["event_data"]?["sender_data"]?["sender_id"] == 1)
    #expect(json["event_data"]?["sender_data"]?["is_bot"] == false)
    #expect(json["event_id"] == .string(event.id))
    let signature = CallbackSignature.event(event.id, salt: kit.salt, token: "full-token")
    #expect(request.headers.map(\.value) == [signature, "application/json"])
    #expect(kit.conversations.first?["messages"]?[1]?["from"] == "agent")
  }

  @Test func `closing tells the service, and the next message opens another conversation`() throws {
    let kit = try MessagingKit()
    try opened(kit)
    let closed = kit.desk("POST", "conversations/1/close")
    let json = Answer.parse(closed.step.deliveries.first?.body ?? [])
    #expect(json["event_type"] == "close_conversation")
    #expect(json["event_data"]?["close_reason"] == "CLOSED_BY_AGENT")
    #expect(json["event_data"]?["sender_data"]?["sender_type"] == "agent")
    #expect(kit.desk("POST", "conversations/1/reply", #"{"text":"x"}"#).status == 409)
    #expect(kit.desk("POST", "conversations/1/close").status == 409)
    try opened(kit, id: "e2")
    #expect(kit.conversations.map { $0["status"] } == ["closed", "open"])
    let other = kit.desk("POST", "conversations/2/close", #"{"reason":"CLOSED_BY_BOT"}"#)
    #expect(Answer.parse(other.step.deliveries.first?.body ?? [])["event_data"]?["sender_data"] == nil)
  }

  @Test func `an event is repeated under the same id and signature`() throws {
    let kit = try MessagingKit()
    try opened(kit)
    #expect(kit.desk("POST", "conversations/1/repeat").status == 409)
    let first = kit.desk("POST", "conversations/1/reply", #"{"text":"once"}"#).step.deliveries
    #expect(kit.desk("POST", "conversations/1/repeat").step.deliveries == first)
    #expect(kit.conversations.first?["messageCount"] == 2)
  }

  @Test func `the channel's closing times close conversations on the sandbox's clock`() throws {
    let kit = try MessagingKit(closing: (agent: 3600, bot: 60))
    try opened(kit)
    #expect(kit.desk("POST", "clock", #"{"advance":3599}"#).step.deliveries.isEmpty)
    let due = kit.desk("POST", "clock", #"{"advance":1}"#)
    #expect(due.json["clock"] == 3600)
    let json = Answer.parse(due.step.deliveries.first?.body ?? [])
    #expect(json["event_data"]?["close_reason"] == "CLOSED_BY_CLIENT_TIMEOUT")
    #expect(kit.conversations.first?["closeReason"] == "CLOSED_BY_CLIENT_TIMEOUT")
    #expect(kit.desk("POST", "clock", #"{"advance":100000}"#).step.deliveries.isEmpty)
  }

  @Test func `after a bot's message the time for bot conversations counts, and activity starts it anew`() throws {
    let kit = try MessagingKit(closing: (agent: 3600, bot: 60))
    try opened(kit)
    _ = kit.desk("POST", "conversations/1/reply", #"{"text":"?","as":"bot"}"#)
    #expect(kit.desk("POST", "clock", #"{"advance":50}"#).step.deliveries.isEmpty)
    try opened(kit, id: "e2")
    #expect(kit.desk("POST", "clock", #"{"advance":1000}"#).step.deliveries.isEmpty, "an hour for agents")
    _ = kit.desk("POST", "conversations/1/reply", #"{"text":"?","as":"bot"}"#)
    #expect(kit.desk("POST", "clock", #"{"advance":60}"#).step.deliveries.count == 1)
  }

  @Test func `a changed closing time counts for open conversations`() throws {
    let kit = try MessagingKit(closing: (agent: 86_400, bot: 60))
    try opened(kit)
    #expect(kit.desk("POST", "clock", #"{"advance":100}"#).step.deliveries.isEmpty)
    #expect(kit.local.update(kit.channel, [("agent_close_timeout_sec", "90")]).status == 200)
    #expect(AgentDesk(kit.local.sandbox).closeDue().deliveries.count == 1)
  }

  @Test func `the clock that is moved is the one that sessions live by`() throws {
    let kit = try MessagingKit()
    let access = try kit.tokens(kit.logIn()).access
    _ = kit.desk("POST", "clock", #"{"advance":900}"#)
    #expect(kit.send(access).status == 401)
  }

  @Test(arguments: [
    ("GET", "conversations/9", "{}", 404), ("GET", "conversations/x", "{}", 404), ("GET", "", "{}", 404),
    ("DELETE", "conversations", "{}", 404), ("POST", "conversations/1/dance", "{}", 404),
    ("POST", "conversations/1/reply", "{}", 422), ("POST", "conversations/1/reply", #"{"text":"x","as":"ghost"}"#, 422),
    ("POST", "conversations/1/reply", "nothing", 400), ("POST", "conversations/1/close", #"{"reason":"TIRED"}"#, 422),
    ("POST", "clock", "{}", 422), ("POST", "clock", #"{"advance":-1}"#, 422),
    ("POST", "clock", #"{"advance":1e99}"#, 422),
  ])
  func `what the desk cannot do is an error with words`(method: String, path: String, body: String, status: Int) throws
  {
    let kit = try MessagingKit()
    try opened(kit)
    let answer = kit.desk(method, path, body)
    #expect(answer.status == status)
    #expect(answer.json["error"] != nil)
    #expect(answer.step.deliveries.isEmpty)
  }

  @Test func `a form of some page in a browser is not taken`() throws {
    let kit = try MessagingKit()
    try opened(kit)
    #expect(kit.desk("POST", "conversations/1/close", "{}", type: "text/plain").status == 415)
    #expect(kit.conversations.first?["status"] == "open")
  }

  @Test func `a conversation keeps its last hundred messages`() throws {
    let kit = try MessagingKit()
    let access = try kit.tokens(kit.logIn()).access
    for number in 1...130 { _ = kit.send(access, MessagingKit.event(id: "\(number)", text: "\(number)")) }
    let conversation = kit.conversations.first
    #expect(conversation?["messageCount"] == 130)
    #expect(conversation?["messages"]?[0]?["text"] == "31")
    #expect(conversation?["messages"]?[100] == nil)
  }
}

extension JSONValue {
  /// The item of an array.
  fileprivate subscript(index: Int) -> JSONValue? {
    if case .array(let items) = self, items.indices.contains(index) { items[index] } else { nil }
  }
}
