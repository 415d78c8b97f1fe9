import Documents
import Foundation
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Support
import Testing
import Transport

/// What real answers have that a tidy API would not: alternatives, soft deletion, authorship, listings without a count.
@Suite struct RealAnswerTests {
  private func recorded(_ file: String) throws -> ScriptedTransport.Answer {
    let path = GeneratedFile.root.appendingPathComponent("Tests/Support/KitAnswers/\(file)")
    return .json(String(decoding: try Data(contentsOf: path), as: UTF8.self))
  }

  @Test(arguments: ["account.json", "account-older.json"])
  func `name and flags are read wherever they are`(_ file: String) async throws {
    let account = try await TestKit.remote(ScriptedTransport(always: try recorded(file))).account()
    #expect(account.name == "acme")
    #expect(account.contactCentre == true && account.functions == true)
  }

  @Test func `queues have the titles that people know, the chats' waiting times, and no deleted one`() async throws {
    let remote = TestKit.remote(ScriptedTransport(always: try recorded("queues.json")))
    guard case .objects(let queues) = try await remote.facts([.queue])[.queue] else {
      Issue.record("no queues")
      return
    }
    #expect(queues.map(\.id) == [11, 12, 14])
    #expect(queues.map(\.title) == ["Support", "Sales", "Поддержка"])
    #expect(queues.map(\.maxWaitingTime) == [3600, 300, 1800])
    #expect(remote.gaps.isEmpty)
  }

  @Test(arguments: ["null", "0", "-5"])
  func `a waiting time that says nothing is none that is known`(_ value: String) async throws {
    let item =
      "{\"id\": 1, \"acd_queue_title\": \"S\", \"im_max_waiting_time\": \(value), \"call_max_waiting_time\": 3}"
    let remote = TestKit.remote(ScriptedTransport(always: .json(TestKit.page([item], total: 1))))
    guard case .objects(let queues) = try await remote.facts([.queue])[.queue] else { return }
    #expect(queues.map(\.maxWaitingTime) == [nil])
    #expect(remote.gaps.isEmpty, "the member is there")
  }

  @Test func `the first alternative of the wanted form counts`() async throws {
    let profile = try TestKit.profile([("title: acd_queue_title", "title: [label.text, label, acd_queue_title]")])
    let items = [
      "{\"id\": 1, \"label\": {\"text\": \"deep\"}, \"acd_queue_title\": \"last\"}",
      "{\"id\": 2, \"label\": \"plain\", \"acd_queue_title\": \"last\"}",
      "{\"id\": 3, \"label\": 7, \"acd_queue_title\": \"last\"}", "{\"id\": 4, \"acd_queue_title\": null}",
    ]
    let remote = TestKit.remote(ScriptedTransport(always: .json(TestKit.page(items, total: 4))), profile: profile)
    guard case .objects(let queues) = try await remote.facts([.queue])[.queue] else { return }
    #expect(queues.map(\.title) == ["deep", "plain", "last", nil])
  }

  private static func deleted(_ id: Int, _ flag: String = "true") -> String {
    "{\"id\": \(id), \"channel_uuid\": \"u\", \"channel_type\": \"custom\", \"channel_name\": \"Gone\", \"deleted\": \(flag)}"
  }

  @Test func `a deleted channel does not exist, and the total counts it`() async throws {
    let items = (1...120).map { $0 % 3 == 0 ? Self.deleted($0) : TestKit.channel($0) }
    let transport = TestKit.serve(items)
    let channels = try await TestKit.remote(transport).channels()
    #expect(channels.map(\.id) == (1...120).filter { $0 % 3 != 0 })
    #expect(transport.requests.count == 3)
    #expect(try await TestKit.remote(transport).salts().isEmpty)
    let flags = TestKit.serve([
      Self.deleted(1, "1"), Self.deleted(2, "false"), Self.deleted(3, "null"), Self.deleted(4, "\"true\""),
    ])
    #expect(try await TestKit.remote(flags).channels().map(\.id) == [2, 3])
  }

  @Test func `who changed a channel and when is no part of its fingerprint`() async throws {
    func precondition(_ more: String) async throws -> String? {
      let item =
        "{\"id\": 1, \"channel_uuid\": \"u\", \"channel_type\": \"custom\", \"channel_name\": \"Bot\", "
        + "\"nested\": {\"a\": 1\(more)}\(more)}"
      return try await TestKit.remote(TestKit.serve([item])).channels().first?.precondition
    }
    let plain = try await precondition("")
    let authored = try await precondition(
      ", \"create_date\": \"x\", \"created_by\": 1, \"edit_date\": \"y\", \"edited_by\": 2, \"delete_date\": null, \"deleted_by\": null"
    )
    #expect(plain != nil && plain == authored)
    #expect(try await precondition(", \"colour\": 1") != plain)
  }

  private func uncounted(_ pages: [[String]]) -> ScriptedTransport {
    ScriptedTransport { request, _ in
      let page = Int(request.parameter("page") ?? "1") ?? 1
      let items = pages.count == 1 ? pages[0] : pages.indices.contains(page - 1) ? pages[page - 1] : []
      return .json("{\"success\": true, \"result\": [\(items.joined(separator: ","))]}")
    }
  }

  @Test(arguments: [0, 1, 49, 50, 51, 120])
  func `a listing without a count is complete`(_ count: Int) async throws {
    let transport = uncounted([(0..<count).map { TestKit.channel($0 + 1) }])
    #expect(try await TestKit.remote(transport).channels().count == count)
    // Exactly one page might be the first of several.
    #expect(transport.requests.count == (count == 50 ? 2 : 1))
  }

  @Test func `a listing without a count that was cut all the same is read on`() async throws {
    let items = (1...130).map { TestKit.channel($0) }
    let pages = stride(from: 0, to: 130, by: 50).map { Array(items[$0..<min($0 + 50, 130)]) }
    #expect(try await TestKit.remote(uncounted(pages)).channels().count == 130)
    // Smaller pages than were asked for show when more channels are expected.
    let small = stride(from: 0, to: 130, by: 20).map { Array(items[$0..<min($0 + 20, 130)]) }
    #expect(try await TestKit.remote(uncounted(small)).channels(expecting: 130).count == 130)
  }

  @Test func `an answer's names are escaped, cut and counted`() async {
    let names = ["\\u001b[31mred", String(repeating: "n", count: 10_000)] + (0..<50).map { "m\($0)" }
    let item = "{" + names.map { "\"\($0)\": 1" }.joined(separator: ",") + "}"
    let remote = TestKit.remote(ScriptedTransport(always: .json(TestKit.page([item], total: 1))))
    let failure = await failure { () throws(RemoteFailure) in try await remote.facts([.queue]) }
    let message = failure?.message ?? ""
    #expect(message.contains("`\\u{001B}[31mred`") && message.hasSuffix(" and 40 more"), "\(message)")
    #expect(message.unicodeScalars.count < 500)
  }

  @Test func `a name in an answer that is a secret is masked`() async {
    let item = "{\"\(TestKit.token)\": 1}"
    let remote = TestKit.remote(ScriptedTransport(always: .json("{\"success\": true, \"result\": \(item)}")))
    let failure = await failure { () throws(RemoteFailure) in try await remote.account() }
    #expect(failure?.message.contains("t0ken") == false, "\(failure?.message ?? "")")
  }
}
