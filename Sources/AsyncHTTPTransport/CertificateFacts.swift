/// What an X.509 certificate says of itself, read from its DER bytes for a message; nothing is verified here.
struct CertificateFacts: Sendable {
  /// Whether issuer and subject are the same name.
  var isSelfIssued: Bool
  /// The issuer's common name, else its organisation; nil where it has neither.
  var issuer: String?
  /// The DNS names and IP addresses that the certificate is for.
  var names: [String]
  /// Seconds since 1970.
  var notBefore: Int
  /// Seconds since 1970.
  var notAfter: Int

  /// Reads a certificate's names (RFC 5280, section 4.1); nil where the bytes are not one.
  init?(der: [UInt8], notBefore: Int, notAfter: Int) {
    var outer = DERReader(der[...])
    guard var certificate = outer.next(0x30).map({ DERReader($0.content) }),
      var body = certificate.next(0x30).map({ DERReader($0.content) })
    else { return nil }
    _ = body.next(0xa0)
    guard body.next(0x02) != nil, body.next(0x30) != nil, let issuer = body.next(0x30), body.next(0x30) != nil,
      let subject = body.next(0x30)
    else { return nil }
    isSelfIssued = issuer.content == subject.content
    self.issuer = CertificateFacts.name(issuer.content)
    names = CertificateFacts.alternativeNames(body)
    self.notBefore = notBefore
    self.notAfter = notAfter
  }

  /// The common name (2.5.4.3) or organisation (2.5.4.10) of a distinguished name.
  private static func name(_ content: ArraySlice<UInt8>) -> String? {
    var organisation: String?
    var sets = DERReader(content)
    while var attribute = sets.next(0x31).flatMap({ set in
      var reader = DERReader(set.content)
      return reader.next(0x30).map { DERReader($0.content) }
    }) {
      guard let type = attribute.next(0x06), let value = attribute.next() else { continue }
      let text = CertificateFacts.plain(value.content)
      if type.content.elementsEqual([0x55, 0x04, 0x03]) { return text }
      if type.content.elementsEqual([0x55, 0x04, 0x0a]) { organisation = text }
    }
    return organisation
  }

  /// The entries of the extension 2.5.29.17 that are names or addresses.
  private static func alternativeNames(_ afterSubject: DERReader) -> [String] {
    var body = afterSubject
    while let element = body.next() {
      guard element.tag == 0xa3 else { continue }
      var wrapper = DERReader(element.content)
      guard var extensions = wrapper.next(0x30).map({ DERReader($0.content) }) else { return [] }
      while var entry = extensions.next(0x30).map({ DERReader($0.content) }) {
        guard let type = entry.next(0x06), type.content.elementsEqual([0x55, 0x1d, 0x11]) else { continue }
        _ = entry.next(0x01)
        guard let octets = entry.next(0x04) else { return [] }
        var value = DERReader(octets.content)
        guard var list = value.next(0x30).map({ DERReader($0.content) }) else { return [] }
        var names: [String] = []
        while let name = list.next() {
          if name.tag == 0x82 { names.append(CertificateFacts.plain(name.content)) }
          if name.tag == 0x87, name.content.count == 4 {
            names.append(name.content.map(String.init).joined(separator: "."))
          }
        }
        return names
      }
    }
    return []
  }

  /// Bytes of a certificate as text: printable ASCII alone, at most 64 of them.
  static func plain(_ bytes: ArraySlice<UInt8>) -> String {
    let plain = bytes.map { $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") ? $0 : UInt8(ascii: "?") }
    return String(decoding: plain.prefix(64), as: UTF8.self) + (plain.count > 64 ? "…" : "")
  }
}

/// Walks over elements of DER, never past their end.
struct DERReader {
  /// One element: its tag and its content.
  struct Element {
    var tag: UInt8
    var content: ArraySlice<UInt8>
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    rest = bytes
  }

  /// The next element if it has that tag; else nil, and the reader stays where it is.
  mutating func next(_ tag: UInt8) -> Element? {
    rest.first == tag ? next() : nil
  }

  /// The next element; nil at the end and where the bytes are not DER.
  mutating func next() -> Element? {
    var reader = rest
    guard let tag = reader.popFirst(), let first = reader.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      let count = Int(first & 0x7f)
      guard (1...4).contains(count), reader.count >= count else { return nil }
      length = reader.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      reader = reader.dropFirst(count)
    }
    guard length <= reader.count else { return nil }
    rest = reader.dropFirst(length)
    return Element(tag: tag, content: reader.prefix(length))
  }
}
