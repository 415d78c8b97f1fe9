import Documents
import KitProfile
import Manifest

/// Calls that only read.
extension RequestHandler {
  /// The account's name and switches.
  func accountObject(_ account: Account) -> JSONValue {
    var members: [JSONValue.Member] = []
    JSONTree.set(.string(account.name), at: profile.account.name, in: &members)
    if let path = profile.account.contactCentre { JSONTree.set(.bool(account.contactCentre), at: path, in: &members) }
    if let path = profile.account.functions { JSONTree.set(.bool(account.functionsEnabled), at: path, in: &members) }
    return .object(members)
  }

  /// A page of queues, functions, skills, topic sets or API tokens; none has more than its id, its title and a queue's wait.
  func objects(_ kind: ReferenceKind, _ call: Call, _ account: Account) throws(Reply.Failure) -> Reply {
    let page = try ListingPage(profile.paging, query: call.query, body: call.body)
    guard let names = profile.objects[kind] else { throw Reply.Failure(404, "there is no method at this path") }
    let items: [(id: Int, title: String, wait: Int?)] =
      switch kind {
      case .queue: account.queues.map { ($0.id, $0.title, $0.maxWaitingTime) }
      case .function: account.functions.map { ($0.id, $0.title, nil) }
      case .skill: account.skills.map { ($0.id, $0.title, nil) }
      case .topicSet: account.topicSets.map { ($0.id, $0.title, nil) }
      case .apiToken: account.apiTokens.map { ($0.id, $0.name, nil) }
      }
    return page.reply(total: items.count) { index in
      var members: [JSONValue.Member] = []
      JSONTree.set(.integer(items[index].id), at: names.id, in: &members)
      JSONTree.set(.string(items[index].title), at: names.title, in: &members)
      if let path = names.maxWaitingTime, let wait = items[index].wait {
        JSONTree.set(.integer(WireDuration.number(seconds: wait, names.unit)), at: path, in: &members)
      }
      return JSONWriter.bytes(.object(members))
    }
  }

  /// Shows channels as the account has them now.
  func channelAnswer(_ state: SandboxState) -> ChannelAnswer {
    ChannelAnswer(profile: profile, account: state.account, display: objects.accessTokens, tokens: state.accessTokens)
  }

  /// One channel by its id.
  func read(_ call: Call, state: SandboxState) throws(Reply.Failure) -> Reply {
    let form = try SentForm(call.body, nestedNames: ChannelWire.nestedNames(in: profile))
    return .result(channelAnswer(state).json(try channel(form, state.account)))
  }

  /// A page of channels, by id; created ones may show late, and one may slide, where faults say so.
  func channels(_ call: Call, faults: Faults, state: inout SandboxState) throws(Reply.Failure) -> Reply {
    let page = try ListingPage(profile.paging, query: call.query, body: call.body)
    if page.offset == 0 {
      state.isSliding = state.slidingListings > 0
      if state.isSliding { state.slidingListings -= 1 }
    }
    var channels = state.account.channels
    if faults.lateVisibility > 0 {
      let created = state.created
      channels.removeAll { created[$0.id].map { call.now - $0 < faults.lateVisibility } ?? false }
    }
    if state.isSliding && page.offset > 0, let last = channels.popLast() { channels.insert(last, at: 0) }
    let answer = channelAnswer(state)
    var answers = state.answers
    state.answers = [:]
    let reply = page.reply(total: channels.count) { index in
      let channel = channels[index]
      if let bytes = answers[channel.id] { return bytes }
      let bytes = JSONWriter.bytes(answer.json(channel))
      answers[channel.id] = bytes
      return bytes
    }
    state.answers = answers
    return reply
  }
}
