import Basics
import KitProfile
import Manifest
import Provisioning
import Synchronization
import Transport

/// Makes calls to one account: puts path and credentials to them and says in words why one failed.
///
/// The account's name travels where the profile says, the token in the body and nowhere else.
final class KitConnection: Sendable {
  let profile: APIProfile
  let origin: Origin
  private let account: String
  private let token: Secret
  private let caller: Caller
  let known: KnownSecrets?
  private let calls = Mutex(0)
  /// Members that answers lack and plans can do without.
  let gaps = Mutex<[MemberGap]>([])

  init(
    profile: APIProfile, origin: Origin, account: String, token: Secret, caller: Caller, known: KnownSecrets? = nil
  ) {
    self.profile = profile
    self.origin = origin
    self.account = account
    self.token = token
    self.caller = caller
    self.known = known
  }

  /// Requests handed to the transport so far, repeats included.
  var callsMade: Int { calls.withLock { $0 } }

  /// The answer to a call, or why there is none.
  struct CallReply: Sendable {
    var response: Result<HTTPResponse, KitFailure>
    var calls: Int
    /// An earlier attempt may have taken effect although no answer said so.
    var mayHaveTakenEffect: Bool
    /// For the words of a failure.
    var context: KitFailure.Context
  }

  /// Makes a call; any status is an answer.
  func send(_ call: Call) async -> CallReply {
    guard let method = profile[call.operation] else {
      return CallReply(
        response: .failure(.notAvailable), calls: 0, mayHaveTakenEffect: false, context: context(call, nil, []))
    }
    let (request, token) = request(call, method)
    let report = await caller.call(request, as: call.kind)
    calls.withLock { $0 += report.calls }
    return CallReply(
      response: report.result.mapError { .transport($0) }, calls: report.calls,
      mayHaveTakenEffect: report.mayHaveTakenEffect, context: context(call, method, [token]))
  }

  /// Makes a call that reads, and takes its answer apart.
  func read(_ call: Call) async throws(RemoteFailure) -> Envelope {
    let reply = await send(call)
    do throws(KitFailure) {
      return try envelope(try reply.response.get())
    } catch {
      throw error.remote(reply.context)
    }
  }

  /// Takes an answer apart.
  func envelope(_ response: HTTPResponse) throws(KitFailure) -> Envelope {
    guard (200..<300).contains(response.status) else {
      throw .status(response.status, Envelope.words(response, profile.envelope))
    }
    return try Envelope(response, profile.envelope)
  }

  /// What the words of an operation's failures name.
  func context(_ operation: Operation) -> KitFailure.Context {
    context(Call(operation, .read), profile[operation], [token.reveal { $0 }])
  }

  private func context(_ call: Call, _ method: APIMethod?, _ secrets: [String]) -> KitFailure.Context {
    KitFailure.Context(
      operation: call.operation, host: origin.host + (origin.port.map { ":\($0)" } ?? ""), profile: profile.name,
      method: method, secrets: secrets + call.secrets, known: known)
  }

  /// The request, and the token's text for the filter of Kit's words.
  private func request(_ call: Call, _ method: APIMethod) -> (HTTPRequest, token: String) {
    let token = token.reveal { $0 }
    let credential = Call.Parameter(
      name: profile.credentials.account, value: account, location: profile.credentials.accountLocation)
    let parameters = [credential] + call.parameters
    let query = parameters.filter { $0.location == .query }.map { (name: $0.name, value: $0.value) }
    let inBody = parameters.filter { $0.location == .body }.map { (name: $0.name, value: $0.value) }
    let form = FormBody([(name: profile.credentials.token, value: token)] + inBody + call.fields)
    var request = HTTPRequest(
      method: "POST", scheme: origin.scheme, host: origin.host, port: origin.port, path: method.path,
      query: PercentCoding.query(query),
      headers: [("Content-Type", FormBody.contentType), ("Accept", "application/json")], body: form.encoded)
    request.part = call.part
    return (request, token)
  }
}
