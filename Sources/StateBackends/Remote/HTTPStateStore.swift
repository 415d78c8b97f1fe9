package import Basics
package import Manifest
package import Provisioning
package import Transport

/// Keeps a state behind Terraform's http protocol: GitLab-managed state, and every other server made for it.
///
/// GitLab keys versions by the body's top-level `serial` and answers 422 to one that it has seen: each write has the last
/// serial plus one.
package struct HTTPStateStore: RemoteStateStore {
  /// Where the state is, and who asks for it.
  package struct HTTPStateSettings: Sendable {
    package var address: URLParts
    package var lockAddress: URLParts
    package var unlockAddress: URLParts
    package var updateMethod = "POST"
    package var lockMethod: String
    package var unlockMethod: String
    package var username: String?
    package var password: Secret?

    /// The usual methods: LOCK and UNLOCK on the state's own address, POST and DELETE on a lock address of its own.
    package init(address: URLParts, lockAddress: URLParts? = nil, unlockAddress: URLParts? = nil) {
      self.address = address
      self.lockAddress = lockAddress ?? address
      self.unlockAddress = unlockAddress ?? lockAddress ?? address
      lockMethod = self.lockAddress == address ? "LOCK" : "POST"
      unlockMethod = self.unlockAddress == address ? "UNLOCK" : "DELETE"
    }
  }

  private let settings: HTTPStateSettings
  private let caller: Caller
  package let options: RemoteStateOptions

  package init(_ settings: HTTPStateSettings, caller: Caller, options: RemoteStateOptions = RemoteStateOptions()) {
    self.settings = settings
    self.caller = caller
    self.options = options
  }

  /// The address without what may be secret in it: user info and query.
  package var label: String { settings.address.origin + settings.address.path }

  package func fetch() async throws(StateFailure) -> RemoteObject? {
    switch await caller.call(request("GET", settings.address), as: .read).result {
    case .success(let response):
      switch response.status {
      case 200:
        if let problem = exchange.problem(withBodyOf: response) { throw failed(problem) }
        return RemoteObject(bytes: response.body)
      case 204, 404: return nil
      default: throw failed(exchange.problem(response))
      }
    case .failure(let failure): throw failed(exchange.problem(failure))
    }
  }

  package func put(_ bytes: [UInt8], over current: RemoteObject?, lock: String) async throws(RemotePutFailure) {
    var request = request(settings.updateMethod, settings.address, body: bytes)
    request.query += (request.query.isEmpty ? "" : "&") + "ID=\(PercentEncoding.query(lock))"
    request.headers.append(("Content-MD5", StateExchange.md5(bytes)))
    switch await caller.call(request, as: .update).result {
    case .success(let response):
      switch response.status {
      case 200..<300: return
      case 409, 412, 422, 423: throw .refused
      default: throw .failed(exchange.problem(response))
      }
    case .failure(let failure): throw .failed(exchange.problem(failure))
    }
  }

  package func acquire(_ info: LockInformation) async throws(StateFailure) {
    let body = HTTPLockInformation.body(info, path: label)
    let report = await caller.call(request(settings.lockMethod, settings.lockAddress, body: body), as: .update)
    switch report.result {
    case .success(let response):
      switch response.status {
      case 200..<300: return
      case 409, 423:
        let holder = HTTPLockInformation.holder(response.body)
        if holder?.id == info.id { return }
        throw .locked(holder: holder, label: label)
      case 404, 405, 501:
        var problem = exchange.problem(
          response, remedy: "check `state.lockAddress`, or set TF_HTTP_LOCK_METHOD and TF_HTTP_UNLOCK_METHOD")
        problem.reason =
          "it takes no lock by \(settings.lockMethod) at \(settings.lockAddress.origin)\(settings.lockAddress.path): "
          + problem.reason
        throw failed(problem)
      default:
        if report.mayHaveTakenEffect { try? await release(id: info.id) }
        throw failed(exchange.problem(response))
      }
    case .failure(let failure):
      if report.mayHaveTakenEffect { try? await release(id: info.id) }
      throw failed(exchange.problem(failure))
    }
  }

  /// Frees the holder's lock and takes a new one; of two that try, the server lets one through.
  package func takeOver(from holder: LockInformation, _ info: LockInformation) async throws(StateFailure) {
    try? await release(id: holder.id)
    try await acquire(info)
  }

  package func release(id: String) async throws(StateFailure) {
    let request = request(
      settings.unlockMethod, settings.unlockAddress, body: HTTPLockInformation.body(id: id))
    switch await caller.call(request, as: .delete).result {
    case .success(let response):
      switch response.status {
      case 200..<300: return
      case 409, 423: throw .locked(holder: HTTPLockInformation.holder(response.body), label: label)
      default: throw failed(exchange.problem(response))
      }
    case .failure(let failure): throw failed(exchange.problem(failure))
    }
  }

  private let exchange = StateExchange(
    place: "`state.address`",
    credentials: "correct `state.username` and `state.password`, or TF_HTTP_USERNAME and TF_HTTP_PASSWORD",
    rights: "give this user, or this token, the right to read, write and lock the state")

  private func request(_ method: String, _ url: URLParts, body: [UInt8] = []) -> HTTPRequest {
    var headers: [(name: String, value: String)] = []
    if settings.username != nil || settings.password != nil {
      let name = settings.username ?? ""
      let word = settings.password?.reveal { $0 } ?? ""
      headers.append(("Authorization", "Basic \(Base64.text(Array("\(name):\(word)".utf8)))"))
    }
    if !body.isEmpty { headers.append(("Content-Type", "application/json")) }
    return HTTPRequest(method: method, url: url, headers: headers, body: body)
  }
}

/// Percent-encoding by RFC 3986: all but letters, digits, `-`, `.`, `_` and `~`.
enum PercentEncoding {
  static func query(_ text: String) -> String { encode(text, keeping: []) }

  /// The same, with slashes as they are.
  static func path(_ text: String) -> String { encode(text, keeping: [UInt8(ascii: "/")]) }

  private static func encode(_ text: String, keeping kept: [UInt8]) -> String {
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.append(byte)
      default:
        if kept.contains(byte) {
          result.append(byte)
        } else {
          result.append(contentsOf: "%\(Hexadecimal.text([byte]).uppercased())".utf8)
        }
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
