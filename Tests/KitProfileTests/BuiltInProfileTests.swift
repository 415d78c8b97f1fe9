import Documents
import KitProfile
import Manifest
import Testing

@Suite struct BuiltInProfileTests {
  @Test func `the built-in profile has no findings`() {
    let (profile, diagnostics) = ProfileLoader.load(ProfileLoader.builtInSource, file: 0)
    #expect(diagnostics.isEmpty)
    #expect(profile?.name == ProfileLoader.builtInName)
    #expect(APIProfile.builtIn.name == ProfileLoader.builtInName)
  }

  @Test func `it is unconfirmed and polite`() {
    #expect(APIProfile.builtIn.status == .unconfirmed)
    #expect(APIProfile.builtIn.rate == 5)
  }

  @Test func `it reads channels by their listing, and names no method that reads one`() {
    #expect(APIProfile.builtIn[.readChannel] == nil)
  }

  @Test(arguments: Operation.allCases.filter { $0 != .readChannel })
  func `every operation has a path and knows its line`(_ operation: Operation) throws {
    let method = try #require(APIProfile.builtIn[operation])
    let source = APIProfile.builtIn.source
    let line = String(decoding: source.bytes[source.range(ofLine: method.line)], as: UTF8.self)
    #expect(line.contains("\(operation.rawValue):"))
    #expect(line.contains(method.path))
  }

  @Test func `the documented placement of credentials holds`() {
    let profile = APIProfile.builtIn
    #expect(profile.credentials.account == "domain")
    #expect(profile.credentials.accountLocation == .query)
    #expect(profile.credentials.token == "access_token")
    #expect(Operation.allCases.filter { profile[$0]?.tokenInQuery == true } == [.login])
    #expect(profile[.message]?.path == "/{uuid}")
  }

  @Test func `paging is by numbered pages of fifty`() {
    let paging = APIProfile.builtIn.paging
    #expect(paging.pageSize == 50)
    #expect(paging.size == "per-page")
    #expect(paging.location == .query)
    #expect(paging.total == ["_meta", "totalCount"])
    #expect(
      paging.style
        == .pages(
          parameter: "page", pages: ["_meta", "pageCount"], current: ["_meta", "currentPage"],
          perPage: ["_meta", "perPage"]))
  }

  @Test func `fields of each form are read`() {
    let channel = APIProfile.builtIn.channel
    func both(_ path: String...) -> WirePath { WirePath(read: path, write: path) }
    #expect(channel.field("name", of: "ok") == .member(both("channel_name")))
    #expect(channel.field("accessToken", of: "ok") == .member(both("channel_settings", "api_key")))
    #expect(channel.field("accessToken", of: "custom") == nil)
    #expect(channel.field("topicSet", of: "custom") == .switched(by: both("use_topics"), both("topic_set_id")))
    #expect(
      channel.field("redirect", of: "ok")
        == .route(
          method: both("processing_method"),
          targets: [
            RouteTarget(
              kind: .queue, word: "queue",
              id: WirePath(read: ["processing_queue", "id"], write: ["processing_queue"]), unused: -1),
            RouteTarget(kind: .function, word: "function", id: both("processing_function"), unused: nil),
          ]))
    #expect(
      channel.field("skills", of: "ok")
        == .levels(both("skills"), id: ["skill_id"], level: ["level"], title: ["skill_name"]))
    #expect(channel[kind: "ok"]?.type == "odnoklassniki")
    #expect(channel.salt == ["channel_settings", "security_salt"])
  }

  @Test func `show prints the file as it is`() {
    #expect(APIProfile.builtIn.rendered.utf8.elementsEqual(ProfileLoader.builtInSource.bytes.map { $0 }))
  }

  private static let durations: [(DurationUnit, Int, Int?)] = [
    (.milliseconds, 90, 90_000), (.seconds, 90, 90), (.minutes, 90, nil), (.minutes, 120, 2), (.hours, 7200, 2),
    (.hours, 60, nil),
  ]

  @Test(arguments: durations)
  func `a duration travels whole or not at all`(_ unit: DurationUnit, _ seconds: Int, _ number: Int?) {
    #expect(unit.number(seconds: seconds) == number)
    if let number { #expect(unit.seconds(number: number) == seconds) }
  }

  @Test func `a number that no duration can be reads as nothing`() {
    #expect(DurationUnit.hours.seconds(number: .max) == nil)
    #expect(DurationUnit.minutes.seconds(number: .min) == nil)
    #expect(DurationUnit.milliseconds.seconds(number: 1) == 1)
  }
}
