import KitAPI
import KitProfile
import Manifest
import Provisioning
import Synchronization
import Testing
import Transport

@Suite struct PagerTests {
  @Test(arguments: [0, 1, 49, 50, 51, 100, 1003])
  func `a listing is read to its end in pages of fifty`(_ count: Int) async throws {
    let transport = TestKit.serve((0..<count).map { TestKit.channel($0 + 1) })
    let remote = TestKit.remote(transport)
    let channels = try await remote.channels()
    #expect(channels.map(\.id) == Array(1..<(count + 1)))
    #expect(remote.callsMade == max(1, (count + 49) / 50))
    #expect(transport.requests.allSatisfy { $0.parameter("per-page") == "50" })
    #expect(
      Set(transport.requests.map { $0.parameter("page") }) == Set((1...max(1, (count + 49) / 50)).map { "\($0)" }))
  }

  @Test(arguments: [0, 40, 130, 170, 5000])
  func `pages that are expected are asked for at once, and what turns out to be none is let go`(
    _ expected: Int
  ) async throws {
    let items = (1...130).map { TestKit.channel($0) }
    let transport = ScriptedTransport { request, _ in
      let page = Int(request.parameter("page") ?? "") ?? 1
      // A page behind the last is a mistake to this server, and one that is tried again.
      guard page <= 3 else { return .json("{}", status: 503) }
      return .json(TestKit.page(Array(items.dropFirst((page - 1) * 50).prefix(50)), total: 130, page: page))
    }
    let remote = TestKit.remote(transport)
    #expect(try await remote.channels(expecting: expected).map(\.id) == Array(1...130))
  }

  @Test func `a page that turns out to be none is not waited for`() async throws {
    let remote = TestKit.remote(Patient(items: (1...130).map { TestKit.channel($0) }))
    #expect(try await remote.channels(expecting: 5000).map(\.id) == Array(1...130))
  }

  /// Never answers for a page behind the last.
  private struct Patient: Transport {
    var items: [String]

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      let page = Int(request.parameter("page") ?? "") ?? 1
      if page > 3 {
        do { try await Task.sleep(for: .seconds(3600)) } catch { throw .cancelled }
      }
      let text = TestKit.page(Array(items.dropFirst((page - 1) * 50).prefix(50)), total: items.count, page: page)
      return HTTPResponse(status: 200, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
    }
  }

  @Test func `a page that is wanted and fails is a failure, expected or not`() async {
    for expected in [nil, 130, 5000] {
      let items = (1...130).map { TestKit.channel($0) }
      let transport = ScriptedTransport { request, _ in
        let page = Int(request.parameter("page") ?? "") ?? 1
        guard page != 2 else { return .json("{}", status: 403) }
        return .json(TestKit.page(Array(items.dropFirst((page - 1) * 50).prefix(50)), total: 130, page: page))
      }
      let remote = TestKit.remote(transport)
      let failure = await failure { () throws(RemoteFailure) in try await remote.channels(expecting: expected) }
      #expect(failure?.status == 403)
    }
  }

  @Test func `a server that gives smaller pages is followed`() async throws {
    let items = (1...45).map { TestKit.channel($0) }
    let transport = ScriptedTransport { request, _ in
      let page = Int(request.parameter("page") ?? "") ?? 1
      return .json(
        TestKit.page(Array(items.dropFirst((page - 1) * 20).prefix(20)), total: 45, page: page, perPage: 20))
    }
    #expect(try await TestKit.remote(transport).channels().count == 45)
    #expect(transport.requests.count == 3)
  }

  @Test func `the result is sorted by id, whatever the account's order`() async throws {
    let transport = TestKit.serve([9, 2, 5].map { TestKit.channel($0) })
    #expect(try await TestKit.remote(transport).channels().map(\.id) == [2, 5, 9])
  }

  /// Page 2 repeats an item of page 1, as when one was inserted before it meanwhile.
  private func repeating(until steady: Int) -> ScriptedTransport {
    let firsts = Mutex(0)
    return ScriptedTransport { request, _ in
      let page = Int(request.parameter("page") ?? "") ?? 1
      let attempt = firsts.withLock { firsts in
        if page == 1 { firsts += 1 }
        return firsts
      }
      var ids = Array(1...100)
      if attempt < steady, page > 1 { ids = [0] + ids.dropLast() }
      return .json(
        TestKit.page(
          ids.dropFirst((page - 1) * 50).prefix(50).map { TestKit.channel($0) }, total: ids.count, page: page))
    }
  }

  @Test func `an item that slides between pages makes the listing be read anew`() async throws {
    let transport = repeating(until: 3)
    #expect(try await TestKit.remote(transport).channels().map(\.id) == Array(1...100))
    #expect(transport.requests.count == 6)
  }

  @Test func `a listing that never holds still is a failure`() async {
    let transport = repeating(until: .max)
    let remote = TestKit.remote(transport)
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect(
      failure?.message
        == "could not list the channels at kitapi-eu.voximplant.com: the listing changed while it was read, three times"
    )
    #expect(failure?.remedy == "try again when no other person or run changes the account")
    #expect(transport.requests.count == 6)
  }

  @Test func `a total that differs between pages makes the listing be read anew`() async throws {
    let transport = ScriptedTransport { request, number in
      let page = Int(request.parameter("page") ?? "") ?? 1
      let items = (1...60).map { TestKit.channel($0) }
      let total = number == 1 ? 59 : 60
      return .json(TestKit.page(Array(items.dropFirst((page - 1) * 50).prefix(50)), total: total, page: page))
    }
    #expect(try await TestKit.remote(transport).channels().count == 60)
    #expect(transport.requests.count == 4)
  }

  @Test func `fewer items than the total says are never taken for the whole`() async {
    let transport = ScriptedTransport(always: .json(TestKit.page([TestKit.channel(1)], total: 2, perPage: 50)))
    let remote = TestKit.remote(transport)
    #expect(await failure { () throws(RemoteFailure) in try await remote.channels() } != nil)
    #expect(transport.requests.count == 3)
  }

  @Test func `a page that is not the one asked for is never taken`() async {
    let items = (1...100).map { TestKit.channel($0) }
    let transport = ScriptedTransport { request, _ in
      let page = Int(request.parameter("page") ?? "") ?? 1
      return .json(
        TestKit.page(Array(items.dropFirst((page - 1) * 50).prefix(50)), total: 100, page: 1))
    }
    let remote = TestKit.remote(transport)
    #expect(await failure { () throws(RemoteFailure) in try await remote.channels() } != nil)
  }

  @Test func `a claim of endless pages is refused at once`() async {
    let transport = ScriptedTransport(
      always: .json(
        """
        {"success": true, "result": [], "_meta": {"totalCount": 999999999999, "pageCount": 999999999999}}
        """))
    let remote = TestKit.remote(transport)
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect(failure?.message.contains("longer than Kitform reads") == true)
    #expect(transport.requests.count == 1)
  }

  @Test func `a failing page fails the listing and is not followed by many more`() async {
    let transport = ScriptedTransport { request, _ in
      let page = Int(request.parameter("page") ?? "") ?? 1
      if page > 1 { return .json("{\"success\": false, \"result\": {\"error\": \"no\", \"code\": 5}}", status: 403) }
      return .json(TestKit.page((1...50).map { TestKit.channel($0) }, total: 5000, page: 1))
    }
    let remote = TestKit.remote(transport, parallelism: 4)
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect(failure?.status == 403)
    #expect(transport.requests.count <= 8)
  }

  private func cursorProfile() throws -> APIProfile {
    try TestKit.profile([
      ("  style: pages\n", "  style: cursor\n"), ("size: per-page", "size: limit"),
      ("  in: query\n", "  in: body\n"),
      ("  page: page\n", "  cursor: after\n  next: _meta.cursor\n"), ("  pages: _meta.pageCount\n", ""),
      ("  current: _meta.currentPage\n", ""), ("  perPage: _meta.perPage\n", ""),
    ])
  }

  @Test(arguments: ["null", "\"\""])
  func `cursors are followed to the end`(_ end: String) async throws {
    let transport = ScriptedTransport { request, _ in
      let start = Int(request.form.first("after") ?? "0") ?? 0
      let ids = (start..<min(start + 50, 120)).map { TestKit.channel($0 + 1) }
      let next = start + 50 < 120 ? "\"\(start + 50)\"" : end
      return .json(
        """
        {"success": true, "result": [\(ids.joined(separator: ","))], "_meta": {"totalCount": 120, "cursor": \(next)}}
        """)
    }
    let remote = TestKit.remote(transport, profile: try cursorProfile())
    #expect(try await remote.channels().map(\.id) == Array(1...120))
    #expect(transport.requests.map { $0.form.first("after") } == [nil, "50", "100"])
    #expect(transport.requests.allSatisfy { $0.form.first("limit") == "50" })
  }

  @Test func `a cursor that comes back is a failure, not a circle`() async throws {
    let transport = ScriptedTransport(
      always: .json("{\"success\": true, \"result\": [], \"_meta\": {\"totalCount\": 0, \"cursor\": \"again\"}}"))
    let remote = TestKit.remote(transport, profile: try cursorProfile())
    let failure = await failure { () throws(RemoteFailure) in try await remote.channels() }
    #expect(failure?.message.contains("changed while it was read") == true)
    #expect(transport.requests.count == 6)
  }

  @Test func `without a total pages are read until one is not full`() async throws {
    let profile = try TestKit.profile([("  total: _meta.totalCount\n", "")])
    let transport = TestKit.serve((1...100).map { TestKit.channel($0) })
    #expect(try await TestKit.remote(transport, profile: profile).channels().count == 100)
    #expect(transport.requests.count == 3)
  }
}
