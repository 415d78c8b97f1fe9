import Documents
import KitProfile
import Manifest
import Transport

/// Answers one call out of the account, as the profile writes it; pure but for the state that it is given.
///
/// The order of its checks: path 404, HTTP method 405, credentials 401, features and role 403, balance 402, then what the
/// call itself says.
struct RequestHandler: Sendable {
  let profile: APIProfile
  private let operations: [String: Operation]

  init(profile: APIProfile) {
    self.profile = profile
    var operations: [String: Operation] = [:]
    for operation in Operation.allCases where !RequestHandler.messaging.contains(operation) {
      if let method = profile[operation] { operations[method.path] = operation }
    }
    self.operations = operations
  }

  /// Operations of the messaging host, which stands behind another name.
  private static let messaging: Set<Operation> = [.login, .refresh, .message]

  /// What a call asks for, or nil for a path that the account does not have.
  func operation(of request: HTTPRequest) -> Operation? { operations[request.path] }

  /// Answers a call; a creation may leave a test request to send.
  func reply(
    to request: HTTPRequest, faults: Faults, now: Int, state: inout SandboxState
  ) -> (reply: Reply, test: TestRequest?) {
    do throws(Reply.Failure) {
      guard let operation = operation(of: request) else { throw Reply.Failure(404, "there is no method at this path") }
      guard request.method == "POST" else { throw Reply.Failure(405, "methods are called with POST") }
      let query = FormFields(request.query.utf8)
      let body = isForm(request) ? FormFields(request.body) : FormFields()
      let call = Call(operation: operation, query: query, body: body, now: now)
      try authorize(call, state: &state)
      return try answer(call, faults: faults, state: &state)
    } catch {
      return (.failure(error), nil)
    }
  }

  /// One call, taken apart.
  struct Call {
    var operation: Operation
    var query: FormFields
    var body: FormFields
    var now: Int
  }

  private func isForm(_ request: HTTPRequest) -> Bool {
    let type = request.headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
    return type.hasPrefix("application/x-www-form-urlencoded")
  }

  private func authorize(_ call: Call, state: inout SandboxState) throws(Reply.Failure) {
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
  }

  private func checkFeatures(_ operation: Operation, account: Account) throws(Reply.Failure) {
    switch operation {
    case .listFunctions where !account.functionsEnabled: throw Reply.Failure(403, "functions are switched off")
    case .listQueues, .listSkills, .listTopicSets, .listChannels, .createChannel, .updateChannel, .deleteChannel:
      if !account.contactCentre { throw Reply.Failure(403, "the contact centre is switched off") }
    default: break
    }
  }

  private func answer(
    _ call: Call, faults: Faults, state: inout SandboxState
  ) throws(Reply.Failure) -> (reply: Reply, test: TestRequest?) {
    switch call.operation {
    case .account: return (.result(accountObject(state.account)), nil)
    case .listQueues: return (try objects(.queue, call, state.account), nil)
    case .listSkills: return (try objects(.skill, call, state.account), nil)
    case .listTopicSets: return (try objects(.topicSet, call, state.account), nil)
    case .listFunctions: return (try objects(.function, call, state.account), nil)
    case .listAPITokens: return (try objects(.apiToken, call, state.account), nil)
    case .listChannels: return (try channels(call, faults: faults, state: &state), nil)
    case .createChannel: return try create(call, faults: faults, state: &state)
    case .updateChannel: return (try update(call, state: &state), nil)
    case .deleteChannel: return (try delete(call, state: &state), nil)
    case .login, .refresh, .message: throw Reply.Failure(404, "there is no method at this path")
    }
  }
}
