import Basics
import Documents
import KitSandbox
import Testing

@Suite struct ListingTests {
  /// A local Kit with so many channels, numbered from 1001.
  private func kit(channels count: Int, faults: Faults = Faults()) -> LocalKit {
    LocalKit(faults: faults) { account in
      for _ in 0..<count {
        let id = account.makeID()
        account[channel: id] = SandboxChannel(id: id, uuid: "uuid-\(id)", kind: "ok", name: "Channel \(id)")
      }
    }
  }

  @Test(arguments: [("", 20), ("per-page=10", 10), ("per-page=50", 50), ("per-page=51", 50), ("per-page=1000", 50)])
  func `a page has 20 items unless asked, and never more than 50`(query: String, size: Int) {
    let answer = kit(channels: 70).list(query)
    #expect(answer.items.count == size)
    #expect(answer.json["_meta"]?["perPage"] == .integer(size))
    #expect(answer.json["_meta"]?["totalCount"] == 70)
    #expect(answer.json["_meta"]?["pageCount"] == .integer((70 + size - 1) / size))
    #expect(answer.json["_meta"]?["currentPage"] == 1)
  }

  @Test func `pages follow one another and end`() {
    let kit = kit(channels: 45)
    let pages = (1...4).map { kit.list("page=\($0)").ids }
    #expect(pages.map(\.count) == [20, 20, 5, 0])
    #expect(pages.flatMap { $0 } == Array(1001...1045))
  }

  @Test(arguments: ["page=0", "page=-1", "page=two", "page=99999999999", "per-page=0", "per-page=many"])
  func `a page that is none is answered 422`(query: String) {
    #expect(kit(channels: 1).list(query).status == 422)
  }

  @Test func `objects are listed with their titles, queues with their waiting time`() {
    let kit = LocalKit()
    let queues = kit.call(LocalKit.request("/api/v3/queues/searchQueues")).items
    #expect(queues.map { $0["id"] } == [1, 2])
    #expect(queues.map { $0["acd_queue_title"] } == ["Support", "Sales"])
    #expect(queues.map { $0["im_max_waiting_time"] } == [10, .null], "in minutes")
    #expect(
      kit.call(LocalKit.request("/api/v3/function/searchFunctions")).result == [["id": 88, "function_name": "Bot"]])
    #expect(
      kit.call(LocalKit.request("/api/v3/topicSets/searchTopicSets", query: "per-page=1")).result
        == [["id": 21, "topic_set_name": "Retail"]])
    #expect(kit.call(LocalKit.request("/api/v3/skills/searchSkills")).items.count == 2)
    let tokens = kit.call(LocalKit.request("/api/v3/accessToken/searchTokens"))
    #expect(tokens.items.first == ["id": 41, "token_name": "Pipeline"])
  }

  @Test func `an item that slides is listed never, another twice, under the same total`() {
    var faults = Faults()
    faults.slidingListings = 1
    let kit = kit(channels: 25, faults: faults)
    let first = kit.list()
    #expect(first.items.count == 25)
    let again = (1...2).map { kit.list("page=\($0)") }
    #expect(again.flatMap(\.ids) == Array(1001...1025))

    let sliding = self.kit(channels: 25, faults: faults)
    let pages = (1...2).map { sliding.list("page=\($0)") }
    let ids = pages.flatMap(\.ids)
    #expect(ids.count == 25)
    #expect(Set(ids) == Set(1001...1024))
    #expect(pages.allSatisfy { $0.json["_meta"]?["totalCount"] == 25 })
    let calm = (1...2).map { sliding.list("page=\($0)") }
    #expect(calm.flatMap(\.ids) == Array(1001...1025))
  }

  @Test func `a creation can be late in listings`() {
    var faults = Faults()
    faults.lateVisibility = 500
    let kit = LocalKit(faults: faults)
    #expect(kit.create(LocalKit.ok).status == 200)
    #expect(kit.list().json["_meta"]?["totalCount"] == 0)
    kit.clock.advance(499)
    #expect(kit.list().items.isEmpty)
    kit.clock.advance(1)
    #expect(kit.list().ids == [1001])
  }
}
