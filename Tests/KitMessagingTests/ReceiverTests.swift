import KitMessaging
import Testing

@Suite struct ReceiverTests {
  private let signature = Signature(salt: "salt", token: "token")
  private static let body = Array(
    #"{"client_data":{"client_id":"7"},"event_id":"123","event_type":"send_message","event_data":{"message":{"message_id":"1","text":"Hi"}}}"#
      .utf8)

  private func headers(_ value: String?) -> [(name: String, value: String)] {
    [("Content-Type", "application/json")] + (value.map { [("authorization", $0)] } ?? [])
  }

  @Test func `a signed event comes through once, and is answered OK each time`() {
    let receiver = Receiver(signature: signature)
    let header = headers(signature.event("123"))
    let first = receiver.receive(method: "POST", headers: header, body: Self.body)
    guard case .event(let event) = first else {
      Issue.record("\(first)")
      return
    }
    #expect(event.clientID == "7")
    let second = receiver.receive(method: "POST", headers: header, body: Self.body)
    #expect(second == .duplicate(event))
    for reception in [first, second] {
      #expect(reception.response == (200, "OK"))
    }
    receiver.window.remove(event.id)
    #expect(receiver.receive(method: "POST", headers: header, body: Self.body) == .event(event))
  }

  @Test func `the test request is answered OK while there is no salt, and checked once there is one`() {
    let without = Receiver(signature: nil)
    #expect(without.receive(method: "GET", headers: headers(nil), body: []) == .testRequest(isVerified: false))
    #expect(without.receive(method: "GET", headers: headers("anything"), body: []).response == (200, "OK"))
    let with = Receiver(signature: signature)
    let signed = with.receive(method: "GET", headers: headers("Bearer \(signature.testRequest())"), body: [])
    #expect(signed == .testRequest(isVerified: true))
    #expect(signed.response == (200, "OK"))
    #expect(with.receive(method: "GET", headers: headers(nil), body: []) == .refused(.unsigned))
    #expect(with.receive(method: "GET", headers: headers(signature.event("123")), body: []) == .refused(.signature))
  }

  @Test(arguments: ["HEAD", "POST", "PUT", "OPTIONS"])
  func `without keys only a GET is answered`(method: String) {
    #expect(Receiver(signature: nil).receive(method: method, headers: headers(nil), body: []).response.status >= 400)
  }

  @Test func `what a web page caused is refused, signed or not, with keys or without`() {
    let fields = [
      ("Origin", "https://evil.example"), ("origin", "null"), ("ORIGIN", ""), ("Sec-Fetch-Site", "cross-site"),
      ("sec-fetch-site", "same-origin"), ("Sec-Fetch-Site", ""),
    ]
    for keys in [nil, signature] {
      let receiver = Receiver(signature: keys)
      for field in fields {
        for method in ["GET", "POST", "HEAD"] {
          let reception = receiver.receive(
            method: method, headers: headers(signature.event("123")) + [(name: field.0, value: field.1)],
            body: Self.body)
          #expect(reception == .refused(.webPage))
          #expect(reception.response.status == 403)
        }
      }
      let typed = receiver.receive(
        method: "GET", headers: headers(signature.testRequest()) + [(name: "Sec-Fetch-Site", value: "None")], body: [])
      #expect(typed == .testRequest(isVerified: keys != nil))
    }
  }

  @Test func `an event that cannot be believed is refused, and leaves no trace`() {
    let receiver = Receiver(signature: signature)
    let right = headers(signature.event("123"))
    func status(_ method: String, _ headers: [(name: String, value: String)], _ body: [UInt8]) -> Int {
      receiver.receive(method: method, headers: headers, body: body).response.status
    }
    #expect(status("POST", headers(nil), Self.body) == 401)
    #expect(status("POST", headers(Signature(salt: "other", token: "token").event("123")), Self.body) == 401)
    #expect(status("POST", headers(Signature(salt: "salt", token: "other").event("123")), Self.body) == 401)
    #expect(status("POST", headers(signature.testRequest()), Self.body) == 401)
    #expect(status("POST", headers(signature.event("123", form: .spaces)), Self.body) == 401)
    #expect(status("POST", right, Array("no JSON".utf8)) == 400)
    #expect(status("POST", right, []) == 400)
    #expect(status("POST", right, Self.body + Array(repeating: 0x20, count: 10_000_000)) == 413)
    #expect(status("DELETE", right, Self.body) == 405)
    #expect(Receiver(signature: nil).receive(method: "POST", headers: right, body: Self.body) == .refused(.noKeys))
    guard case .event = receiver.receive(method: "post", headers: right, body: Self.body) else {
      Issue.record("a refused copy must not make the true event a duplicate")
      return
    }
  }

  @Test func `the form with spaces is taken where the receiver says so`() {
    let receiver = Receiver(signature: signature, acceptsSpaces: true)
    let header = headers(signature.event("123", form: .spaces))
    guard case .event = receiver.receive(method: "POST", headers: header, body: Self.body) else {
      Issue.record("refused")
      return
    }
  }

  @Test func `every refusal says what to change, and repeats no header`() {
    let refusals: [Reception.ReceptionRefusal] = [
      .method, .noKeys, .unsigned, .signature, .tooLarge, .unreadable("the event is not a JSON object"),
    ]
    for refusal in refusals {
      let response = Reception.refused(refusal).response
      #expect(response.status >= 400)
      #expect(response.body.hasSuffix("\n") && response.body.count > 10)
    }
  }
}
