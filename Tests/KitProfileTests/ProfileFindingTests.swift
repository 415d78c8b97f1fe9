import Documents
import KitProfile
import Manifest
import Support
import Testing

/// Each case changes the built-in profile in one place and says what must be found, and where.
@Suite struct ProfileFindingTests {
  private func findings(_ old: String, _ new: String) -> (profile: APIProfile?, found: [String]) {
    let text = PlainProfile.text.replacing(old, with: new)
    let source = SourceFile(path: "kit-profile.yaml", text: text)
    var map = SourceMap()
    let (profile, diagnostics) = ProfileLoader.load(source, file: map.add(source))
    return (
      profile,
      diagnostics.map { finding in
        guard let place = finding.place else { return "\(finding.id) nowhere" }
        let bytes = source.bytes[Int(place.start)..<Int(place.end)]
        let first = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return "\(finding.id) at \(first): \(finding.message)"
      }
    )
  }

  @Test(arguments: [
    ("rate: 5\n", "rate: five\n", "profile.value at five: `rate` is not a whole number from 1 to 1000"),
    ("rate: 5\n", "rate: \"5\"\n", "profile.value at \"5\": `rate` is not a whole number from 1 to 1000"),
    ("rate: 5\n", "rate: 0\n", "profile.value at 0: `rate` is not a whole number from 1 to 1000"),
    (
      "status: unconfirmed", "status: maybe",
      "profile.value at maybe: `status` is not one of the allowed words"
    ),
    (
      "token: {name: access_token}", "token: {name: access_token, in: query}",
      "profile.key at in: `credentials.token.in` is not a setting of a profile"
    ),
    (
      "listSkills: /api/v3/skills/searchSkills", "listSkills: https://evil.example/api",
      "profile.path at https://evil.example/api: `operations.listSkills` is not the path of a URL"
    ),
    (
      "listSkills: /api/v3/skills/searchSkills", "listSkills: /api/../searchSkills",
      "profile.path at /api/../searchSkills: `operations.listSkills` is not the path of a URL"
    ),
    (
      "listSkills: /api/v3/skills/searchSkills", "searchSkills: /api/v3/skills/searchSkills",
      "profile.key at searchSkills: `operations.searchSkills` is not a setting of a profile"
    ),
    (
      "  success: success\n", "",
      "profile.missing at result: result: `envelope.success` is missing"
    ),
    (
      "    name: channel_name\n", "    name: [channel_name]\n",
      "profile.type at [channel_name]: `channel.fields.name` is a list"
    ),
    (
      "    name: channel_name\n", "    name: channel..name\n",
      "profile.members at channel..name: `channel.fields.name` is not a member's name"
    ),
    (
      "{switch: use_topics, at: topic_set_id}", "{switch: use_topics}",
      "profile.at at {switch: use_topics}: `channel.fields.topicSet` does not say where the member is"
    ),
    (
      "{switch: use_topics, at: topic_set_id}", "{switch: use_topics, at: a, read: b}",
      "profile.at at {switch: use_topics, at: a, read: b}: `channel.fields.topicSet` does not say where the member is"
    ),
    (
      "style: pages", "style: cursor",
      "profile.missing at style: cursor: `paging.cursor` is missing"
    ),
    (
      "  unit: seconds\n", "  unit: days\n",
      "profile.value at days: `channel.unit` is not one of the allowed words"
    ),
    (
      "id: skill_id, level", "id: [skill_id, id, skill_id], level",
      "profile.value at skill_id: `channel.fields.skills.id[2]` repeats `skill_id`"
    ),
    (
      "level: level, title", "level: [skill_id, level], title",
      "profile.value at [skill_id, level]: `channel.fields.skills.level` is written as `skill_id`, and so is `channel.fields.skills.id`"
    ),
    (
      "title: skill_name}", "title: []}",
      "profile.value at []: `channel.fields.skills.title` is an empty list"
    ),
    (
      "volatile: [updated,", "volatile: [a b,",
      "profile.members at a b: `channel.volatile[0]` is not a member's name"
    ),
  ])
  func `a mistake is found at its place`(_ old: String, _ new: String, _ wanted: String) {
    let (profile, found) = findings(old, new)
    #expect(found.contains(wanted), "\(found)")
    #expect(profile == nil)
  }

  @Test func `every mistake is reported in one pass`() {
    let source = SourceFile(path: "p.yaml", text: "name: mine\nstatus: x\nrate: y\ncolour: z\n")
    let found = ProfileLoader.load(source, file: 0).diagnostics
    #expect(found.map(\.id).filter { $0 == "profile.value" }.count == 2)
    #expect(found.contains { $0.id == "profile.key" })
    #expect(found.filter { $0.id == "profile.missing" }.count == 9)
    #expect(found.allSatisfy { $0.place != nil && $0.suggestion != nil })
  }

  @Test(arguments: ["", "- a\n", "text\n", "a: 1\n---\nb: 2\n"])
  func `what is not one mapping is no profile`(_ text: String) {
    let (profile, found) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
    #expect(profile == nil)
    #expect(found.map(\.id) == ["profile.type"])
  }

  @Test func `broken YAML keeps the reader's own finding`() {
    let (profile, found) = ProfileLoader.load(SourceFile(path: "p.yaml", text: "a: [\n"), file: 0)
    #expect(profile == nil)
    #expect(found.allSatisfy { $0.id.hasPrefix("yaml.") } && !found.isEmpty)
  }

  @Test func `an unknown key cannot drive a terminal`() {
    let source = SourceFile(path: "p.yaml", text: "\"\\u202Eevil\": 1\n")
    let found = ProfileLoader.load(source, file: 0).diagnostics
    #expect(found.contains { $0.message.contains("\\u{202E}evil") } || found.contains { $0.id.hasPrefix("yaml.") })
  }

  @Test func `an operation that is left out is not available`() {
    let (profile, found) = findings("  listFunctions: /api/v3/function/searchFunctions\n", "")
    #expect(found.isEmpty)
    #expect(profile?[.listFunctions] == nil)
    #expect(profile?[.listQueues] != nil)
  }

  @Test func `cursors and another unit are read`() {
    let text = PlainProfile.text
      .replacing("  style: pages\n", with: "  style: cursor\n")
      .replacing("size: per-page", with: "size: limit")
      .replacing("  page: page\n", with: "  cursor: after\n  next: _meta.cursor\n")
      .replacing("  pages: _meta.pageCount\n", with: "")
      .replacing("  current: _meta.currentPage\n", with: "")
      .replacing("  perPage: _meta.perPage\n", with: "")
      .replacing("  unit: seconds\n", with: "  unit: minutes\n")
    let (profile, found) = ProfileLoader.load(SourceFile(path: "p.yaml", text: text), file: 0)
    #expect(found.isEmpty, "\(found)")
    #expect(profile?.paging.style == .cursor(parameter: "after", next: ["_meta", "cursor"]))
    #expect(profile?.channel.unit == .minutes)
  }
}
