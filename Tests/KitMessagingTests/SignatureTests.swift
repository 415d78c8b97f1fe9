import KitMessaging
import Testing

/// Signatures against values that another implementation of MD5 gives.
@Suite struct SignatureTests {
  private let signature = Signature(salt: "salt", token: "token")
  private let event = "4ed92c55868890f7370d601e46a7a1c8"
  private let test = "a090cb180a2443e95363025f5c5e206b"
  private let eventWithSpaces = "940b06c0745261d03d4470eae6a633cc"
  private let testWithSpaces = "15d1b67c775d0fe8afa6c036bd0a2dda"

  @Test func `an event is signed with salt, token and event id`() {
    #expect(signature.event("123") == event)
    #expect(signature.event("123", form: .spaces) == eventWithSpaces)
  }

  @Test func `the test request is signed with salt and token`() {
    #expect(signature.testRequest() == test)
    #expect(signature.testRequest(form: .spaces) == testWithSpaces)
  }

  @Test func `a value counts bare, behind Bearer, in either letter case and with spaces around it`() {
    for header in [
      event, "Bearer \(event)", "bearer \(event)", "BEARER  \(event)", event.uppercased(),
      "Bearer \(event.uppercased())", " \(event)\t",
    ] {
      #expect(signature.verifies(header, eventID: "123"), "\(header)")
    }
    #expect(signature.verifies("Bearer \(test)", eventID: nil))
  }

  @Test func `the form with spaces counts only when it is asked for`() {
    #expect(!signature.verifies(eventWithSpaces, eventID: "123"))
    #expect(signature.verifies(eventWithSpaces, eventID: "123", acceptsSpaces: true))
    #expect(signature.verifies(event, eventID: "123", acceptsSpaces: true))
    #expect(!signature.verifies(testWithSpaces, eventID: nil))
    #expect(signature.verifies(testWithSpaces, eventID: nil, acceptsSpaces: true))
  }

  @Test func `another event, salt, token or use is refused`() {
    #expect(!signature.verifies(event, eventID: "124"))
    #expect(!signature.verifies(event, eventID: nil))
    #expect(!signature.verifies(test, eventID: "123"))
    #expect(!Signature(salt: "Salt", token: "token").verifies(event, eventID: "123"))
    #expect(!Signature(salt: "salt", token: "token ").verifies(event, eventID: "123"))
  }

  @Test func `every changed digit is refused`() {
    for position in 0..<32 {
      var digits = Array(event)
      digits[position] = digits[position] == "0" ? "1" : "0"
      #expect(!signature.verifies(String(digits), eventID: "123", acceptsSpaces: true), "digit \(position)")
    }
  }

  @Test(arguments: [
    "", " ", "Bearer", "Bearer ", "Basic 4ed92c55868890f7370d601e46a7a1c8", "4ed92c55868890f7370d601e46a7a1c",
    "4ed92c55868890f7370d601e46a7a1c88", "4ed92c55868890f7370d601e46a7a1cg", "4ed92c55 868890f7370d601e46a7a1c",
    "Bearer Bearer 4ed92c55868890f7370d601e46a7a1c8", "é4ed92c55868890f7370d601e46a7a1c",
  ])
  func `what is no signature is refused`(header: String) {
    #expect(!signature.verifies(header, eventID: "123", acceptsSpaces: true))
  }

  @Test func `texts beyond ASCII are signed as UTF-8`() {
    #expect(Signature(salt: "сöль", token: "t").event("ä") == "26a40e122a34a84bce662cd5bb421f1d")
  }
}
