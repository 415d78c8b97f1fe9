import Basics
import Documents
import Manifest
import Provisioning
import StateBackends
import Support
import Testing
import Transport

struct HTTPStateStoreTests {
  @Test func `GitLab gets what it insists on, and never the same serial twice`() async throws {
    let place = HTTPPlace(codec: Sealers.codec(encrypts: true))
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    for serial in 1...3 { try await lock.write(StateSamples.full(serial: serial)) }
    await lock.release()
    let writes = place.server.log.filter { $0.method == "POST" && $0.path == HTTPPlace.path }
    #expect(writes.count == 3)
    for (serial, write) in zip(1..., writes) {
      #expect(write.query == "ID=one")
      #expect(write.headers.contains { $0.name == "Content-Type" && $0.value == "application/json" })
      let json = try ParsedJSON(String(decoding: write.body, as: UTF8.self))
      #expect(json["serial"].int == serial)
      #expect(json["version"].int == 1)
      #expect(json["lineage"].string == StateSamples.full().lineage)
      #expect(json.names == ["encryption", "lineage", "serial", "sha256", "version"])
    }
    let methods = place.server.log.filter { $0.path.hasSuffix("/lock") }.map(\.method)
    #expect(methods == ["POST", "DELETE"])
  }

  @Test func `a serial that GitLab has seen before is not blamed on somebody else`() async throws {
    let place = HTTPPlace()
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    for serial in 1...3 { try await lock.write(StateSamples.full(serial: serial)) }
    try place.replace(Array("{".utf8))
    let failure = await #expect(throws: StateFailure.self) {
      _ = try await lock.replace(with: StateSamples.full(serial: 3))
    }
    guard case .failed(label: _, let reason, remedy: _)? = failure else { throw try #require(failure) }
    #expect(reason.contains("the server refused a version of serial 3, although nobody else has written"))
    await lock.release()
  }

  @Test func `the lock describes its holder as Terraform does`() async throws {
    let place = HTTPPlace()
    _ = try await place.store().lock(StateStoreContract.information("one"))
    let body = try #require(place.server.log.first?.body)
    let json = try ParsedJSON(String(decoding: body, as: UTF8.self))
    #expect(json.names == ["Created", "ID", "Info", "Operation", "Path", "Version", "Who"])
    #expect(json["ID"].string == "one")
    #expect(json["Who"].string == "tester <one>")
    #expect(json["Operation"].string == "apply")
    #expect(json["Created"].string == "2026-01-01T00:00:00Z")
    #expect(json["Path"].string == "https://gitlab.example.com\(HTTPPlace.path)")
  }

  @Test func `of GitLab's answer about a lock, only what is the holder's counts`() async throws {
    let place = HTTPPlace()
    _ = try await place.store().lock(StateStoreContract.information("one"))
    let failure = await #expect(throws: StateFailure.self) {
      _ = try await place.store().lock(StateStoreContract.information("two"))
    }
    let holder = LockInformation(
      id: "one", who: "gitlab-user", host: "", processID: 0, since: "2026-01-01T00:00:00.000Z", command: "")
    #expect(failure == .locked(holder: holder, label: "https://gitlab.example.com\(HTTPPlace.path)"))
  }

  @Test func `a lock of Terraform's own is shown as it is`() async throws {
    let place = HTTPPlace(server: ModelStateServer(.plain), hasLockAddress: false)
    let body =
      #"{"ID":"11","Operation":"OperationTypePlan","Info":"","Who":"ann@laptop","Version":"1.11.4","Created":"now","Path":""}"#
    _ = place.server.answer(
      HTTPRequest(method: "LOCK", host: "gitlab.example.com", path: HTTPPlace.path, body: Array(body.utf8)))
    let failure = await #expect(throws: StateFailure.self) {
      _ = try await place.store().lock(StateStoreContract.information("two"))
    }
    guard case .locked(let holder, _)? = failure else { throw try #require(failure) }
    #expect(
      holder
        == LockInformation(
          id: "11", who: "ann@laptop", host: "", processID: 0, since: "now", command: "OperationTypePlan"))
  }

  @Test func `where the server does not say who holds the lock, it judges the id that is to be freed`() async throws {
    let address = try URLParts("https://state.example.com/x")
    let store = HTTPStateStore(
      .init(address: address),
      caller: Callers.caller(
        Scripted { request in
          let frees = request.method == "UNLOCK" && String(decoding: request.body, as: UTF8.self).contains("\"lock-7\"")
          return frees ? HTTPResponse(status: 200) : HTTPResponse(status: 423, body: Array("Locked".utf8))
        }))
    let info = StateStoreContract.information("me")
    #expect(try await store.unlock(id: "lock-7", as: info) == .freed(nil))
    await #expect(throws: StateFailure.locked(holder: nil, label: "https://state.example.com/x")) {
      try await store.unlock(id: "lock-8", as: info)
    }
  }

  @Test func `user name and password go into one header, and neither into any message`() async throws {
    let server = ModelStateServer(.gitLab, authorization: "Basic dXNlcjpwYXNzd29yZC0x")
    let place = HTTPPlace(server: server)
    var settings = place.settings
    settings.username = "user"
    settings.password = Secret("password-1")
    let store = HTTPStateStore(settings, caller: Callers.caller(server))
    #expect(try await store.read() == nil)
    settings.password = Secret("password-2")
    let wrong = HTTPStateStore(settings, caller: Callers.caller(server))
    let failure = await #expect(throws: StateFailure.self) { _ = try await wrong.read() }
    #expect(
      failure
        == .failed(
          label: "https://gitlab.example.com\(HTTPPlace.path)", reason: "the server wants other credentials (401)",
          remedy: "correct `state.username` and `state.password`, or TF_HTTP_USERNAME and TF_HTTP_PASSWORD"))
  }

  @Test func `the label holds no query, and an address's query stays with the request`() async throws {
    let server = ModelStateServer(.plain)
    let address = try URLParts("https://state.example.com/x?project=7&token=abc")
    let store = HTTPStateStore(.init(address: address), caller: Callers.caller(server))
    #expect(store.label == "https://state.example.com/x")
    let lock = try await store.lock(StateStoreContract.information("a b&c"))
    try await lock.write(StateSamples.empty())
    #expect(server.log.contains { $0.query == "project=7&token=abc&ID=a%20b%26c" })
  }

  @Test(arguments: [200, 201, 204]) func `a server without locks is not trusted`(status: Int) async throws {
    let address = try URLParts("https://state.example.com/x")
    for refusal in [404, 405, 501] {
      let store = HTTPStateStore(
        .init(address: address),
        caller: Callers.caller(
          Scripted { $0.method == "GET" ? HTTPResponse(status: status) : HTTPResponse(status: refusal) }))
      let failure = await #expect(throws: StateFailure.self) {
        _ = try await store.lock(StateStoreContract.information("one"))
      }
      guard case .failed(_, let reason, let remedy)? = failure else { throw try #require(failure) }
      #expect(reason.hasPrefix("it takes no lock by LOCK at https://state.example.com/x: "))
      #expect(remedy == "check `state.lockAddress`, or set TF_HTTP_LOCK_METHOD and TF_HTTP_UNLOCK_METHOD")
    }
  }

  /// What reading a state comes to when the server answers so.
  private func failure(_ response: HTTPResponse) async throws -> StateFailure? {
    let address = try URLParts("https://state.example.com/x")
    let store = HTTPStateStore(.init(address: address), caller: Callers.caller(Scripted { _ in response }))
    return await #expect(throws: StateFailure.self) { _ = try await store.read() }
  }

  @Test(arguments: ["", "  \r\n", "\u{FEFF}"])
  func `an empty answer is neither no state nor one that may be written over`(body: String) async throws {
    guard case .failed(_, let reason, _)? = try await failure(HTTPResponse(status: 200, body: Array(body.utf8))) else {
      Issue.record("not failed")
      return
    }
    #expect(reason == "the answer is empty (200), which says neither that there is a state nor that there is none")
  }

  @Test(
    arguments: [
      ("<!doctype html>", nil), (" \n\t<html>", nil), ("\u{FEFF}<html>", nil), ("Sign in", "text/html; charset=utf-8"),
      ("Sign in", "Application/XHTML+xml"),
    ] as [(String, String?)])
  func `a sign-in page is no damaged state`(body: String, type: String?) async throws {
    let response = HTTPResponse(
      status: 200, headers: type.map { [("content-type", $0)] } ?? [], body: Array(body.utf8))
    #expect(
      try await failure(response)
        == .failed(
          label: "https://state.example.com/x", reason: "the answer is a web page, not a state",
          remedy: "check `state.address`, and whether a proxy or a sign-in page is in between"))
  }

  @Test func `a state is read whatever type the server gives it`() async throws {
    let state = StateSamples.full()
    let response = HTTPResponse(
      status: 200, headers: [("Content-Type", "text/html")], body: StateCodec().encode(state))
    let address = try URLParts("https://state.example.com/x")
    let store = HTTPStateStore(.init(address: address), caller: Callers.caller(Scripted { _ in response }))
    #expect(try await store.read() == state)
  }

  @Test func `whatever keeps a state from being read has a remedy of its own`() async throws {
    var remedies: Set<String> = []
    let statuses = [301, 400, 401, 403, 405, 413, 429, 500]
    for status in statuses {
      guard case .failed(_, _, let remedy?)? = try await failure(HTTPResponse(status: status)) else {
        Issue.record("\(status)")
        continue
      }
      remedies.insert(remedy)
    }
    #expect(remedies.count == statuses.count)
    let failures: [TransportFailure] = [
      .notSent(.nameNotFound), .notSent(.connectionRefused), .notSent(.connectTimeout), .notSent(.certificate("x")),
      .notSent(.tls("x")), .notSent(.proxy("x")), .notSent(.other("x")), .ambiguous(.reset), .ambiguous(.timeout),
      .ambiguous(.tooLarge(limit: 1)),
    ]
    for failure in failures {
      let address = try URLParts("https://state.example.com/x")
      let store = HTTPStateStore(.init(address: address), caller: Callers.caller(Silent(failure: failure)))
      let thrown = await #expect(throws: StateFailure.self) { _ = try await store.read() }
      guard case .failed(_, failure.description, .some)? = thrown else {
        Issue.record("\(failure)")
        continue
      }
    }
  }

  @Test func `neither a redirect nor a refusal is no state`() async throws {
    for status in [301, 302, 400, 401, 403, 410, 500, 502, 503] {
      guard case .failed? = try await failure(HTTPResponse(status: status)) else {
        Issue.record("\(status)")
        continue
      }
    }
  }
}

/// A transport over which no answer ever comes.
private struct Silent: Transport {
  let failure: TransportFailure
  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse { throw failure }
}

/// A transport that answers by a function.
struct Scripted: Transport {
  let script: @Sendable (HTTPRequest) -> HTTPResponse
  init(_ script: @escaping @Sendable (HTTPRequest) -> HTTPResponse) { self.script = script }
  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse { script(request) }
}
