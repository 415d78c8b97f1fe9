import KitProfile

/// Which part of a listing a call asks for.
struct ListingPage {
  /// The number of the first item, from 0.
  var offset: Int
  var size: Int
  /// The page's number, from 1.
  var number: Int

  /// Kit's most and its default.
  static let largest = 50
  static let standard = 20

  /// Reads the parameters of a profile's paging style from query or body.
  init(_ paging: Paging, query: FormFields, body: FormFields) throws(Reply.Failure) {
    let fields = paging.location == .query ? query : body
    size = ListingPage.standard
    if let text = fields[paging.size], !text.isEmpty {
      guard let number = Int(text), number >= 1 else {
        throw Reply.Failure(422, "\(paging.size): must be a whole number from 1 on")
      }
      size = min(number, ListingPage.largest)
    }
    switch paging.style {
    case .pages(let parameter, _, _, _):
      let text = fields[parameter] ?? ""
      guard let number = text.isEmpty ? 1 : Int(text), (1...1_000_000).contains(number) else {
        throw Reply.Failure(422, "\(parameter): must be a page's number")
      }
      self.number = number
      offset = (number - 1) * size
    case .cursor(let parameter, _):
      let text = fields[parameter] ?? ""
      guard let offset = text.isEmpty ? 0 : ListingPage.offset(cursor: text) else {
        throw Reply.Failure(422, "\(parameter): is no cursor of this listing")
      }
      self.offset = offset
      number = offset / size + 1
    }
  }

  /// Cuts the page out of a listing; `item` makes the bytes of the item at an index.
  func reply(total: Int, item: (Int) -> [UInt8]) -> Reply {
    let start = min(offset, total)
    let end = min(start + size, total)
    let facts = Reply.PageFacts(
      total: total, number: number, size: size, nextCursor: end < total ? ListingPage.cursor(offset: end) : nil)
    return .page((start..<end).map(item), facts)
  }

  /// A string that callers hand back and cannot count with.
  private static func cursor(offset: Int) -> String { "c" + String(offset ^ 0x5A5A5, radix: 36) }

  private static func offset(cursor: String) -> Int? {
    guard cursor.hasPrefix("c"), let number = Int(cursor.dropFirst(), radix: 36) else { return nil }
    let offset = number ^ 0x5A5A5
    return (1...100_000_000).contains(offset) ? offset : nil
  }
}
