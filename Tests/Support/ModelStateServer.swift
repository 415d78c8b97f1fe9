import Basics
import Documents
import Synchronization
package import Transport

/// A server of Terraform's http protocol, as a function of requests: with GitLab's rules, or as plain as the protocol allows.
///
/// A state has an address of its own, its path; the lock is at the same path (LOCK, UNLOCK) and below it at `/lock` (POST, DELETE).
package final class ModelStateServer: Transport {
  /// What a server insists on.
  package enum Rules: Sendable {
    /// GitLab: versions by `serial`, a repeated one is 422; the holder's id, user and time beside what the asker sent.
    case gitLab
    /// The least that Terraform wants: the last write counts, 423 with the lock as its holder sent it.
    case plain
  }

  package let rules: Rules
  /// What `Authorization` must say; nil for anything.
  private let authorization: String?
  private let kept = Mutex<[String: Entry]>([:])
  private let requests = Mutex<[HTTPRequest]>([])

  /// One state with its versions.
  private struct Entry: Sendable {
    var versions: [(serial: Int, bytes: [UInt8])] = []
    var lock: [JSONValue.Member]?
    var bytes: [UInt8]? { versions.last?.bytes }
  }

  package init(_ rules: Rules, authorization: String? = nil) {
    self.rules = rules
    self.authorization = authorization
  }

  /// Every request so far.
  package var log: [HTTPRequest] { requests.withLock { $0 } }

  /// The state at a path, past every lock.
  package subscript(path: String) -> [UInt8]? {
    get { kept.withLock { $0[path]?.bytes } }
    set {
      kept.withLock { kept in
        guard let newValue else { return kept[path, default: Entry()].versions = [] }
        kept[path, default: Entry()].versions.append((serial: -1, bytes: newValue))
      }
    }
  }

  /// The id under which a state is locked.
  package func holder(_ path: String) -> String? {
    kept.withLock { ModelStateServer.text(.object($0[path]?.lock ?? []), "ID") }
  }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse { answer(request) }

  /// Answers one request; requests are atomic.
  package func answer(_ request: HTTPRequest) -> HTTPResponse {
    requests.withLock { $0.append(request) }
    if let authorization {
      let given = request.headers.first { $0.name.lowercased() == "authorization" }?.value
      guard given == authorization else { return HTTPResponse(status: 401) }
    }
    return kept.withLock { kept in
      let isLock = request.path.hasSuffix("/lock")
      let path = isLock ? String(request.path.dropLast(5)) : request.path
      switch (request.method, isLock) {
      case ("GET", false):
        guard let entry = kept[path] else { return HTTPResponse(status: 404) }
        guard let bytes = entry.bytes else { return HTTPResponse(status: 204) }
        return HTTPResponse(status: 200, headers: [("Content-Type", "application/json")], body: bytes)
      case ("POST", false), ("PUT", false): return write(request, &kept[path, default: Entry()])
      case ("POST", true), ("LOCK", false): return lock(request, &kept[path, default: Entry()])
      case ("DELETE", true), ("UNLOCK", false): return unlock(request, &kept[path, default: Entry()])
      default: return HTTPResponse(status: 405)
      }
    }
  }

  private func write(_ request: HTTPRequest, _ entry: inout Entry) -> HTTPResponse {
    let id = request.query.split(separator: "&").first { $0.hasPrefix("ID=") }
      .map { ModelStateServer.decoded($0.dropFirst(3)) }
    let holder = entry.lock.flatMap { ModelStateServer.text(.object($0), "ID") }
    guard id == holder else { return HTTPResponse(status: rules == .gitLab ? 409 : 423) }
    var serial = 0
    if rules == .gitLab {
      let isJSON = request.headers.contains {
        $0.name.lowercased() == "content-type" && $0.value == "application/json"
      }
      guard !request.body.isEmpty else { return HTTPResponse(status: 204) }
      guard isJSON, case .integer(let number)? = ModelStateServer.json(request.body)?["serial"] else {
        return HTTPResponse(status: 422, body: Array("No serial in payload".utf8))
      }
      guard !entry.versions.contains(where: { $0.serial == number }) else {
        return HTTPResponse(status: 422, body: Array("Version has already been taken".utf8))
      }
      serial = number
    }
    entry.versions.append((serial: serial, bytes: request.body))
    return HTTPResponse(status: 200)
  }

  private func lock(_ request: HTTPRequest, _ entry: inout Entry) -> HTTPResponse {
    let wanted = ["ID", "Operation", "Info", "Who", "Version", "Created", "Path"]
    guard case .object(var members)? = ModelStateServer.json(request.body),
      wanted.allSatisfy({ ModelStateServer.text(.object(members), $0) != nil })
    else { return HTTPResponse(status: 400) }
    let isHeld = entry.lock != nil
    if rules == .plain {
      if let lock = entry.lock { return HTTPResponse(status: 423, body: CanonicalJSON.encode(.object(lock))) }
      entry.lock = members
      return HTTPResponse(status: 200)
    }
    if !isHeld { entry.lock = members }
    let holder = JSONValue.object(entry.lock ?? [])
    for index in members.indices {
      switch members[index].key {
      case "ID": members[index].value = holder["ID"] ?? .null
      case "Who": members[index].value = "gitlab-user"
      case "Created": members[index].value = "2026-01-01T00:00:00.000Z"
      default: break
      }
    }
    return HTTPResponse(status: isHeld ? 409 : 200, body: CanonicalJSON.encode(.object(members)))
  }

  private func unlock(_ request: HTTPRequest, _ entry: inout Entry) -> HTTPResponse {
    let id = ModelStateServer.json(request.body).flatMap { ModelStateServer.text($0, "ID") }
    guard let lock = entry.lock else { return HTTPResponse(status: 200) }
    guard id == nil || id == ModelStateServer.text(.object(lock), "ID") else { return HTTPResponse(status: 409) }
    entry.lock = nil
    return HTTPResponse(status: 200)
  }

  /// A string of a query without its percent-encoding.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func json(_ bytes: [UInt8]) -> JSONValue? {
    let composed = JSONComposer.compose(SourceFile(path: "body", bytes: bytes), file: 0)
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else { return nil }
    return composed.document.json(root)
  }

  private static func text(_ json: JSONValue, _ name: String) -> String? {
    if case .string(let text)? = json[name] { text } else { nil }
  }
}
