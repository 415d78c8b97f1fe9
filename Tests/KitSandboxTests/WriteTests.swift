import Basics
import Documents
import KitProfile
import KitSandbox
import Testing

@Suite struct WriteTests {
  @Test func `a creation makes an id, a UUID and, for custom channels, a salt`() throws {
    let kit = LocalKit()
    let ok = kit.create(LocalKit.ok)
    let custom = kit.create(LocalKit.custom)
    #expect(ok.id == 1001)
    #expect(custom.id == 1002)
    guard case .string(let uuid)? = ok.result?["channel_uuid"] else {
      Issue.record("no UUID in \(ok.text)")
      return
    }
    #expect(uuid.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    #expect(ok.result?["channel_settings"]?["security_salt"] == nil)
    guard case .string(let salt)? = custom.result?["channel_settings"]?["security_salt"] else {
      Issue.record("no salt in \(custom.text)")
      return
    }
    #expect(salt.utf8.count == 32)
  }

  @Test func `what a creation leaves out is filled with defaults`() {
    let kit = LocalKit()
    _ = kit.create(LocalKit.ok)
    let channel = kit.onlyChannel()
    #expect(channel?["agent_close_timeout_sec"] == 86_400)
    #expect(channel?["bot_close_timeout_sec"] == 86_400)
    #expect(channel?["use_tags"] == false)
    #expect(channel?["use_topics"] == false)
    #expect(channel?["topic_set_id"] == .null)
    #expect(channel?["skills"] == [])
  }

  @Test func `the unused queue is there with the id -1`() {
    let kit = LocalKit()
    _ = kit.create(LocalKit.custom)
    let channel = kit.onlyChannel()
    #expect(channel?["processing_method"] == "function")
    #expect(channel?["processing_function"] == 88)
    #expect(channel?["processing_queue"] == ["id": -1])
  }

  @Test func `a partial update keeps what it leaves out`() throws {
    let kit = LocalKit()
    let form =
      LocalKit.ok + [
        ("use_tags", "true"), ("use_topics", "true"), ("topic_set_id", "21"),
        ("skills", #"[{"skill_id":12,"level":5}]"#), ("agent_close_timeout_sec", "7200"),
      ]
    let id = try #require(kit.create(form).id)
    let before = try #require(kit.sandbox.snapshot.account[channel: id])
    #expect(kit.update(id, [("channel_name", "Renamed")]).status == 200)
    var expected = before
    expected.name = "Renamed"
    #expect(kit.sandbox.snapshot.account[channel: id] == expected)
    #expect(kit.onlyChannel()?["skills"] == [["skill_id": 12, "level": 5, "skill_name": "billing"]])
  }

  @Test func `an empty value clears`() throws {
    let kit = LocalKit()
    let form =
      LocalKit.ok + [
        ("use_tags", "true"), ("use_topics", "true"), ("topic_set_id", "21"),
        ("skills", #"[{"skill_id":12,"level":5}]"#), ("agent_close_timeout_sec", "7200"),
      ]
    let id = try #require(kit.create(form).id)
    let cleared = kit.update(
      id, [("use_tags", ""), ("use_topics", ""), ("skills", ""), ("agent_close_timeout_sec", "")])
    #expect(cleared.status == 200)
    let channel = try #require(kit.sandbox.snapshot.account[channel: id])
    #expect(!channel.useTags)
    #expect(!channel.useTopicSet)
    #expect(channel.topicSet == 21)
    #expect(channel.skills.isEmpty)
    #expect(channel.closingAgent == 86_400)
    #expect(kit.update(id, [("channel_name", "")]).error == "channel_name: is required")
    #expect(kit.update(id, [("channel_settings", #"{"api_key":""}"#)]).error == "channel_settings.api_key: is required")
  }

  @Test func `a switch that is turned off keeps the stored topic set`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok + [("use_topics", "true"), ("topic_set_id", "22")]).id)
    _ = kit.update(id, [("use_topics", "false")])
    #expect(kit.onlyChannel()?["use_topics"] == false)
    #expect(kit.onlyChannel()?["topic_set_id"] == 22)
    _ = kit.update(id, [("use_topics", "true")])
    #expect(kit.sandbox.snapshot.account[channel: id]?.topicSet == 22)
  }

  @Test func `a route changes from queue to function`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok).id)
    let answer = kit.update(
      id, [("processing_method", "function"), ("processing_function", "88"), ("processing_queue", "-1")])
    #expect(answer.status == 200)
    #expect(kit.sandbox.snapshot.account[channel: id]?.route == .function(88))
  }

  @Test func `an empty list of skills clears them`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok + [("skills", #"[{"skill_id":12,"level":5}]"#)]).id)
    #expect(kit.update(id, [("skills", "[]")]).status == 200)
    #expect(kit.onlyChannel()?["skills"] == [])
  }

  @Test func `a deleted channel is gone and its id is not used again`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok).id)
    let deleted = kit.delete(id)
    #expect(deleted.status == 200)
    #expect(deleted.json["success"] == true)
    #expect(kit.list().items.isEmpty)
    #expect(kit.delete(id).status == 404)
    #expect(kit.create(LocalKit.ok).id == id + 1)
  }

  @Test func `a channel's kind cannot be changed`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok).id)
    #expect(kit.update(id, [("channel_type", "odnoklassniki")]).status == 200)
    #expect(kit.update(id, [("channel_type", "custom")]).error == "channel_type: cannot be changed")
  }

  @Test func `a nested object that is sent replaces the one before, salt and known members included`() throws {
    let kit = LocalKit()
    let settings = #"{"url":"https://a.example","token_id":41,"retry":{"times":3},"colour":"red"}"#
    let id = try #require(kit.create(LocalKit.custom.dropLast() + [("channel_settings", settings)]).id)
    #expect(kit.onlyChannel()?["channel_settings"]?["retry"] == ["times": 3])
    _ = kit.update(id, [("channel_name", "Other")])
    #expect(kit.onlyChannel()?["channel_settings"]?["colour"] == "red")
    _ = kit.update(id, [("channel_settings", #"{"retry":{"times":4}}"#)])
    let after = kit.onlyChannel()?["channel_settings"]
    #expect(after?["retry"] == ["times": 4])
    #expect(after?["colour"] == nil)
    #expect(after?["url"] == .null)
    #expect(after?["security_salt"] == nil)
    #expect(kit.sandbox.snapshot.account[channel: id]?.apiToken == nil)
  }

  @Test func `where objects are merged, a member that is left out stays`() throws {
    let kit = LocalKit(objects: ObjectHabits(update: .merge))
    let settings = #"{"url":"https://a.example","token_id":41,"retry":{"times":3},"colour":"red"}"#
    let id = try #require(kit.create(LocalKit.custom.dropLast() + [("channel_settings", settings)]).id)
    let salt = kit.onlyChannel()?["channel_settings"]?["security_salt"]
    _ = kit.update(id, [("channel_settings", #"{"url":"https://b.example","retry":{"times":4}}"#)])
    let after = kit.onlyChannel()?["channel_settings"]
    #expect(after?["url"] == "https://b.example")
    #expect(after?["token_id"] == 41)
    #expect(after?["colour"] == "red")
    #expect(after?["retry"] == ["times": 4])
    #expect(salt != nil && after?["security_salt"] == salt)
  }

  @Test func `settings without the access token lose it, and nothing says so`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok).id)
    #expect(kit.update(id, [("channel_settings", #"{"colour":"red"}"#)]).status == 200)
    #expect(kit.sandbox.snapshot.account[channel: id]?.accessToken == nil)
  }

  @Test(
    arguments: [
      (ObjectHabits.TokenDisplay.hidden, nil), (.masked, "********"), (.shown, "tknSECRET:abc"),
    ] as [(ObjectHabits.TokenDisplay, String?)])
  func `an access token is shown as the habits say`(_ display: ObjectHabits.TokenDisplay, _ text: String?) throws {
    let kit = LocalKit(objects: ObjectHabits(accessTokens: display))
    _ = try #require(kit.create(LocalKit.ok).id)
    #expect(kit.onlyChannel()?["channel_settings"]?["api_key"] == text.map { .string($0) })
  }

  @Test func `one channel is read by its id where the profile has a method for it`() throws {
    var profile = APIProfile.builtIn
    profile.methods[.readChannel] = APIMethod(path: "/one", line: 1)
    let kit = LocalKit(profile: profile)
    let id = try #require(kit.create(LocalKit.custom).id)
    #expect(kit.call(LocalKit.request("/one", [("id", String(id))])).result == kit.onlyChannel())
    #expect(kit.call(LocalKit.request("/one", [("id", "999")])).status == 404)
  }

  @Test func `channels of unknown kinds and unknown members survive`() throws {
    let kit = LocalKit { account in
      var telegram = SandboxChannel(id: 7, uuid: "0f6c", kind: "telegram", name: "Telegram")
      telegram.route = .queue(2)
      telegram.unknown = [
        .init("channel_settings", ["bot_name": "acme_bot"]), .init("picture", "https://a.example/p.png"),
      ]
      account[channel: 7] = telegram
    }
    _ = kit.create(LocalKit.ok)
    let channel = kit.list().items.first
    #expect(channel?["channel_type"] == "telegram")
    #expect(channel?["channel_settings"] == ["bot_name": "acme_bot"])
    #expect(channel?["picture"] == "https://a.example/p.png")
    #expect(kit.update(7, [("channel_name", "x")]).status == 422)
    #expect(kit.sandbox.snapshot.account[channel: 7]?.name == "Telegram")
    #expect(kit.delete(7).status == 200)
  }

  @Test func `a changed channel is listed as it is now`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok).id)
    #expect(kit.onlyChannel()?["channel_name"] == "OK community")
    _ = kit.update(id, [("channel_name", "Second")])
    #expect(kit.onlyChannel()?["channel_name"] == "Second")
    kit.sandbox.edit { $0[channel: id]?.name = "Changed in Kit" }
    #expect(kit.onlyChannel()?["channel_name"] == "Changed in Kit")
  }
}
