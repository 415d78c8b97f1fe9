import Basics
import KitProfile
import Manifest

/// A creation's or update's form, put into a channel.
///
/// Members that the request leaves out stay as they are, empty ones are cleared; where objects are replaced, members that a
/// nested object leaves out are gone. What cannot be read is collected beside
/// the names of the fields that the request carries, for the rules to follow.
struct Submission {
  private(set) var channel: SandboxChannel
  /// Canonical names of the fields that the request carries.
  private(set) var touched: Set<String> = []
  /// What cannot be read, by canonical name.
  private(set) var violations: [SandboxRules.Violation] = []
  /// The channel access token as it was sent; hashed by who keeps the channel.
  private(set) var accessToken: String?

  private let profile: APIProfile
  private let form: SentForm

  /// Puts `form` into `channel`, which is new or one of the account's.
  init(_ form: SentForm, into channel: SandboxChannel, profile: APIProfile, replaces: Bool) {
    self.channel = channel
    self.profile = profile
    self.form = form
    for named in ChannelWire.fields(of: channel.kind, in: profile) { read(named.name, named.field) }
    if replaces { dropLeftOut() }
    keepUnknown(replaces: replaces)
  }

  private mutating func read(_ name: String, _ field: WireField) {
    switch field {
    case .member(let path):
      let sent = form[path.write]
      guard sent.isPresent else { return }
      touched.insert(name)
      readMember(name, sent)
    case .switched(let by, let path): readTopicSet(name, by: form[by.write], id: form[path.write])
    case .route(let method, let targets): readRoute(name, method: form[method.write], targets)
    case .levels(let path, let id, let level, title: _):
      readLevels(name, form[path.write], id: id.path, level: level.path)
    }
  }

  /// Clears what a nested object that was sent leaves out; nothing says so, as with a real account.
  private mutating func dropLeftOut() {
    func isLeftOut(_ path: [String]) -> Bool {
      path.count > 1 && form.object(path[0]) != nil && !form[path].isPresent
    }
    for named in ChannelWire.fields(of: channel.kind, in: profile) {
      switch named.field {
      case .member(let path) where isLeftOut(path.write): clear(named.name)
      case .levels(let path, id: _, level: _, title: _) where isLeftOut(path.write): channel.skills = []
      case .switched(let by, let path):
        if isLeftOut(by.write) { channel.useTopicSet = false }
        if isLeftOut(path.write) { channel.topicSet = nil }
      case .route(_, let targets) where targets.allSatisfy({ isLeftOut($0.id.write) }): channel.route = nil
      default: break
      }
    }
    if let salt = profile.channel.salt?.path, salt.count > 1, form.object(salt[0]) != nil {
      channel.salt = form[salt].textValue ?? ""
    }
  }

  private mutating func clear(_ name: String) {
    switch name {
    case "name": channel.name = ""
    case "callbackURL": channel.callbackURL = nil
    case "accessToken": channel.accessToken = nil
    case "closing.agent": channel.closingAgent = nil
    case "closing.bot": channel.closingBot = nil
    case "useTags": channel.useTags = false
    case "apiToken": channel.apiToken = nil
    case "topicSet": channel.useTopicSet = false
    default: break
    }
  }

  private mutating func readMember(_ name: String, _ sent: Sent) {
    let isEmpty = if case .empty = sent { true } else { false }
    switch name {
    case "name": channel.name = text(name, sent) ?? ""
    case "callbackURL": channel.callbackURL = text(name, sent)
    case "accessToken":
      accessToken = text(name, sent)
      if isEmpty { channel.accessToken = nil }
    case "closing.agent": channel.closingAgent = isEmpty ? SandboxChannel.defaultClosing : seconds(name, sent)
    case "closing.bot": channel.closingBot = isEmpty ? SandboxChannel.defaultClosing : seconds(name, sent)
    case "useTags": channel.useTags = isEmpty ? false : flag(name, sent)
    case "apiToken": channel.apiToken = isEmpty ? nil : number(name, sent)
    case "topicSet":
      channel.useTopicSet = !isEmpty
      if !isEmpty { channel.topicSet = number(name, sent) }
    default: break
    }
  }

  private mutating func readTopicSet(_ name: String, by: Sent, id: Sent) {
    guard by.isPresent || id.isPresent else { return }
    touched.insert(name)
    switch by {
    case .absent: break
    case .empty: channel.useTopicSet = false
    default: channel.useTopicSet = flag(name, by)
    }
    switch id {
    case .absent: break
    case .empty: channel.topicSet = nil
    default: channel.topicSet = number(name, id)
    }
  }

  private mutating func readRoute(_ name: String, method: Sent, _ targets: [RouteTarget]) {
    var given: [(target: RouteTarget, id: Int)] = []
    for target in targets {
      let sent = form[target.id.write]
      guard sent.isPresent else { continue }
      touched.insert(name)
      if case .empty = sent { continue }
      guard let id = sent.number else {
        violations.append(.init(name, "the \(target.kind.words)'s id must be a whole number"))
        return
      }
      if id != target.unused { given.append((target, id)) }
    }
    if method.isPresent { touched.insert(name) }
    guard touched.contains(name) else { return }
    guard given.count == 1, let (target, id) = given.first else {
      violations.append(.init(name, "exactly one of a queue and a function is required"))
      return
    }
    if method.isPresent, method.textValue != target.word {
      violations.append(.init(name, "the way of processing and the given \(target.kind.words) do not agree"))
      return
    }
    switch target.kind {
    case .queue: channel.route = .queue(id)
    case .function: channel.route = .function(id)
    default: violations.append(.init(name, "a channel cannot be redirected to a \(target.kind.words)"))
    }
  }

  private mutating func readLevels(_ name: String, _ sent: Sent, id: [String], level: [String]) {
    guard sent.isPresent else { return }
    touched.insert(name)
    if case .empty = sent {
      channel.skills = []
      return
    }
    var skills: [SandboxChannel.Skill] = []
    for item in sent.list ?? [.null] {
      guard case .integer(let id)? = JSONTree.value(at: id, in: item),
        case .integer(let level)? = JSONTree.value(at: level, in: item)
      else {
        let names = [id, level].map { $0.joined(separator: ".") }
        violations.append(.init(name, "must be a list of objects with \(names[0]) and \(names[1])"))
        return
      }
      skills.append(.init(id: id, level: level))
    }
    channel.skills = skills
  }

  /// Keeps members of nested objects that the profile does not know.
  private mutating func keepUnknown(replaces: Bool) {
    for name in ChannelWire.nestedNames(in: profile).sorted() {
      guard let sent = form.object(name) else { continue }
      var members = [JSONValue.Member(name, .object(sent))]
      for path in ChannelWire.knownPaths(in: profile) { JSONTree.remove(path, from: &members) }
      let kept = channel.unknown.filter { $0.key == name }
      channel.unknown.removeAll { $0.key == name }
      if !replaces { JSONTree.fill(&members, with: kept) }
      channel.unknown += members
    }
  }
}

extension Submission {
  private mutating func text(_ name: String, _ sent: Sent) -> String? {
    if case .empty = sent { return nil }
    if sent.textValue == nil { violations.append(.init(name, "must be a string")) }
    return sent.textValue
  }

  private mutating func number(_ name: String, _ sent: Sent) -> Int? {
    if sent.number == nil { violations.append(.init(name, "must be a whole number")) }
    return sent.number
  }

  private mutating func seconds(_ name: String, _ sent: Sent) -> Int? {
    number(name, sent).map { WireDuration.seconds(number: $0, profile.channel.unit) }
  }

  private mutating func flag(_ name: String, _ sent: Sent) -> Bool {
    guard let flag = sent.flag(profile.switches) else {
      violations.append(.init(name, "must be \(profile.switches.on) or \(profile.switches.off)"))
      return false
    }
    return flag
  }
}
