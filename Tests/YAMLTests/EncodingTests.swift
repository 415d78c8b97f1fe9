import Basics
import Documents
import Support
import Testing

@Suite struct EncodingTests {
  /// Bytes that are not UTF-8, where that is said, and a word of the message.
  struct Case: Sendable {
    var bytes: [UInt8]
    var place: String
    var word: String
  }

  @Test(arguments: [
    Case(bytes: [0xFF, 0xFE, 0x61, 0], place: "1:1-3 yaml.encoding", word: "UTF-16"),
    Case(bytes: [0xFE, 0xFF, 0, 0x61], place: "1:1-3 yaml.encoding", word: "UTF-16"),
    Case(bytes: [0x61, 0, 0x3A, 0, 0x20, 0], place: "1:1-3 yaml.encoding", word: "UTF-16"),
    Case(bytes: [0, 0x61, 0, 0x3A], place: "1:1-3 yaml.encoding", word: "UTF-16"),
    Case(bytes: [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], place: "1:1-3 yaml.encoding", word: "UTF-32"),
    Case(bytes: Array("a: x".utf8) + [0xE9, 0x0A], place: "1:5-6 yaml.encoding", word: "0xE9"),
    Case(bytes: Array("é: x\nb: ".utf8) + [0x80], place: "2:4-4 yaml.encoding", word: "0x80"),
    Case(bytes: Array("a: ".utf8) + [0xC0, 0xAF], place: "1:4-5 yaml.encoding", word: "0xC0"),
    Case(bytes: Array("a: ".utf8) + [0xED, 0xA0, 0x80], place: "1:4-5 yaml.encoding", word: "0xED"),
    Case(bytes: Array("a: ".utf8) + [0xF5, 0x80, 0x80, 0x80], place: "1:4-5 yaml.encoding", word: "0xF5"),
    Case(bytes: Array("a: ".utf8) + [0xF0, 0x9F, 0x98], place: "1:4-5 yaml.encoding", word: "0xF0"),
    Case(bytes: Array("a: ".utf8) + [0xE0, 0x80, 0x80], place: "1:4-5 yaml.encoding", word: "0xE0"),
  ])
  func `a file that is not UTF-8 is refused at the exact byte`(example: Case) throws {
    let (document, diagnostics) = yaml(example.bytes)
    let finding = try #require(diagnostics.first)
    #expect(diagnostics.count == 1)
    #expect(finding.message.contains(example.word))
    let place = try #require(finding.place)
    let expectedID = finding.id
    let (line, column) = document.source.position(at: Int(place.start))
    #expect("\(line):\(column)" == example.place.prefix { $0 != "-" })
    #expect(example.place.hasSuffix(expectedID))
    #expect(document.nodes.isEmpty)
  }

  @Test func `a byte order mark is no part of the text`() throws {
    let (document, diagnostics) = yaml([0xEF, 0xBB, 0xBF] + Array("a: é".utf8))
    #expect(diagnostics.isEmpty)
    #expect(document.roots.first.map { document.json($0) } == ["a": "é"])
    #expect(document.nodes.map(\.start) == [3, 3, 6])
  }

  @Test func `JSON in another encoding is refused too`() {
    let (document, diagnostics) = JSONComposer.compose(
      SourceFile(path: "a.json", bytes: [0x22, 0xE9, 0x22]), file: 0)
    #expect(located(diagnostics, in: document) == ["1:2-3 json.encoding"])
  }
}
