import Basics
import KitProfile
import Transport

/// Calls that create, update and delete channels.
extension RequestHandler {
  /// Creates a channel with a fresh id and UUID, and a salt where the kind has one.
  func create(
    _ call: SandboxCall, faults: Faults, state: inout SandboxState
  ) throws(Reply.Failure) -> (reply: Reply, test: TestRequest?) {
    let form = try SentForm(call.body, nestedNames: ChannelWire.nestedNames(in: profile))
    let type = form[profile.channel.type.write].textValue
    guard let kind = profile.channel.kinds.first(where: { $0.type == type }) else {
      throw refusal([.init("kind", "is no kind of channel that can be created")], kind: "")
    }
    var channel = SandboxChannel(id: 0, uuid: "", kind: kind.name, name: "")
    channel.closingAgent = SandboxChannel.defaultClosing
    channel.closingBot = SandboxChannel.defaultClosing
    let submission = Submission(form, into: channel, profile: profile, replaces: false)
    channel = try accepted(submission, isNew: true, state: &state)
    channel.id = state.account.makeID()
    channel.uuid = HexDigits.uuid(using: &state.generator)
    if SandboxRules.makesSalt(kind: channel.kind) {
      channel.salt = HexDigits.random(bytes: 16, using: &state.generator)
    }
    state.accessTokens[channel.id] = submission.accessToken
    state.set(channel, id: channel.id)
    if faults.lateVisibility > 0 { state.created[channel.id] = call.now }
    let token = channel.apiToken.flatMap { state.tokenValues[$0] }
    let reply = Reply.result(channelAnswer(state).json(channel))
    return (reply, TestRequest(channel, token: token))
  }

  /// Changes what the form carries; the answer is the whole channel.
  func update(_ call: SandboxCall, state: inout SandboxState) throws(Reply.Failure) -> Reply {
    let form = try SentForm(call.body, nestedNames: ChannelWire.nestedNames(in: profile))
    let channel = try channel(form, state.account)
    let type = form[profile.channel.type.write]
    if type.isPresent, type.textValue != profile.channel[kind: channel.kind]?.type {
      throw refusal([.init("kind", "cannot be changed")], kind: channel.kind)
    }
    let replaces = (objects.update ?? profile.channel.update) == .replace
    let submission = Submission(form, into: channel, profile: profile, replaces: replaces)
    let changed = try accepted(submission, isNew: false, state: &state)
    if let token = submission.accessToken { state.accessTokens[changed.id] = token }
    state.set(changed, id: changed.id)
    return .result(channelAnswer(state).json(changed))
  }

  /// Deletes a channel; its id is never used again.
  func delete(_ call: SandboxCall, state: inout SandboxState) throws(Reply.Failure) -> Reply {
    let form = try SentForm(call.body, nestedNames: ChannelWire.nestedNames(in: profile))
    state.set(nil, id: try channel(form, state.account).id)
    return .result(true)
  }

  /// The channel that a form names.
  func channel(_ form: SentForm, _ account: Account) throws(Reply.Failure) -> SandboxChannel {
    let path = profile.channel.id.write
    guard let id = form[path].number else {
      throw Reply.Failure(422, "\(path.joined(separator: ".")): must be a channel's id")
    }
    guard let channel = account[channel: id] else { throw Reply.Failure(404, "there is no channel \(id)") }
    return channel
  }

  /// The channel of a submission with its secret hashed, once nothing is wrong with it.
  private func accepted(
    _ submission: Submission, isNew: Bool, state: inout SandboxState
  ) throws(Reply.Failure) -> SandboxChannel {
    var channel = submission.channel
    if let secret = submission.accessToken { channel.accessToken = SaltedHash(secret, using: &state.generator) }
    if case .function? = channel.route, isNew || submission.touched.contains("redirect"),
      !state.account.functionsEnabled
    {
      throw Reply.Failure(403, "functions are switched off")
    }
    var violations = submission.violations
    for violation in SandboxRules.violations(
      of: channel, in: state.account, touched: isNew ? nil : submission.touched)
    where !violations.contains(where: { $0.field == violation.field }) {
      violations.append(violation)
    }
    guard violations.isEmpty else { throw refusal(violations, kind: channel.kind) }
    return channel
  }

  private func refusal(_ violations: [SandboxRules.Violation], kind: String) -> Reply.Failure {
    let words = violations.map { "\(ChannelWire.name(of: $0.field, kind: kind, in: profile)): \($0.message)" }
    return Reply.Failure(422, words.joined(separator: "; "))
  }
}
