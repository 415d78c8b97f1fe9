import Basics
import Documents
import KitAPI
import KitProfile
import Manifest
import Provisioning
import Support

/// One way in which a profile and an account may have a channel's objects; each makes random channels and updates.
enum LossScene: String, CaseIterable {
  /// The built-in profile.
  case builtIn
  /// Members that are read under one of several names.
  case alternatives
  /// An object that is read under another name than it is written, with other names inside.
  case otherNames
  /// Members that are shown and never sent.
  case readOnly
  /// A list of skills whose items have members of their own, under one of two sets of names.
  case skills
  /// A redirect inside an object.
  case route
  /// A listing that has null or nothing in the object's place.
  case unseen
  /// The same, where one channel's own reading has the object.
  case unseenListing

  /// 10,000 in all.
  var trials: Int { self == .builtIn ? 3000 : 1000 }

  /// What the profile has instead of the built-in one's texts.
  var replacements: [(String, String)] {
    switch self {
    case .builtIn, .unseen: []
    case .alternatives:
      [
        (
          "callbackURL: channel_settings.url",
          "callbackURL: {read: [address, channel_settings.link, channel_settings.url], write: channel_settings.url}"
        ),
        (
          "apiToken: channel_settings.token_id",
          "apiToken: {read: [channel_settings.token_number, channel_settings.token_id], write: channel_settings.token_id}"
        ),
        (
          "accessToken: channel_settings.api_key",
          "accessToken: {read: [key, channel_settings.api_key], write: channel_settings.api_key}"
        ),
      ]
    case .otherNames:
      [
        ("salt: channel_settings.security_salt", "salt: shown.security_salt"),
        ("callbackURL: channel_settings.url", "callbackURL: {read: shown.address, write: channel_settings.url}"),
        ("apiToken: channel_settings.token_id", "apiToken: {read: shown.number, write: channel_settings.token_id}"),
        ("accessToken: channel_settings.api_key", "accessToken: {read: shown.key, write: channel_settings.api_key}"),
      ]
    case .readOnly:
      [
        (
          "  update: replace\n",
          "  update: replace\n  readOnly: [note, channel_settings.status, channel_settings.list]\n"
        )
      ]
    case .skills:
      [
        (
          "id: skill_id, level: level, title: skill_name",
          "id: [skill_id, skill.id], level: [level, skill.level], title: [skill_name, skill.name]"
        )
      ]
    case .route:
      [
        ("method: processing_method\n", "method: target.kind\n"),
        (
          "{word: queue, read: processing_queue.id, write: processing_queue, unused: -1}",
          "{word: queue, at: target.queue, unused: -1}"
        ),
        ("{word: function, at: processing_function}", "{word: function, at: target.function}"),
      ]
    case .unseenListing:
      [("  listChannels: ", "  readChannel: /api/v3/channel/readChannel\n  listChannels: ")]
    }
  }

  /// The members that no update sends, in their places; the account keeps them by itself.
  func isNeverSent(_ path: [String]) -> Bool {
    self == .readOnly
      && (path.last == "note" || path == ["channel_settings", "status"] || path == ["channel_settings", "list"])
  }

  /// What a channel has beside its settings.
  func members(_ settings: LossSettings, _ random: inout SeededGenerator) -> [JSONValue.Member] {
    switch self {
    case .alternatives:
      let url = settings.members.first { $0.key == "url" }?.value ?? .null
      return [.init("address", [url, .null].randomElement(using: &random) ?? .null)]
    case .skills:
      return [
        .init("skills", .array((0..<Int.random(in: 0...3, using: &random)).map { LossScene.skill($0 + 1, &random) }))
      ]
    case .route:
      var target: [JSONValue.Member] = [
        .init("kind", "queue"), .init("queue", 3), .init("note", .string("n\(random.next() % 1000)")),
        .init("deep", ["secret": "s3cr3t", "empty": .null]),
      ]
      if Bool.random(using: &random) { target.append(.init("weight", 4)) }
      target.shuffle(using: &random)
      return [.init("target", .object(target))]
    default: return []
    }
  }

  private static func skill(_ id: Int, _ random: inout SeededGenerator) -> JSONValue {
    var item: [JSONValue.Member] =
      Bool.random(using: &random)
      ? [.init("skill_id", .integer(id)), .init("level", 2), .init("skill_name", "english")]
      : [.init("skill", ["id": .integer(id), "level": 2, "note": .string("n\(random.next() % 1000)")])]
    if Bool.random(using: &random) { item.append(.init("ticket", .string("t\(random.next() % 1000)é"))) }
    if Bool.random(using: &random) { item.append(.init("weight", 7)) }
    item.shuffle(using: &random)
    return .object(item)
  }

  /// How a listing shows a channel, given how it shows the settings.
  func display(_ settings: LossSettings, _ random: inout SeededGenerator) -> @Sendable (JSONValue) -> JSONValue {
    let isPlain = Bool.random(using: &random)
    let (isNull, hides) = (Bool.random(using: &random), Int.random(in: 0..<6, using: &random) == 0)
    return { channel in
      let shown = settings.display(channel)
      guard case .object(let members) = shown else { return shown }
      switch self {
      case .otherNames:
        return .object(
          members.map { member in
            guard member.key == "channel_settings", case .object(let inner) = member.value else { return member }
            let names = ["url": "address", "token_id": "number", "api_key": "key"]
            return .init("shown", .object(inner.map { .init(names[$0.key] ?? $0.key, $0.value) }))
          })
      case .unseen where !isPlain, .unseenListing where !isPlain:
        return .object(
          members.compactMap { $0.key != "channel_settings" ? $0 : isNull ? .init($0.key, .null) : nil })
      case .skills where hides:
        return .object(
          members.map { member in
            guard member.key == "skills", case .array(let items) = member.value else { return member }
            return .init("skills", .array(items.map { LossScene.masking("ticket", $0) }))
          })
      case .route where hides:
        return .object(members.map { $0.key == "target" ? .init("target", LossScene.masking("note", $0.value)) : $0 })
      default: return shown
      }
    }
  }

  private static func masking(_ name: String, _ object: JSONValue) -> JSONValue {
    guard case .object(let members) = object else { return object }
    return .object(members.map { $0.key == name ? .init(name, "****") : $0 })
  }

  /// Fields of an update beside those of the settings.
  func fields(_ random: inout SeededGenerator) -> [(name: String, value: Value)] {
    switch self {
    case .skills where Int.random(in: 0..<4, using: &random) > 0:
      let levels = [1, 3, 9].filter { _ in Bool.random(using: &random) }
        .map { Value.Level(Reference(id: $0), level: 5) }
      return [("skills", levels.isEmpty ? .cleared : .levels(levels))]
    case .route where Int.random(in: 0..<4, using: &random) > 0:
      let isQueue = Bool.random(using: &random)
      return [("redirect", .route(isQueue ? .queue : .function, Reference(id: 8)))]
    default: return []
    }
  }

  /// The paths of the account's object that a field changes.
  static func written(_ field: String) -> [[String]] {
    switch field {
    case "name": [["channel_name"]]
    case "closing.agent": [["agent_close_timeout_sec"]]
    case "callbackURL": [["channel_settings", "url"]]
    case "apiToken": [["channel_settings", "token_id"]]
    case "accessToken": [["channel_settings", "api_key"]]
    case "redirect": [["target", "kind"], ["target", "queue"], ["target", "function"]]
    default: [[field]]
    }
  }

  /// The members of skills' items that an update of the list lost, by comparing what the account had and has.
  static func lostOfSkills(_ before: JSONValue?, _ after: JSONValue?) -> [String] {
    guard case .array(let old)? = before, case .string(let text)? = after else {
      return before == after ? [] : ["skills"]
    }
    let document = JSONComposer.compose(SourceFile(path: "skills", text: text), file: 0).document
    guard let root = document.roots.first, case .array(let new) = document.json(root) else { return ["skills"] }
    return old.flatMap { item -> [String] in
      guard let kept = new.first(where: { $0["skill_id"] == item["skill_id"] ?? item["skill"]?["id"] }) else {
        return []
      }
      let lost = [["ticket"], ["weight"], ["skill", "note"]].filter { path in
        path.reduce(item as JSONValue?) { $0?[$1] } != path.reduce(kept as JSONValue?) { $0?[$1] }
      }
      return lost.map { $0.joined(separator: ".") } + (kept["level"] == 5 ? [] : ["level"])
    }
  }
}
