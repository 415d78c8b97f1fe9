import Basics
import KitProfile
import Manifest

/// Calls that only read.
extension RequestHandler {
  /// The account's name and switches, under the built-in profile among all that Kit says beside them.
  func accountObject(_ account: Account) -> JSONValue {
    var members = profile.isBuiltIn ? KnownAnswers.account : []
    let names = profile.account
    JSONTree.set(.string(account.name), at: names.name.path, in: &members)
    if let path = names.contactCentre?.path { JSONTree.set(.bool(account.contactCentre), at: path, in: &members) }
    if let path = names.functions?.path { JSONTree.set(.bool(account.functionsEnabled), at: path, in: &members) }
    return .object(members)
  }

  /// A page of queues, functions, skills, topic sets or API tokens: id, title and a queue's wait.
  ///
  /// Under the built-in profile a queue has all that Kit says of one; of the others no answer is known.
  func objects(_ kind: ReferenceKind, _ call: SandboxCall, _ account: Account) throws(Reply.Failure) -> Reply {
    let page = try ListingPage(profile.paging, query: call.query, body: call.body)
    guard let names = profile.objects[kind] else { throw Reply.Failure(404, "there is no method at this path") }
    let items: [(id: Int, title: String, wait: Int?)] =
      switch kind {
      case .queue: account.queues.map { ($0.id, $0.title, $0.maxWaitingTime) }
      case .function: account.functions.map { ($0.id, $0.title, nil) }
      case .skill: account.skills.map { ($0.id, $0.title, nil) }
      case .topicSet: account.topicSets.map { ($0.id, $0.title, nil) }
      case .apiToken: account.apiTokens.filter { !$0.isUnlisted }.map { ($0.id, $0.name, nil) }
      }
    let isKnown = kind == .queue && profile.isBuiltIn
    return page.reply(total: items.count) { index in
      let item = items[index]
      var members = isKnown ? KnownAnswers.queue(item.id) : []
      JSONTree.set(.integer(item.id), at: names.id.path, in: &members)
      JSONTree.set(.string(item.title), at: names.title.path, in: &members)
      if let path = names.maxWaitingTime?.path {
        JSONTree.set(.count(item.wait.map { WireDuration.number(seconds: $0, names.unit) }), at: path, in: &members)
      }
      return JSONWriter.bytes(.object(members))
    }
  }

  /// A page of a listing that Kit documents and no profile names.
  func known(_ listing: KnownAnswers.KnownListing, _ call: SandboxCall) throws(Reply.Failure) -> Reply {
    guard listing.isCounted else { return .result(.array(listing.items)) }
    let page = try ListingPage(profile.paging, query: call.query, body: call.body)
    return page.reply(total: listing.items.count) { JSONWriter.bytes(listing.items[$0]) }
  }

  /// Shows channels as the account has them now.
  func channelAnswer(_ state: SandboxState) -> ChannelAnswer {
    ChannelAnswer(profile: profile, account: state.account, display: objects.accessTokens, tokens: state.accessTokens)
  }

  /// One channel by its id.
  func read(_ call: SandboxCall, state: SandboxState) throws(Reply.Failure) -> Reply {
    let form = try SentForm(call.body, nestedNames: ChannelWire.nestedNames(in: profile))
    return .result(channelAnswer(state).json(try channel(form, state.account)))
  }

  /// A page of channels, by id; created ones may show late, and one may slide, where faults say so.
  func channels(_ call: SandboxCall, faults: Faults, state: inout SandboxState) throws(Reply.Failure) -> Reply {
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
