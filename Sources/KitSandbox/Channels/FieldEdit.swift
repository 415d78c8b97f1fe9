import Basics
import Manifest

/// One field of a channel and its new value, as a person changes it in Kit's interface.
///
/// Fields have the manifests' names. Objects of the account are named by title or by id; an empty value takes the field away.
package struct FieldEdit: Sendable {
  package let field: String
  private let value: String

  /// The forms, for help and messages.
  package static let forms =
    "name=TEXT, redirect.queue=TITLE, redirect.function=TITLE, closing.agent=TIME, closing.bot=TIME, useTags=true|false, topicSet=TITLE, skills.TITLE=LEVEL, callbackURL=URL, apiToken=NAME, accessToken=TEXT; nothing behind `=` takes a field away"

  /// Fields that channels of one kind alone have, with that kind.
  private static let kinds = ["callbackURL": "custom", "apiToken": "custom", "accessToken": "ok"]

  /// Reads `FIELD=VALUE`; nil for anything else.
  package init?(_ text: String) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { return nil }
    field = String(text[..<equals])
    value = String(text[text.index(after: equals)...])
  }

  /// Why an edit cannot be made, one sentence without the value of a secret.
  package struct FieldEditFailure: Error, Equatable {
    package var message: String
    package var remedy: String?

    package init(message: String, remedy: String? = nil) {
      self.message = message
      self.remedy = remedy
    }
  }

  /// Makes the edits, all or none, and holds the channel to the account's own rules.
  ///
  /// - Returns: the channel as it is then.
  package static func make(
    _ edits: [FieldEdit], of channel: SandboxChannel, in account: Account,
    using generator: inout some RandomNumberGenerator
  ) throws(FieldEditFailure) -> SandboxChannel {
    var channel = channel
    var touched: Set<String> = []
    for edit in edits { touched.insert(try edit.put(into: &channel, account, &generator)) }
    let violations = SandboxRules.violations(of: channel, in: account, touched: touched)
    if let first = violations.first {
      let more = violations.dropFirst().map { "; \($0.field) \($0.message)" }.joined()
      throw FieldEditFailure(message: "Kit does not accept this: \(first.field) \(first.message)\(more)")
    }
    return channel
  }

  /// Puts the value into its field; the name of the field for the rules.
  private func put(
    into channel: inout SandboxChannel, _ account: Account, _ generator: inout some RandomNumberGenerator
  ) throws(FieldEditFailure) -> String {
    let isEmpty = value.isEmpty
    if let kind = FieldEdit.kinds[field], kind != channel.kind {
      throw FieldEditFailure(
        message: "a channel of the kind `\(SafeText.escape(channel.kind))` has no field `\(field)`",
        remedy: "only channels of the kind `\(kind)` have it")
    }
    switch field {
    case "name": channel.name = value
    case "callbackURL": channel.callbackURL = isEmpty ? nil : value
    case "accessToken": channel.accessToken = isEmpty ? nil : SaltedHash(value, using: &generator)
    case "apiToken": channel.apiToken = try id(account.apiTokens.map { ($0.id, $0.name) }, "API token")
    case "closing.agent": channel.closingAgent = isEmpty ? SandboxChannel.defaultClosing : try seconds()
    case "closing.bot": channel.closingBot = isEmpty ? SandboxChannel.defaultClosing : try seconds()
    case "useTags":
      guard isEmpty || ["true", "false"].contains(value) else {
        throw FieldEditFailure(message: "useTags is `true` or `false`")
      }
      channel.useTags = value == "true"
    case "redirect.queue", "redirect.function":
      let isQueue = field == "redirect.queue"
      let objects = isQueue ? account.queues.map { ($0.id, $0.title) } : account.functions.map { ($0.id, $0.title) }
      let id = try id(objects, isQueue ? "queue" : "function")
      channel.route = id.map { isQueue ? .queue($0) : .function($0) }
      return "redirect"
    case "topicSet":
      channel.useTopicSet = !isEmpty
      if let id = try id(account.topicSets.map { ($0.id, $0.title) }, "topic set") { channel.topicSet = id }
    default: return try putSkill(into: &channel, account)
    }
    return field
  }

  private func putSkill(into channel: inout SandboxChannel, _ account: Account) throws(FieldEditFailure) -> String {
    let prefix = "skills."
    guard field.hasPrefix(prefix) else {
      let names = FieldEdit.forms.split(separator: ", ").compactMap { $0.split(separator: "=").first.map(String.init) }
      throw FieldEditFailure(
        message: "there is no field `\(SafeText.escape(field))` to change",
        remedy: Words.didYouMean(field, among: names) ?? "the fields are \(FieldEdit.forms)")
    }
    let title = FieldEdit(field: field, value: String(field.dropFirst(prefix.count)))
    guard let skill = try title.id(account.skills.map { ($0.id, $0.title) }, "skill") else {
      throw FieldEditFailure(message: "the skill has no name", remedy: "write skills.TITLE=LEVEL")
    }
    channel.skills.removeAll { $0.id == skill }
    guard !value.isEmpty else { return "skills" }
    guard let level = Int(value) else {
      throw FieldEditFailure(message: "the level of a skill is a number from 1 to 5")
    }
    channel.skills.append(.init(id: skill, level: level))
    return "skills"
  }

  private init(field: String, value: String) {
    self.field = field
    self.value = value
  }

  /// The id of the account's object that the value names; nil for an empty value.
  private func id(_ objects: [(id: Int, title: String)], _ noun: String) throws(FieldEditFailure) -> Int? {
    guard !value.isEmpty else { return nil }
    if let object = objects.first(where: { $0.title == value }) { return object.id }
    if let id = Int(value), objects.contains(where: { $0.id == id }) { return id }
    let titles = objects.map(\.title)
    throw FieldEditFailure(
      message: "the account has no \(noun) `\(SafeText.escape(value))`",
      remedy: Words.didYouMean(value, among: titles)
        ?? (titles.isEmpty
          ? "it has none: name one in a manifest, and the next plan makes it in the sandbox"
          : "it has \(Words.list(titles.prefix(10).map { SafeText.escape($0) }))"))
  }

  private func seconds() throws(FieldEditFailure) -> Int {
    guard case .seconds(let seconds) = TimeSpan.read(value) else {
      throw FieldEditFailure(message: "\(field): \(TimeSpan.problem(with: value) ?? "")")
    }
    return seconds
  }
}
