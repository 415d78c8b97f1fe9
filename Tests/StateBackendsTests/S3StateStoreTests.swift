import Basics
import Documents
import Manifest
import Provisioning
import StateBackends
import Support
import Testing
import Transport

struct S3StateStoreTests {
  @Test(arguments: ["", #"{"ID":"abc"}"#, "{"])
  func `a lock object that names no holder is freed by any id, and by no run`(_ text: String) async throws {
    let place = S3Place()
    place.objects[S3Place.path + ".lock"] = Array(text.utf8)
    let failure = StateFailure.locked(holder: nil, label: "s3://bucket/kitform/production.json")
    let info = StateStoreContract.information("one")
    await #expect(throws: failure) { _ = try await place.store().lock(info) }
    await #expect(throws: failure) { try await place.store(over: place.objects).release(id: "one") }
    #expect(try await place.store().unlock(id: "unknown", as: info) == .freed(nil))
    #expect(place.objects.paths.isEmpty)
    let lock = try await place.store().lock(info)
    await #expect(throws: StateFailure.self) {
      _ = try await place.store().unlock(id: "unknown", as: StateStoreContract.information("two"))
    }
    await lock.release()
  }

  @Test func `a lock object that another one has replaced meanwhile stays`() async throws {
    let place = S3Place()
    let lockPath = S3Place.path + ".lock"
    place.objects[lockPath] = []
    let store = place.store(
      over: Scripted { request in
        if request.method == "DELETE" { place.objects[lockPath] = StateStoreContract.information("two").bytes }
        return place.objects.answer(request)
      })
    await #expect(throws: StateFailure.self) {
      _ = try await store.unlock(id: "unknown", as: StateStoreContract.information("one"))
    }
    #expect(place.objects[lockPath] == StateStoreContract.information("two").bytes)
  }

  @Test(arguments: ModelObjectStore.Quirk.allCases)
  func `a store that cannot keep a lock is refused before anything is trusted to it`(
    quirk: ModelObjectStore.Quirk
  ) async throws {
    let place = S3Place(objects: ModelObjectStore([quirk]))
    place.objects[S3Place.path] = StateCodec().encode(StateSamples.full(serial: 1))
    let failure = await #expect(throws: StateFailure.self) {
      let lock = try await place.store().lock(StateStoreContract.information("one"))
      try await lock.write(StateSamples.full(serial: 2))
    }
    let reason: String
    switch quirk {
    case .ignoresIfNoneMatch, .ignoresIfMatch:
      reason =
        "the store ignores `\(quirk == .ignoresIfMatch ? "If-Match" : "If-None-Match")`, so that two could hold its lock at once"
      #expect(place.objects.paths == [S3Place.path])
    case .namesNoVersion: reason = "the store names no version (ETag) of its objects"
    }
    #expect(
      failure
        == .failed(
          label: "s3://bucket/kitform/production.json", reason: reason,
          remedy: "keep the state in a store with conditional writes"))
    #expect(place.objects[S3Place.path] == StateCodec().encode(StateSamples.full(serial: 1)))
  }

  @Test func `a write that meets another one is tried again`() async throws {
    let place = S3Place()
    place.objects.collide(5)
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    place.objects.collide(5)
    try await lock.write(StateSamples.full(serial: 1))
    await lock.release()
    #expect(try await place.store().read() == StateSamples.full(serial: 1))
    #expect(place.objects.paths == [S3Place.path])
  }

  @Test func `the fence closes the gap between looking and writing`() async throws {
    let place = S3Place()
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    try await lock.write(StateSamples.empty(serial: 1))
    await lock.release()
    // Someone else writes after the look and before the write of the next one.
    let foreign = StateCodec().encode(StateSamples.full(serial: 2))
    let objects = place.objects
    let racing = place.store(
      over: Interposed(objects) { request in
        if request.method == "PUT", request.path == S3Place.path { objects[S3Place.path] = foreign }
      })
    let second = try await racing.lock(StateStoreContract.information("two"))
    await #expect(throws: StateFailure.conflict(label: racing.label)) {
      try await second.write(StateSamples.empty(serial: 2))
    }
    #expect(objects[S3Place.path] == foreign)
  }

  @Test func `who does not hold the lock object any more writes nothing`() async throws {
    let place = S3Place()
    let lock = try await place.store().lock(StateStoreContract.information("one"))
    try await lock.write(StateSamples.empty(serial: 1))
    _ = try await place.store().unlock(id: "one", as: StateStoreContract.information("two"))
    await #expect(throws: StateFailure.conflict(label: "s3://bucket/kitform/production.json")) {
      try await lock.write(StateSamples.full(serial: 2))
    }
    let other = try await place.store().lock(StateStoreContract.information("three"))
    await #expect(throws: StateFailure.conflict(label: "s3://bucket/kitform/production.json")) {
      try await lock.write(StateSamples.full(serial: 2))
    }
    await other.release()
    #expect(try await place.store().read() == StateSamples.empty(serial: 1))
  }

  @Test func `path and virtual-host style name the same object`() async throws {
    let objects = ModelObjectStore()
    for (isPath, host, path) in [
      (true, "s3.example.com", "/bucket/a%20b/%C3%BC.json"), (false, "bucket.s3.example.com", "/a%20b/%C3%BC.json"),
    ] {
      let settings = S3StateStore.S3StateSettings(
        endpoint: Origin(host: "s3.example.com", port: 9000), bucket: "bucket", key: "a b/ü.json", pathStyle: isPath)
      let store = S3StateStore(
        settings,
        signature: SignatureV4(
          credentials: AWSCredentials(accessKey: "A", secretKey: Secret("B")), region: "r"),
        caller: Callers.caller(objects), now: { 0 }, clock: InstantClock())
      #expect(try await store.read() == nil)
      let request = try #require(objects.log.last)
      #expect(request.host == host)
      #expect(request.port == 9000)
      #expect(request.path == path)
    }
  }

  @Test(
    arguments: [
      (
        404, "NoSuchBucket", "the server knows no such address (404): there is no bucket `bucket`",
        "make it, or correct `state.bucket`"
      ),
      (
        403, "RequestTimeTooSkewed",
        "the server does not allow it to these credentials (403): this machine's clock is wrong by more than 15 minutes",
        "set this machine's clock"
      ),
      (
        301, "PermanentRedirect",
        "the server redirects (301), and redirects are not followed: the bucket is in another region than `us-east-1`, or at another endpoint",
        "correct `state.region` or `state.endpoint`"
      ),
      (400, "Ba\u{1B}d", "the server answered 400: Ba\\u{001B}d", "check `state.endpoint`"),
      (404, nil, "the server knows no such address (404)", "correct `state.endpoint`"),
    ] as [(Int, String?, String, String)])
  func `an error says what it means, and is never no state`(
    status: Int, code: String?, reason: String, remedy: String
  ) async throws {
    let body = code.map { "<Error><Code>\($0)</Code></Error>" } ?? ""
    let place = S3Place()
    let store = place.store(over: Scripted { _ in HTTPResponse(status: status, body: Array(body.utf8)) })
    let failure = await #expect(throws: StateFailure.self) { _ = try await store.read() }
    #expect(failure == .failed(label: "s3://bucket/kitform/production.json", reason: reason, remedy: remedy))
  }

  @Test func `a sign-in page is no damaged state`() async throws {
    let store = S3Place().store(over: Scripted { _ in HTTPResponse(status: 200, body: Array("<html>".utf8)) })
    await #expect(
      throws: StateFailure.failed(
        label: "s3://bucket/kitform/production.json", reason: "the answer is a web page, not a state",
        remedy: "check `state.endpoint`, and whether a proxy or a sign-in page is in between")
    ) { try await store.read() }
  }
}

/// A transport that calls back before each request.
private struct Interposed: Transport {
  let inner: any Transport
  let before: @Sendable (HTTPRequest) -> Void
  init(_ inner: any Transport, _ before: @escaping @Sendable (HTTPRequest) -> Void) {
    self.inner = inner
    self.before = before
  }
  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    before(request)
    return try await inner.send(request)
  }
}
