import Testing
import Transport

struct FormBodyTests {
  private func text(_ body: FormBody) -> String { String(decoding: body.encoded, as: UTF8.self) }

  @Test func `fields are encoded in order, spaces as plus, everything else as UTF-8 in percent`() {
    let body = FormBody([("name", "OK & co"), ("ids", "[1,2]"), ("name", "ü=%+~"), ("empty", "")])
    #expect(text(body) == "name=OK+%26+co&ids=%5B1%2C2%5D&name=%C3%BC%3D%25%2B%7E&empty=")
  }

  @Test(arguments: ["", "plain", "a b+c%20", "&=&=", "\u{0}\n\r\t", "ключ 鍵 🔑", "e\u{301}", "é", "*-._~"])
  func `what is encoded decodes to the same bytes`(value: String) throws {
    let decoded = try FormBody(decoding: FormBody([(value, value), ("x", value)]).encoded)
    #expect(decoded.fields.count == 2)
    for field in decoded.fields { #expect(Array(field.value.utf8) == Array(value.utf8)) }
    #expect(Array(decoded.fields[0].name.utf8) == Array(value.utf8))
  }

  @Test func `empty pairs are skipped and a missing equals sign is an empty value`() throws {
    let body = try FormBody(decoding: Array("&&a&b==c&=d&".utf8))
    #expect(body.fields.map(\.name) == ["a", "b", ""])
    #expect(body.fields.map(\.value) == ["", "=c", "d"])
    #expect(body.first("b") == "=c")
    #expect(body.first("none") == nil)
  }

  @Test(arguments: [
    ("a=%", PercentCoding.CodingProblem.escape), ("a=%4", .escape), ("a=%zz", .escape), ("%g0=a", .escape),
    ("a=%ff", .utf8), ("a=%c3", .utf8), ("a=%ed%a0%80", .utf8),
  ])
  func `a broken body is refused`(text: String, problem: PercentCoding.CodingProblem) {
    #expect(throws: problem) { try FormBody(decoding: Array(text.utf8)) }
  }

  @Test func `a path segment and a query escape all but the unreserved characters`() throws {
    #expect(PercentCoding.encode("a/b c?d#e%f+g~h.é") == "a%2Fb%20c%3Fd%23e%25f%2Bg~h.%C3%A9")
    #expect(PercentCoding.query([("domain", "acme & co"), ("per-page", "50")]) == "domain=acme%20%26%20co&per-page=50")
    #expect(try PercentCoding.decode("a%2Fb+c".utf8) == "a/b+c")
    #expect(try PercentCoding.decode("a%2Fb+c".utf8, plusIsSpace: true) == "a/b c")
  }
}
