import KitProfile
import Manifest
import Transport

/// Answers one call out of the account, as the profile writes it; pure but for the state that it is given.
///
/// Calls of the messaging host are answered beside those of the API's: one sandbox is both.
///
/// The order of its checks: path 404, HTTP method 405, credentials 401, features and role 403, balance 402, then what the
/// call itself says.
struct RequestHandler: Sendable {
  let profile: APIProfile
  let objects: ObjectHabits
  private let operations: [String: Operation]

  init(profile: APIProfile, objects: ObjectHabits) {
    self.profile = profile
    self.objects = objects
    var operations: [String: Operation] = [:]
    for operation in Operation.allCases where operation != .message {
      if let method = profile[operation] { operations[method.path] = operation }
    }
    self.operations = operations
    messagePath = profile[.message].map { MessagePath($0.path) }
  }

  /// Where services post their events.
  private let messagePath: MessagePath?

  /// What a call asks for, or nil for a path that the account does not have.
  func operation(of request: HTTPRequest) -> Operation? {
    operations[request.path] ?? (messagePath?.uuid(in: request.path) == nil ? nil : .message)
  }

  /// Answers a call; a creation may leave a test request to send.
  func reply(
    to request: HTTPRequest, faults: Faults, now: Int, state: inout SandboxState
  ) -> (reply: Reply, test: TestRequest?) {
    do throws(Reply.Failure) {
      let listing = profile.isBuiltIn ? KnownAnswers.listings[request.path] : nil
      // What Kit documents beside the profile's operations needs the same credentials as the account.
      guard let operation = operation(of: request) ?? (listing == nil ? nil : .account) else {
        throw Reply.Failure(404, "there is no method at this path")
      }
      guard request.method == "POST" else { throw Reply.Failure(405, "methods are called with POST") }
      let query = FormFields(request.query.utf8)
      if operation == .message {
        let uuid = messagePath?.uuid(in: request.path) ?? ""
        return (try receive(request, channel: uuid, now: now, state: &state), nil)
      }
      let call = SandboxCall(operation: operation, query: query, body: form(request), now: now)
      if operation == .refresh { return (try refresh(call, state: &state), nil) }
      let token = try authorize(call, state: &state)
      if let listing { return (try known(listing, call), nil) }
      if operation == .login { return (try logIn(call, token, state: &state), nil) }
      return try answer(call, faults: faults, state: &state)
    } catch {
      return (.failure(error), nil)
    }
  }

  /// One call, taken apart.
  struct SandboxCall {
    var operation: Operation
    var query: FormFields
    var body: FormFields
    var now: Int
  }

  /// The fields of a body in either of the two forms that Kit takes.
  private func form(_ request: HTTPRequest) -> FormFields {
    let type = request.headers.first { $0.name.lowercased() == "content-type" }?.value ?? ""
    if type.lowercased().hasPrefix("application/x-www-form-urlencoded") { return FormFields(request.body) }
    guard type.lowercased().hasPrefix("multipart/form-data") else { return FormFields() }
    return FormFields(MultipartForm.fields(contentType: type, body: request.body) ?? [])
  }

  private func authorize(_ call: SandboxCall, state: inout SandboxState) throws(Reply.Failure) -> APIToken {
    let names = profile.credentials
    guard let account = call.query[names.account] ?? call.body[names.account], account == state.account.name else {
      throw Reply.Failure(401, "\(names.account): there is no such account")
    }
    guard let value = call.body[names.token] ?? call.query[names.token], !value.isEmpty else {
      throw Reply.Failure(401, "\(names.token): is required")
    }
    guard let token = state.account.apiTokens.first(where: { $0.hash?.matches(value) ?? false }), token.isEnabled else {
      throw Reply.Failure(401, "\(names.token): is not valid")
    }
    state.tokenValues[token.id] = value
    try checkFeatures(call.operation, account: state.account)
    if call.operation.isWrite && token.role == .readOnly {
      throw Reply.Failure(403, "the token's role may not do this")
    }
    if call.operation.isWrite && !state.account.hasBalance { throw Reply.Failure(402, "the balance is too low") }
    return token
  }

  private func checkFeatures(_ operation: Operation, account: Account) throws(Reply.Failure) {
    switch operation {
    case .listFunctions where !account.functionsEnabled: throw Reply.Failure(403, "functions are switched off")
    case .listQueues, .listSkills, .listTopicSets, .listChannels, .readChannel, .createChannel, .updateChannel,
      .deleteChannel,
      .login:
      if !account.contactCentre { throw Reply.Failure(403, "the contact centre is switched off") }
    default: break
    }
  }

  private func answer(
    _ call: SandboxCall, faults: Faults, state: inout SandboxState
  ) throws(Reply.Failure) -> (reply: Reply, test: TestRequest?) {
    switch call.operation {
    case .account: return (.result(accountObject(state.account)), nil)
    case .listQueues: return (try objects(.queue, call, state.account), nil)
    case .listSkills: return (try objects(.skill, call, state.account), nil)
    case .listTopicSets: return (try objects(.topicSet, call, state.account), nil)
    case .listFunctions: return (try objects(.function, call, state.account), nil)
    case .listAPITokens: return (try objects(.apiToken, call, state.account), nil)
    case .listChannels: return (try channels(call, faults: faults, state: &state), nil)
    case .readChannel: return (try read(call, state: state), nil)
    case .createChannel: return try create(call, faults: faults, state: &state)
    case .updateChannel: return (try update(call, state: &state), nil)
    case .deleteChannel: return (try delete(call, state: &state), nil)
    case .login, .refresh, .message: throw Reply.Failure(404, "there is no method at this path")
    }
  }
}

/// The path of events, with a channel's UUID in it.
struct MessagePath: Sendable {
  private let prefix: String
  private let suffix: String

  /// Takes a path with `{uuid}` in it.
  init(_ path: String) {
    let mark = path.firstRange(of: "{uuid}")
    prefix = String(path[..<(mark?.lowerBound ?? path.endIndex)])
    suffix = mark.map { String(path[$0.upperBound...]) } ?? ""
  }

  /// What stands for the UUID in a path, if it has the form of one.
  func uuid(in path: String) -> String? {
    guard path.hasPrefix(prefix), path.hasSuffix(suffix), path.utf8.count > prefix.utf8.count + suffix.utf8.count
    else { return nil }
    let middle = path.dropFirst(prefix.count).dropLast(suffix.count)
    let groups = middle.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] ? String(middle) : nil
  }
}
