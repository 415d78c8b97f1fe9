import Basics
import Documents
import Foundation
import KitProfile
import KitSandbox
import Support
import Testing
import Transport

/// The sandbox's documented methods against bodies of real answers: the same members, of the same types.
@Suite struct KnownAnswerTests {
  /// The result of a recorded answer.
  private func recorded(_ file: String) throws -> JSONValue { try #require(try whole(file)["result"]) }

  /// The whole body of a recorded answer.
  private func whole(_ file: String) throws -> JSONValue {
    let path = GeneratedFile.root.appendingPathComponent("Tests/Support/KitAnswers/\(file)")
    let source = SourceFile(path: file, bytes: Array(try Data(contentsOf: path)))
    let document = JSONComposer.compose(source, file: 0).document
    return try #require(document.roots.first.map { document.json($0) })
  }

  /// Every member by the way to it, with its type; items of a list count as one.
  private func shape(_ value: JSONValue, _ path: String = "") -> Set<String> {
    switch value {
    case .object(let members):
      members.reduce(into: ["\(path): object"]) { $0.formUnion(shape($1.value, "\(path).\($1.key)")) }
    case .array(let items): items.reduce(into: ["\(path): list"]) { $0.formUnion(shape($1, path + "[]")) }
    case .string: ["\(path): text"]
    case .bool: ["\(path): switch"]
    case .integer, .number: ["\(path): number"]
    case .null: ["\(path): null"]
    }
  }

  @Test func `the account is answered as Kit answers it`() throws {
    let answer = try #require(LocalKit().call(LocalKit.request("/api/v3/account/getAccountInfo")).result)
    #expect(shape(answer) == shape(try recorded("account.json")))
  }

  @Test func `queues are answered as Kit answers them`() throws {
    let kit = LocalKit { $0.queues = [.init(id: 1, title: "Support", maxWaitingTime: 600)] }
    let answer = try #require(kit.call(LocalKit.request("/api/v3/queues/searchQueues")).result)
    guard case .array(let items) = try recorded("queues.json") else { throw CancellationError() }
    #expect(shape(answer) == shape(.array([items[0]])))
  }

  /// The listings that Kit documents and no profile names, with their fixtures.
  static let listings = [
    ("/api/v3/agentStatuses/searchStatuses", "statuses.json"), ("/api/v3/tags/searchTags", "tags.json"),
    ("/api/v3/user/searchUsers", "users.json"), ("/api/v3/usergroup/searchGroups", "groups.json"),
  ]

  @Test(arguments: listings)
  func `a documented listing is answered as Kit answers it`(_ path: String, _ file: String) throws {
    let reply = LocalKit().call(LocalKit.request(path))
    #expect(reply.status == 200)
    #expect(shape(try #require(reply.result)) == shape(try recorded(file)))
    #expect(reply.json["_meta"].map { shape($0) } == (try whole(file)["_meta"]).map { shape($0) })
  }

  @Test(arguments: listings.map(\.0))
  func `a documented listing needs the account's credentials, and the built-in profile`(_ path: String) throws {
    #expect(LocalKit().call(LocalKit.request(path, token: "wrong")).status == 401)
    let text = PlainProfile.text.replacing("title: acd_queue_title", with: "title: label")
    let (profile, _) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
    #expect(LocalKit(profile: try #require(profile)).call(LocalKit.request(path)).status == 404)
  }

  @Test func `every recorded answer has its method here`() throws {
    let place = GeneratedFile.root.appendingPathComponent("Tests/Support/KitAnswers").path
    let recorded = try FileManager.default.contentsOfDirectory(atPath: place)
    // The account's older form is read, and no sandbox answers it.
    #expect(
      Set(recorded) == Set(Self.listings.map(\.1) + ["account.json", "account-older.json", "queues.json"]))
  }

  @Test func `machine names and ids are those of one queue each`() {
    let items = LocalKit().call(LocalKit.request("/api/v3/queues/searchQueues")).items
    for name in ["id", "acd_queue_id", "acd_queue_name"] {
      let values = items.compactMap { $0[name].map { CanonicalJSON.text($0) } }
      #expect(Set(values).count == items.count && items.count == 2, "\(name)")
    }
  }

  @Test func `another profile is served as it says, and no more`() throws {
    let text = PlainProfile.text.replacing("title: acd_queue_title", with: "title: label")
    let (profile, _) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
    let kit = LocalKit(profile: try #require(profile))
    let queues = kit.call(LocalKit.request("/api/v3/queues/searchQueues")).items
    #expect(queues.first == ["id": 1, "label": "Support", "im_max_waiting_time": 10])
    let account = kit.call(LocalKit.request("/api/v3/account/getAccountInfo")).result
    #expect(account == ["domain": ["name": "acme", "cc_enabled": true, "function_enabled": true]])
  }
}
