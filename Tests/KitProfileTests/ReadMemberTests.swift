import Documents
import KitProfile
import Manifest
import Support
import Testing

/// Members that are read: alternatives, lines, and what the profile says of deletion and authorship.
@Suite struct ReadMemberTests {
  private func load(_ old: String, _ new: String) -> (profile: APIProfile?, found: [String]) {
    let text = PlainProfile.text.replacing(old, with: new)
    let (profile, diagnostics) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
    return (profile, diagnostics.map { "\($0.id): \($0.message)" })
  }

  @Test func `alternatives are kept in their order`() {
    let name = APIProfile.builtIn.account.name
    #expect(name.path == ["domain", "name"])
    #expect(name.alternatives == [["domain"]])
    #expect(name.words == "`domain.name` or `domain`")
    #expect(APIProfile.builtIn.objects[.queue]?.title == ["acd_queue_title"])
  }

  @Test func `a member knows its own line`() throws {
    let profile = APIProfile.builtIn
    let queue = try #require(profile.objects[.queue])
    for (member, text) in [
      (profile.account.name, "  name: [domain.name, domain]"), (queue.title, "    title: acd_queue_title"),
      (try #require(queue.maxWaitingTime), "    maxWaitingTime: im_max_waiting_time"),
      (profile.channel.uuid, "  uuid: channel_uuid"), (profile.channel.id.reading, "  id: id"),
      (try #require(profile.paging.total), "  total: _meta.totalCount"),
      (profile.envelope.success, "  success: success"),
    ] {
      let line = String(decoding: profile.source.bytes[profile.source.range(ofLine: member.line)], as: UTF8.self)
      #expect(line.hasPrefix(text), "line \(member.line): \(line)")
    }
    let kind = try #require(profile.channel.kinds.first { $0.name == "custom" })
    guard case .member(let url)? = kind.fields.first(where: { $0.name == "callbackURL" })?.field else {
      Issue.record("no callbackURL")
      return
    }
    let line = String(decoding: profile.source.bytes[profile.source.range(ofLine: url.reading.line)], as: UTF8.self)
    #expect(line.contains("callbackURL: channel_settings.url"))
  }

  @Test func `a field may have alternatives where it is read, and one name where it is written`() throws {
    let (profile, found) = load(
      "    closing.bot: bot_close_timeout_sec", "    closing.bot: {read: [timers.bot, bot], write: bot_timer}")
    #expect(found.isEmpty, "\(found)")
    let field = try #require(profile?.channel.field("closing.bot", of: "ok"))
    let path = WirePath(reading: ReadMember(["timers", "bot"], or: [["bot"]]), write: ["bot_timer"])
    #expect(field == .member(path))
  }

  @Test(arguments: [
    ("    closing.bot: bot_close_timeout_sec", "    closing.bot: [a, b]", "profile.type"),
    ("    closing.bot: bot_close_timeout_sec", "    closing.bot: {at: [a, b]}", "profile.type"),
    ("    closing.bot: bot_close_timeout_sec", "    closing.bot: {read: a, write: [a, b]}", "profile.type"),
    ("  uuid: channel_uuid", "  uuid: []", "profile.value"),
    ("  uuid: channel_uuid", "  uuid: [a, b, c, d, e, f, g, h, i]", "profile.value"),
    ("  uuid: channel_uuid", "  uuid: {at: a}", "profile.type"),
    ("  uuid: channel_uuid", "  uuid: [a b]", "profile.members"),
    ("  uuid: channel_uuid", "  uuid: [[a]]", "profile.type"),
    ("    deleted: deleted\n    maxWaitingTime", "    deleted: {}\n    maxWaitingTime", "profile.type"),
    ("  authorship: [create_date,", "  authorship: [a..b,", "profile.members"),
    ("  uuid: channel_uuid", "  uuid: [a, b, a]", "profile.value"),
    ("id: skill_id, level", "id: [], level", "profile.value"),
    ("id: skill_id, level", "id: [skill_id, skill_id], level", "profile.value"),
    ("id: skill_id, level", "id: {at: skill_id}, level", "profile.type"),
    ("id: skill_id, level", "id: {read: [a, b], write: a}, level", "profile.type"),
    ("id: skill_id, level", "id: skill..id, level", "profile.members"),
    ("level: level, title", "level: [a, b, c, d, e, f, g, h, i], title", "profile.value"),
    ("level: level, title", "level: [[a]], title", "profile.type"),
    ("level: level, title", "level: skill_id, title", "profile.value"),
    ("level: level, title: skill_name}", "level: level, title: [a b]}", "profile.members"),
  ])
  func `what names no member to read is refused`(_ old: String, _ new: String, _ rule: String) {
    let (profile, found) = load(old, new)
    #expect(profile == nil)
    #expect(found.contains { $0.hasPrefix("\(rule): ") }, "\(found)")
  }

  @Test func `the members of a skill's item have alternatives too, each with its line`() throws {
    let (profile, found) = load(
      "{at: skills, id: skill_id, level: level, title: skill_name}",
      "{at: skills, id: [skill_id, skill.id], level: [level, skill_level], title: [skill_name, skill.name]}")
    #expect(found.isEmpty, "\(found)")
    let field = try #require(profile?.channel.field("skills", of: "ok"))
    guard case .levels(_, let id, let level, let title) = field else {
      Issue.record("no list of skills")
      return
    }
    #expect(id == ReadMember(["skill_id"], or: [["skill", "id"]]))
    #expect(level == ReadMember(["level"], or: [["skill_level"]]))
    #expect(title == ReadMember(["skill_name"], or: [["skill", "name"]]))
    let source = try #require(profile?.source)
    let line = String(decoding: source.bytes[source.range(ofLine: level.line)], as: UTF8.self)
    #expect(line.contains("skills: {at: skills"))
  }

  @Test func `deletion and authorship are named, and may be left out`() {
    #expect(APIProfile.builtIn.channel.deleted == ["deleted"])
    #expect(APIProfile.builtIn.objects[.queue]?.deleted == ["deleted"])
    #expect(APIProfile.builtIn.channel.authorship.contains(["edited_by"]))
    let without = load(
      "  authorship: [create_date, created_by, edit_date, edited_by, delete_date, deleted_by]\n", "")
    #expect(without.found.isEmpty && without.profile?.channel.authorship == [])
    let listed = load("\n  deleted: deleted\n", "\n")
    #expect(listed.found.isEmpty && listed.profile?.channel.deleted == nil)
  }

  @Test func `every claim of the built-in profile has its label, and what was seen its month`() {
    let lines = APIProfile.builtIn.rendered.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let labels = ["DOC", "SEEN", "INFERRED", "ASSUMED"]
    var isLabelled = false
    let start = lines.firstIndex { $0.hasPrefix("rate:") } ?? 0
    for (number, line) in lines.enumerated().dropFirst(start) {
      let text = line.trimmingPrefix { $0 == " " }
      let label = labels.contains { line.contains("# \($0)") || text.hasPrefix("#") && line.contains($0) }
      if text.hasPrefix("#") {
        isLabelled = label
        continue
      }
      let value = line.prefix { $0 != "#" }.reversed().drop { $0 == " " }
      // A key that opens a mapping claims nothing; a list is labelled in the comment above it.
      if text.isEmpty || value.first == ":" { continue }
      #expect(label || isLabelled || lines[number - 1].hasSuffix(","), "line \(number + 1): \(line)")
      if !line.contains("["), !lines[number - 1].hasSuffix(",") { isLabelled = false }
    }
    for line in lines.dropFirst(start) {
      for seen in line.matches(of: /SEEN( \w+ \d{4})?/) {
        #expect(seen.1 == " July 2026" || seen.1 == " March 2026", "\(line)")
      }
    }
  }
}
