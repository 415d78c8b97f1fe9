import KitMessaging
import Support
import Testing

@Suite struct MessagingErrorTests {
  /// The error of a send whose event is answered so; `onLogin` answers the login instead.
  private func error(
    onLogin: Bool = false, _ answer: @escaping @Sendable () throws(MessagingTransportFailure) -> MessagingResponse
  ) async throws -> (MessagingError, calls: Int) {
    let kit = ScriptedKit { _, request throws(MessagingTransportFailure) in
      request.url.contains("botService") == onLogin ? try answer() : nil
    }
    let client = try MessagingClient(
      ScriptedKit.configuration, over: ClosureTransport(send: kit.transport), clock: InstantClock())
    do throws(MessagingError) {
      try await client.send(event(1))
    } catch {
      return (error, kit.requests.count)
    }
    throw BinaryUnderTest.Problem(description: "the event was sent")
  }

  @Test(arguments: [
    (401, MessagingError.FailureCause.credentials), (403, .credentials), (404, .unknownChannel), (422, .credentials),
    (429, .throttled), (500, .service), (302, .service),
  ])
  func `a login's failure has a cause`(status: Int, cause: MessagingError.FailureCause) async throws {
    let (error, _) = try await error(onLogin: true) { ScriptedKit.failure(status, "words of Kit") }
    #expect(error.cause == cause)
    #expect(error.status == status)
    #expect(error.message.contains("could not log in to the channel: Kit answers \(status): words of Kit"))
    #expect(!error.remedy.isEmpty)
  }

  @Test(arguments: [
    (400, MessagingError.FailureCause.refusedEvent), (402, .refusedEvent), (403, .credentials), (404, .unknownChannel),
    (413, .refusedEvent), (422, .refusedEvent), (429, .throttled), (500, .service), (503, .service), (301, .service),
  ])
  func `an event's failure has a cause`(status: Int, cause: MessagingError.FailureCause) async throws {
    let (error, calls) = try await error { ScriptedKit.failure(status) }
    #expect(error.cause == cause)
    #expect(error.status == status)
    #expect(calls == (status == 429 ? 5 : 2), "only a 429 is certain not to have taken the event")
  }

  @Test(arguments: [
    #"{"success":false,"result":{"error":"queue is full"}}"#, #"{"success":true,"result":false}"#,
  ])
  func `a 200 is not enough`(body: String) async throws {
    let (error, _) = try await error { ScriptedKit.answer(200, body) }
    #expect(error.cause == .refusedEvent)
    #expect(error.status == 200)
  }

  @Test(arguments: [
    #"{"success":true,"result":"false"}"#, #"{"success":true,"result":null}"#, #"{"success":true,"result":{}}"#,
  ])
  func `only the result true says that the event was taken`(body: String) async throws {
    let (error, _) = try await error { ScriptedKit.answer(200, body) }
    #expect(error.cause == .service)
    #expect(error.eventID == "e1")
    #expect(error.remedy.contains("with the same event id, `e1`"))
  }

  @Test func `an id that counts no more may be that of an event that has arrived`() async throws {
    let (error, _) = try await error { ScriptedKit.answer(200, #"{"success":true,"result":false}"#) }
    #expect(error.message.contains("`e1`"))
    #expect(error.remedy.contains("if this one was sent before and its answer was lost, it has arrived"))
  }

  @Test(arguments: [500, 502])
  func `after a failure of Kit's the event is to be sent again under its id, and a login has none`(status: Int)
    async throws
  {
    let (sending, _) = try await error { ScriptedKit.failure(status) }
    #expect(sending.eventID == "e1" && sending.remedy.contains("with the same event id, `e1`"))
    let (login, _) = try await error(onLogin: true) { ScriptedKit.failure(status) }
    #expect(login.eventID == nil && login.remedy == "try again later")
    let (lost, _) = try await error(onLogin: true) { () throws(MessagingTransportFailure) in throw .interrupted("reset")
    }
    #expect(lost.eventID == nil && lost.remedy == "try again")
  }

  @Test func `no failure repeats a secret in another spelling`() async throws {
    let (login, _) = try await error(onLogin: true) { ScriptedKit.failure(401, "access_token=secret%2Dtoken-8841") }
    #expect(login.message.hasSuffix("access_token=•••"))
    let kit = ScriptedKit { _, request in
      request.url.hasSuffix("/refreshToken") ? ScriptedKit.failure(422, "refresh-1-0 is bad") : nil
    }
    let client = try MessagingClient(
      ScriptedKit.configuration, over: ClosureTransport(send: kit.transport), clock: InstantClock())
    try await client.logIn()
    let refresh = await #expect(throws: MessagingError.self) { try await client.refresh() }
    #expect(refresh?.message.hasSuffix("••• is bad") == true)
  }

  @Test(arguments: ["", "<html>Bad gateway</html>", "[]", #"{"success":true}"#, #"{"result":true}"#])
  func `an answer of somebody else is a failure of the service`(body: String) async throws {
    let (error, _) = try await error { ScriptedKit.answer(200, body) }
    #expect(error.cause == .service)
    let (login, _) = try await self.error(onLogin: true) { ScriptedKit.answer(200, body) }
    #expect(login.cause == .service)
  }

  @Test(arguments: [
    #"{"success":true,"result":{}}"#, #"{"success":true,"result":{"access_token":1,"refresh_token":"r"}}"#,
    #"{"success":true,"result":{"access_token":"a\r\nX: y","refresh_token":"r"}}"#,
  ])
  func `a login without usable tokens is a failure of the service`(body: String) async throws {
    let (error, calls) = try await error(onLogin: true) { ScriptedKit.answer(200, body) }
    #expect(error.cause == .service)
    #expect(calls == 1)
  }

  @Test func `an event whose answer is lost is not sent again, and the error says so`() async throws {
    let (error, calls) = try await error { () throws(MessagingTransportFailure) in throw .interrupted("reset") }
    #expect(error.cause == .network(mayHaveArrived: true))
    #expect(error.remedy.contains("with the same event id"))
    #expect(calls == 2)
  }

  @Test func `what did not leave is tried again, and the error says that nothing was sent`() async throws {
    let (error, calls) = try await error { () throws(MessagingTransportFailure) in throw .notSent("refused") }
    #expect(error.cause == .network(mayHaveArrived: false))
    #expect(calls == 5)
  }

  @Test func `no failure repeats the API token, whatever Kit writes`() async throws {
    let (error, _) = try await error(onLogin: true) {
      ScriptedKit.failure(401, "token secret-token-8841 is unknown\\u001b[2J")
    }
    #expect(!error.description.contains("secret-token-8841"))
    #expect(error.message.contains("•••"))
    #expect(!error.description.unicodeScalars.contains("\u{1B}"))
    #expect(!"\(ScriptedKit.configuration)".contains("secret"))
    #expect(!String(reflecting: ScriptedKit.configuration).contains("secret"))
    var dumped = ""
    dump(ScriptedKit.configuration, to: &dumped)
    #expect(!dumped.contains("secret"))
  }

  @Test(arguments: [
    ("", "acme", "t", "0f6c2f3a-1111-4222-8333-444455556666"),
    ("http://kit-im-eu.voximplant.com", "acme", "t", "0f6c2f3a-1111-4222-8333-444455556666"),
    ("kit-im-eu.voximplant.com/path", "acme", "t", "0f6c2f3a-1111-4222-8333-444455556666"),
    ("kit-im-eu.voximplant.com", "", "t", "0f6c2f3a-1111-4222-8333-444455556666"),
    ("kit-im-eu.voximplant.com", "acme", "", "0f6c2f3a-1111-4222-8333-444455556666"),
    ("kit-im-eu.voximplant.com", "acme", "t", "0f6c2f3a-1111-4222-8333-44445555666"),
    ("kit-im-eu.voximplant.com", "acme", "t", "../api/v3/botService/login?domain=x&y="),
  ])
  func `a configuration that cannot work is an error before any call`(
    host: String, account: String, token: String, uuid: String
  ) {
    do throws(MessagingError) {
      _ = try MessagingClient(
        MessagingConfiguration(host: host, account: account, apiToken: token, channelUUID: uuid))
      Issue.record("made")
    } catch {
      #expect(error.cause == .configuration)
    }
  }
}
