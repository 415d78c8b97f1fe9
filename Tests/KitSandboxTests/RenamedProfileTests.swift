import Basics
import Documents
import KitProfile
import KitSandbox
import Testing
import Transport

/// The sandbox serves whatever profile it is given: here one whose every path, name, unit and paging style differs.
@Suite struct RenamedProfileTests {
  private static let text = """
    name: renamed
    status: confirmed
    rate: 5
    credentials:
      account: {name: tenant, in: body}
      token: {name: pass}
    operations:
      account: /me
      listQueues: /q
      listChannels: /c/list
      createChannel: /c/new
      updateChannel: /c/set
      deleteChannel: /c/drop
    envelope: {success: ok, result: data.value, error: data.fault.text, code: data.fault.number}
    paging: {style: cursor, in: body, size: limit, pageSize: 50, cursor: after, next: data.next, total: data.count}
    switches: {on: "1", off: "0"}
    account: {name: tenant.title}
    objects:
      queue: {id: key, title: text.label, maxWaitingTime: wait, unit: minutes}
    channel:
      id: {read: info.key, write: key}
      uuid: info.handle
      type: {read: info.sort, write: sort}
      salt: spice
      unit: minutes
      secrets: [spice]
      volatile: []
      fields:
        name: label
        redirect:
          method: via
          queue: {word: line, at: line, unused: 0}
          function: {word: code, at: code, unused: 0}
        closing.agent: timers.human
        closing.bot: timers.robot
        useTags: marks
        topicSet: subjects
        skills: {at: talents, id: talent, level: grade}
      kinds:
        ok: {type: okru, fields: {accessToken: door_key}}
        custom: {type: own, fields: {callbackURL: hook, apiToken: badge}}
    botService: {channel: c, accessToken: a, refreshToken: r}
    """

  private func kit() throws -> LocalKit {
    let (profile, diagnostics) = ProfileLoader.load(SourceFile(path: "renamed.yaml", text: Self.text), file: 0)
    #expect(diagnostics.map(\.message) == [])
    return LocalKit(profile: try #require(profile))
  }

  private func call(_ kit: LocalKit, _ path: String, _ form: [(String, String)] = []) -> Answer {
    kit.call(
      HTTPRequest(
        method: "POST", scheme: "http", host: "127.0.0.1", path: path,
        headers: [("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
        body: LocalKit.formBody(form + [("tenant", "acme"), ("pass", "full-token")])))
  }

  private let form = [
    ("sort", "own"), ("label", "Partner bot"), ("via", "line"), ("line", "2"), ("hook", "https://a.example"),
    ("badge", "41"), ("timers", #"{"human":90}"#), ("marks", "1"), ("subjects", "22"),
    ("talents", #"[{"talent":12,"grade":2}]"#),
  ]

  @Test func `a channel is created and listed in the profile's words and units`() throws {
    let kit = try kit()
    let created = call(kit, "/c/new", form)
    #expect(created.status == 200)
    let channel = try #require(kit.sandbox.snapshot.account.channels.first)
    #expect(channel.closingAgent == 5400)
    #expect(channel.topicSet == 22)
    #expect(channel.useTags)
    #expect(
      created.json == [
        "ok": true,
        "data": [
          "value": [
            "info": ["key": 1001, "handle": .string(channel.uuid), "sort": "own"], "label": "Partner bot",
            "via": "line", "line": 2, "code": 0, "timers": ["human": 90, "robot": 1440], "marks": true,
            "subjects": 22, "talents": [["talent": 12, "grade": 2]], "hook": "https://a.example", "badge": 41,
            "spice": .string(channel.salt),
          ]
        ],
      ])
  }

  @Test func `failures stand where the profile has them`() throws {
    let answer = call(try kit(), "/c/new", form.filter { $0.0 != "hook" })
    #expect(answer.status == 422)
    #expect(answer.json == ["ok": false, "data": ["fault": ["text": "hook: is required", "number": 422]]])
  }

  @Test func `cursors lead through a listing and end`() throws {
    let kit = try kit()
    for _ in 0..<5 { #expect(call(kit, "/c/new", form).status == 200) }
    var ids: [JSONValue] = []
    var cursor = ""
    var pages = 0
    repeat {
      let json = call(kit, "/c/list", [("limit", "2"), ("after", cursor)]).json
      guard case .array(let items)? = json["data"]?["value"] else { break }
      ids += items.compactMap { $0["info"]?["key"] }
      #expect(json["data"]?["count"] == 5)
      pages += 1
      if case .string(let next)? = json["data"]?["next"] { cursor = next } else { cursor = "" }
    } while !cursor.isEmpty
    #expect(pages == 3)
    #expect(ids == [1001, 1002, 1003, 1004, 1005])
    #expect(call(kit, "/c/list", [("after", "beyond")]).status == 422)
  }

  @Test func `an update clears and an id is found under its written name`() throws {
    let kit = try kit()
    _ = call(kit, "/c/new", form)
    #expect(call(kit, "/c/set", [("key", "1001"), ("subjects", ""), ("talents", ""), ("marks", "0")]).status == 200)
    let channel = try #require(kit.sandbox.snapshot.account[channel: 1001])
    #expect(!channel.useTopicSet)
    #expect(channel.skills.isEmpty)
    #expect(!channel.useTags)
    #expect(call(kit, "/c/drop", [("key", "1001")]).status == 200)
    #expect(kit.sandbox.snapshot.account.channels.isEmpty)
  }

  @Test func `an operation that the profile leaves out is answered 404, the usual paths too`() throws {
    let kit = try kit()
    #expect(call(kit, "/api/v3/skills/searchSkills").status == 404)
    #expect(call(kit, "/api/v3/channel/searchChannels").status == 404)
    #expect(
      call(kit, "/q").json["data"]?["value"] == [
        ["key": 1, "text": ["label": "Support"], "wait": 10], ["key": 2, "text": ["label": "Sales"], "wait": .null],
      ])
    #expect(call(kit, "/me").json["data"]?["value"] == ["tenant": ["title": "acme"]])
  }
}
