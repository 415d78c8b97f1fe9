import Documents
import KitProfile
import Provisioning
import Transport

/// Reads a listing to its end, complete or not at all.
///
/// A listing is complete when every page has the same total and the number of distinct ids equals it; an item that slides between
/// two pages while they are read would otherwise look deleted. What is incomplete is read anew, three times in all.
/// Deleted items count, because Kit's total has them. An answer without any count is the whole listing.
struct Pager: Sendable {
  let connection: KitConnection
  /// The number of pages that are read at once.
  var parallelism = 8

  /// How often a listing is read before the failure.
  static let attempts = 3
  /// More pages than this are not read.
  static let pageLimit = 20_000
  /// More bytes than this in one listing are not read.
  static let byteLimit = 64 << 20

  /// One item, decoded, with its id; nil for one that was deleted.
  typealias Decode<Item> = @Sendable (Document, Int) throws(KitFailure) -> (id: Int, item: Item?)

  /// Lists everything, sorted by id.
  ///
  /// Who expects some number of items has their pages asked for at once, and not after the first; the number may be wrong.
  func list<Item: Sendable>(
    _ operation: Operation, expecting expected: Int? = nil, _ decode: @escaping Decode<Item>
  ) async throws(RemoteFailure) -> [Item] {
    for _ in 0..<Pager.attempts {
      let pages: [Page<Item>]
      switch connection.profile.paging.style {
      case .pages: pages = try await numbered(operation, expecting: expected, decode)
      case .cursor: pages = try await following(operation, decode)
      }
      if let items = Pager.complete(pages) { return items }
    }
    throw KitFailure.changing.remote(connection.context(operation))
  }

  /// One page as it was read.
  private struct Page<Item: Sendable>: Sendable {
    var items: [(id: Int, item: Item?)]
    var total: Int?
    /// How many pages there are, as the answer says.
    var pages: Int?
    /// The page's own number, as the answer says.
    var current: Int?
    var perPage: Int?
    var cursor: String?
    var bytes: Int
    /// False for a page whose number is not the one asked for, or that came after the page limit.
    var isInOrder = true
  }

  /// All items sorted by id, or nil where totals differ or ids repeat or are missing.
  private static func complete<Item>(_ pages: [Page<Item>]) -> [Item]? {
    guard pages.allSatisfy({ $0.isInOrder && $0.total == pages[0].total }) else { return nil }
    var items = pages.flatMap(\.items)
    let isSorted = items.indices.dropFirst().allSatisfy { items[$0 - 1].id <= items[$0].id }
    if !isSorted { items.sort { $0.id < $1.id } }
    for index in items.indices.dropFirst() where items[index].id == items[index - 1].id { return nil }
    if let total = pages.first?.total, total != items.count { return nil }
    return items.compactMap(\.item)
  }

  /// Reads the first page, together with as many as `expected` items fill and `parallelism` allows; then the others.
  private func numbered<Item>(
    _ operation: Operation, expecting expected: Int?, _ decode: @escaping Decode<Item>
  ) async throws(RemoteFailure) -> [Page<Item>] {
    let size = connection.profile.paging.pageSize
    guard connection.profile.paging.total != nil else {
      let first: Page<Item> = try await page(operation, number: 1, cursor: nil, decode)
      return try await untilShort(operation, [first], full: min(size, first.perPage ?? size), decode)
    }
    let endless = KitFailure.endless.remote(connection.context(operation))
    let result = await withTaskGroup(of: (Int, Result<Page<Item>, RemoteFailure>).self) {
      group -> Result<[Page<Item>], RemoteFailure> in
      var results: [Int: Result<Page<Item>, RemoteFailure>] = [:]
      var failures: [Int] = []
      // The first page's number; until then, the expected one.
      var count = max(1, min(parallelism, Pager.pages(of: expected ?? 0, size)))
      var next = 1
      var bytes = 0
      while true {
        while next <= count, next - 1 - results.count < parallelism {
          let number = next
          let total = results[1] == nil ? nil : count
          group.addTask { (number, await self.result(operation, number, of: total, decode)) }
          next += 1
        }
        guard let (number, result) = await group.next() else { break }
        results[number] = result
        switch result {
        case .failure: failures.append(number)
        case .success(let page):
          bytes += page.bytes
          if number == 1 { count = Pager.count(page, size) }
        }
        if count > Pager.pageLimit || bytes > Pager.byteLimit {
          group.cancelAll()
          return .failure(endless)
        }
        if failures.contains(1) { count = 1 }
        // A page that turns out to be none says nothing, and is not waited for.
        if failures.contains(where: { $0 <= count }) { count = min(count, next - 1) }
        if results.count >= count, (1...count).allSatisfy({ results[$0] != nil }) { break }
      }
      group.cancelAll()
      do throws(RemoteFailure) {
        var pages: [Page<Item>] = []
        for number in 1...count { if let page = try results[number]?.get() { pages.append(page) } }
        return .success(pages)
      } catch {
        return .failure(error)
      }
    }
    let pages = try result.get()
    guard pages.count == 1, pages[0].total == nil else { return pages }
    return try await uncounted(operation, first: pages[0], expecting: expected, size: size, decode: decode)
  }

  /// A listing whose first page has no count: the whole, unless it may have been cut and a second page has others.
  private func uncounted<Item>(
    _ operation: Operation, first: Page<Item>, expecting expected: Int?, size: Int, decode: @escaping Decode<Item>
  ) async throws(RemoteFailure) -> [Page<Item>] {
    guard let id = first.items.first?.id, first.items.count == size || expected ?? 0 > first.items.count else {
      return [first]
    }
    let second: Page<Item> = try await page(operation, number: 2, cursor: nil, decode)
    guard let next = second.items.first?.id, next != id else { return [first] }
    return try await untilShort(operation, [first, second], full: first.items.count, decode)
  }

  /// The number of pages, according to the first one.
  private static func count<Item>(_ first: Page<Item>, _ size: Int) -> Int {
    guard let total = first.total else { return 1 }
    let perPage = max(1, first.perPage ?? (first.items.count < total ? max(1, first.items.count) : size))
    return max(1, first.pages ?? pages(of: total, perPage))
  }

  private static func pages(of items: Int, _ size: Int) -> Int { items / size + (items % size == 0 ? 0 : 1) }

  /// Reads on to the first page that is not full, where an answer has no total.
  private func untilShort<Item>(
    _ operation: Operation, _ read: [Page<Item>], full: Int, _ decode: @escaping Decode<Item>
  ) async throws(RemoteFailure) -> [Page<Item>] {
    var pages = read
    var bytes = pages.reduce(0) { $0 + $1.bytes }
    while let last = pages.last, last.items.count >= full, last.isInOrder {
      guard pages.count < Pager.pageLimit, bytes <= Pager.byteLimit else {
        throw KitFailure.endless.remote(connection.context(operation))
      }
      let page: Page<Item> = try await page(operation, number: pages.count + 1, cursor: nil, decode)
      bytes += page.bytes
      pages.append(page)
    }
    return pages
  }

  /// Follows cursors to the end.
  private func following<Item>(
    _ operation: Operation, _ decode: @escaping Decode<Item>
  ) async throws(RemoteFailure) -> [Page<Item>] {
    var pages: [Page<Item>] = []
    var seen: Set<String> = []
    var cursor: String?
    var bytes = 0
    while true {
      var page: Page<Item> = try await page(operation, number: nil, cursor: cursor, decode)
      bytes += page.bytes
      cursor = page.cursor
      let repeats = cursor.map { !seen.insert($0).inserted } ?? false
      page.isInOrder = !repeats
      pages.append(page)
      if cursor == nil || repeats { return pages }
      guard pages.count < Pager.pageLimit, bytes <= Pager.byteLimit else {
        throw KitFailure.endless.remote(connection.context(operation))
      }
    }
  }

  private func result<Item>(
    _ operation: Operation, _ number: Int, of total: Int?, _ decode: @escaping Decode<Item>
  ) async -> Result<Page<Item>, RemoteFailure> {
    do throws(RemoteFailure) {
      return .success(try await page(operation, number: number, of: total, cursor: nil, decode))
    } catch {
      return .failure(error)
    }
  }

  private func page<Item>(
    _ operation: Operation, number: Int?, of total: Int? = nil, cursor: String?, _ decode: @escaping Decode<Item>
  ) async throws(RemoteFailure) -> Page<Item> {
    let paging = connection.profile.paging
    var call = Call(operation, .read)
    call.parameters = [
      Call.Parameter(name: paging.size, value: "\(paging.pageSize)", location: paging.location)
    ]
    switch paging.style {
    case .pages(let parameter, _, _, _):
      if let number {
        call.parameters.append(Call.Parameter(name: parameter, value: "\(number)", location: paging.location))
      }
    case .cursor(let parameter, _):
      if let cursor {
        call.parameters.append(Call.Parameter(name: parameter, value: cursor, location: paging.location))
      }
    }
    call.part = number.map { "page \($0)" + (total.map { " of \($0)" } ?? "") } ?? "a page"
    let envelope = try await connection.read(call)
    do throws(KitFailure) {
      return try Pager.page(
        envelope, result: connection.profile.envelope.result, paging: paging, number: number, decode: decode)
    } catch {
      throw error.remote(connection.context(operation))
    }
  }

  private static func page<Item>(
    _ envelope: Envelope, result: ReadMember, paging: Paging, number: Int?, decode: Decode<Item>
  ) throws(KitFailure) -> Page<Item> {
    let document = envelope.document
    guard document.shape(envelope.result) == .sequence else {
      throw .undecodable(Misfit("it", lacks: result, wanted: "a list", document: document, node: envelope.root))
    }
    var page = Page<Item>(items: [], bytes: document.source.bytes.count)
    for item in document.items(envelope.result) { page.items.append(try decode(document, item)) }
    func count(_ member: ReadMember?) -> Int? {
      member.flatMap { document.read($0, in: envelope.root) { document.wireInteger($0) } }
    }
    if let total = paging.total, paging.isCounted(envelope, result) {
      guard let count = count(total), count >= 0 else {
        throw .undecodable(Misfit("it", lacks: total, wanted: "a count", document: document, node: envelope.root))
      }
      page.total = count
    }
    switch paging.style {
    case .pages(_, let pages, let current, let perPage):
      page.pages = count(pages)
      page.current = count(current)
      page.perPage = count(perPage)
      page.isInOrder = page.current == nil || page.current == number
    case .cursor(_, let next):
      page.cursor = document.read(next, in: envelope.root) { node in
        guard document.shape(node) == .scalar, !document.isNull(node) else { return nil }
        let text = document.text(node)
        return text.isEmpty ? nil : text
      }
    }
    return page
  }
}

extension Paging {
  /// Whether an answer has anything of what the profile says about pages.
  ///
  /// Names that the result shares with it do not count: the outer object of both is always there.
  fileprivate func isCounted(_ envelope: Envelope, _ result: ReadMember) -> Bool {
    var members = [total]
    switch style {
    case .pages(_, let pages, let current, let perPage): members += [pages, current, perPage]
    case .cursor(_, let next): members.append(next)
    }
    return members.compactMap(\.self).flatMap(\.paths).contains { path in
      guard let outer = path.first else { return false }
      let isShared = result.paths.contains { $0.count > 1 && $0.first == outer }
      return isShared || envelope.document.member(outer, in: envelope.root) != nil
    }
  }
}
