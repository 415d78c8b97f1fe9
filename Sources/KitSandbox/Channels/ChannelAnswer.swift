import Basics
import KitProfile
import Manifest

/// A channel as the profile's API shows it: every readable member, the ids that stand for "not used", the salt, and of the
/// access token what `ObjectHabits` says.
struct ChannelAnswer {
  let profile: APIProfile
  let account: Account
  let display: ObjectHabits.TokenDisplay
  /// Access tokens by channel id, where they are known.
  let tokens: [Int: String]

  /// The object of one channel.
  func json(_ channel: SandboxChannel) -> JSONValue {
    let wire = profile.channel
    let kind = wire[kind: channel.kind]
    var members: [JSONValue.Member] = []
    JSONTree.set(.integer(channel.id), at: wire.id.read, in: &members)
    JSONTree.set(.string(channel.uuid), at: wire.uuid.path, in: &members)
    JSONTree.set(.string(kind?.type ?? channel.kind), at: wire.type.read, in: &members)
    let own = kind?.fields ?? []
    for named in wire.fields where !own.contains(where: { $0.name == named.name }) {
      put(named.name, named.field, of: channel, in: &members)
    }
    for named in own { put(named.name, named.field, of: channel, in: &members) }
    if let salt = wire.salt?.path, !channel.salt.isEmpty { JSONTree.set(.string(channel.salt), at: salt, in: &members) }
    JSONTree.fill(&members, with: channel.unknown)
    return .object(members)
  }

  private func put(
    _ name: String, _ field: WireField, of channel: SandboxChannel, in members: inout [JSONValue.Member]
  ) {
    switch (name, field) {
    case ("name", .member(let path)): JSONTree.set(.string(channel.name), at: path.read, in: &members)
    case ("redirect", .route(let method, let targets)):
      putRoute(channel.route, method: method, targets: targets, in: &members)
    case ("closing.agent", .member(let path)):
      JSONTree.set(duration(channel.closingAgent), at: path.read, in: &members)
    case ("closing.bot", .member(let path)): JSONTree.set(duration(channel.closingBot), at: path.read, in: &members)
    case ("useTags", .member(let path)): JSONTree.set(.bool(channel.useTags), at: path.read, in: &members)
    case ("topicSet", .switched(let by, let path)):
      JSONTree.set(.bool(channel.useTopicSet), at: by.read, in: &members)
      JSONTree.set(.count(channel.topicSet), at: path.read, in: &members)
    case ("topicSet", .member(let path)):
      JSONTree.set(.count(channel.useTopicSet ? channel.topicSet : nil), at: path.read, in: &members)
    case ("skills", .levels(let path, let id, let level, let title)):
      let skills = channel.skills.map { skill(of: $0, id: id, level: level, title: title) }
      JSONTree.set(.array(skills), at: path.read, in: &members)
    case ("callbackURL", .member(let path)):
      JSONTree.set(.text(channel.callbackURL), at: path.read, in: &members)
    case ("apiToken", .member(let path)): JSONTree.set(.count(channel.apiToken), at: path.read, in: &members)
    case ("accessToken", .member(let path)):
      // The object is there without the token too, so that it differs from one that is not shown.
      JSONTree.fill(&members, with: JSONTree.object(at: path.read.dropLast()))
      guard channel.accessToken != nil else { break }
      switch display {
      case .hidden: break
      case .masked: JSONTree.set(.string("********"), at: path.read, in: &members)
      case .shown: if let token = tokens[channel.id] { JSONTree.set(.string(token), at: path.read, in: &members) }
      }
    default: break
    }
  }

  private func putRoute(
    _ route: SandboxChannel.Route?, method: WirePath, targets: [RouteTarget], in members: inout [JSONValue.Member]
  ) {
    for target in targets {
      var id: Int?
      switch (route, target.kind) {
      case (.queue(let queue)?, .queue): id = queue
      case (.function(let function)?, .function): id = function
      default: break
      }
      if id != nil { JSONTree.set(.string(target.word), at: method.read, in: &members) }
      JSONTree.set(.count(id ?? target.unused), at: target.id.read, in: &members)
    }
  }

  private func skill(
    of skill: SandboxChannel.Skill, id: ReadMember, level: ReadMember, title: ReadMember?
  ) -> JSONValue {
    var members: [JSONValue.Member] = []
    JSONTree.set(.integer(skill.id), at: id.path, in: &members)
    JSONTree.set(.integer(skill.level), at: level.path, in: &members)
    if let title, let known = account.skills.first(where: { $0.id == skill.id }) {
      JSONTree.set(.string(known.title), at: title.path, in: &members)
    }
    return .object(members)
  }

  private func duration(_ seconds: Int?) -> JSONValue {
    .count(seconds.map { WireDuration.number(seconds: $0, profile.channel.unit) })
  }
}

/// Durations in the unit of a profile; the sandbox's own arithmetic.
enum WireDuration {
  /// The number for whole seconds; a unit that is too coarse rounds up.
  static func number(seconds: Int, _ unit: DurationUnit) -> Int {
    switch unit {
    case .milliseconds: seconds * 1000
    case .seconds: seconds
    case .minutes: (seconds + 59) / 60
    case .hours: (seconds + 3599) / 3600
    }
  }

  /// Whole seconds of a number, rounded up; out of every limit for a number that is too great.
  static func seconds(number: Int, _ unit: DurationUnit) -> Int {
    let number = min(max(number, -1_000_000_000_000), 1_000_000_000_000)
    return switch unit {
    case .milliseconds: (number + 999) / 1000
    case .seconds: number
    case .minutes: number * 60
    case .hours: number * 3600
    }
  }
}
