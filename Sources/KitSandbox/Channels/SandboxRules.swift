/// What a Kit account accepts of a channel; the sandbox's own reading of the documentation.
///
/// Nothing here is shared with the client's checks, so that each can find the other wrong.
package struct SandboxRules: Sendable {
  /// One thing that is wrong with a channel, by the field's canonical name.
  package struct Violation: Sendable, Equatable {
    package var field: String
    package var message: String

    package init(_ field: String, _ message: String) {
      self.field = field
      self.message = message
    }
  }

  /// What a kind wants of a channel beside what all kinds want.
  private struct KindRule {
    var required: [String]
    var hasSalt: Bool
  }

  /// The kinds that the sandbox can create.
  private static func rule(for kind: String) -> KindRule? {
    switch kind {
    case "ok": KindRule(required: ["accessToken"], hasSalt: false)
    case "custom": KindRule(required: ["callbackURL", "apiToken"], hasSalt: true)
    default: nil
    }
  }

  /// Whether Kit makes a security salt for channels of a kind.
  static func makesSalt(kind: String) -> Bool { rule(for: kind)?.hasSalt ?? false }

  /// The shortest and the longest closing time, in seconds: 60 seconds and 7 days.
  static let closingTimes = 60...604_800
  static let skillLevels = 1...5
  static let longestName = 255

  private let account: Account
  private var violations: [Violation] = []

  private init(account: Account) { self.account = account }

  /// Checks a channel as it would be after a creation or an update.
  ///
  /// `touched` are the canonical names of the fields that the request carries, or nil for a creation: an update is not
  /// refused for what it leaves alone.
  package static func violations(
    of channel: SandboxChannel, in account: Account, touched: Set<String>? = nil
  ) -> [Violation] {
    guard let rule = rule(for: channel.kind) else {
      return [Violation("kind", "this kind of channel cannot be written through the API")]
    }
    var rules = SandboxRules(account: account)
    let concerns = { (field: String) in touched?.contains(field) ?? true }
    if concerns("name") { rules.checkName(channel.name) }
    for field in rule.required where concerns(field) && isMissing(field, in: channel) {
      rules.violations.append(Violation(field, "is required"))
    }
    if concerns("callbackURL"), let url = channel.callbackURL { rules.checkCallbackURL(url) }
    if concerns("apiToken"), let id = channel.apiToken, !account.apiTokens.contains(where: { $0.id == id }) {
      rules.violations.append(Violation("apiToken", "there is no API token \(id)"))
    }
    if concerns("redirect") { rules.checkRoute(channel.route) }
    rules.checkClosing(channel, concerns: concerns)
    if concerns("topicSet"), channel.useTopicSet { rules.checkTopicSet(channel.topicSet) }
    if concerns("skills") { rules.checkSkills(channel.skills) }
    return rules.violations
  }

  private static func isMissing(_ field: String, in channel: SandboxChannel) -> Bool {
    switch field {
    case "accessToken": channel.accessToken == nil
    case "callbackURL": channel.callbackURL == nil
    default: channel.apiToken == nil
    }
  }

  private mutating func checkName(_ name: String) {
    let scalars = name.unicodeScalars
    if scalars.isEmpty {
      violations.append(Violation("name", "is required"))
    } else if scalars.count > SandboxRules.longestName {
      violations.append(Violation("name", "must have at most \(SandboxRules.longestName) characters"))
    } else if scalars.contains(where: { $0.properties.generalCategory == .control }) {
      violations.append(Violation("name", "must not have control characters"))
    }
  }

  private mutating func checkCallbackURL(_ url: String) {
    guard let target = CallbackTarget(url) else {
      violations.append(Violation("callbackURL", "must be an absolute URL without user and fragment"))
      return
    }
    if target.scheme == "http" && !target.isLoopback {
      violations.append(Violation("callbackURL", "must begin with https"))
    }
  }

  private mutating func checkRoute(_ route: SandboxChannel.Route?) {
    switch route {
    case .queue(let id)? where account.queue(id) == nil:
      violations.append(Violation("redirect", "there is no queue \(id)"))
    case .function(let id)? where !account.functions.contains(where: { $0.id == id }):
      violations.append(Violation("redirect", "there is no function \(id)"))
    case nil: violations.append(Violation("redirect", "a queue or a function is required"))
    default: break
    }
  }

  private mutating func checkClosing(_ channel: SandboxChannel, concerns: (String) -> Bool) {
    let limits = SandboxRules.closingTimes
    for (field, value) in [("closing.agent", channel.closingAgent), ("closing.bot", channel.closingBot)]
    where concerns(field) {
      if let value, !limits.contains(value) {
        violations.append(Violation(field, "must be \(limits.lowerBound) to \(limits.upperBound) seconds"))
      }
    }
    guard concerns("closing.agent") || concerns("redirect"), let agent = channel.closingAgent, limits.contains(agent),
      case .queue(let id)? = channel.route, let wait = account.queue(id)?.maxWaitingTime, agent <= wait
    else { return }
    violations.append(
      Violation("closing.agent", "must be greater than the queue's maximum waiting time of \(wait) seconds"))
  }

  private mutating func checkTopicSet(_ id: Int?) {
    guard let id else {
      violations.append(Violation("topicSet", "is required while topics are switched on"))
      return
    }
    if !account.topicSets.contains(where: { $0.id == id }) {
      violations.append(Violation("topicSet", "there is no topic set \(id)"))
    }
  }

  private mutating func checkSkills(_ skills: [SandboxChannel.Skill]) {
    for (index, skill) in skills.enumerated() {
      if !account.skills.contains(where: { $0.id == skill.id }) {
        violations.append(Violation("skills", "there is no skill \(skill.id)"))
      }
      if !SandboxRules.skillLevels.contains(skill.level) {
        violations.append(Violation("skills", "the level of skill \(skill.id) must be 1 to 5"))
      }
      if skills[..<index].contains(where: { $0.id == skill.id }) {
        violations.append(Violation("skills", "skill \(skill.id) is listed twice"))
      }
    }
  }
}
