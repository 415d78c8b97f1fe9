import Synchronization
package import Transport

/// An S3-compatible store as a function of requests: whole objects, ETags, conditional writes; or one that is not what it says.
package final class ModelObjectStore: Transport {
  /// In what a store differs from S3.
  package enum Quirk: Sendable, CaseIterable {
    case ignoresIfNoneMatch, ignoresIfMatch, namesNoVersion
  }

  private let quirks: Set<Quirk>
  private let kept = Mutex(Contents())
  private let requests = Mutex<[HTTPRequest]>([])

  private struct Contents: Sendable {
    var objects: [String: (bytes: [UInt8], version: Int)] = [:]
    var version = 0
    /// How many conditional writes meet another one from now on.
    var collisions = 0
  }

  package init(_ quirks: Set<Quirk> = []) { self.quirks = quirks }

  /// Every request so far.
  package var log: [HTTPRequest] { requests.withLock { $0 } }

  /// The bytes of an object by its path, bucket included.
  package subscript(path: String) -> [UInt8]? {
    get { kept.withLock { $0.objects[path]?.bytes } }
    set {
      kept.withLock { kept in
        kept.version += 1
        kept.objects[path] = newValue.map { ($0, kept.version) }
      }
    }
  }

  /// The paths of all objects, sorted.
  package var paths: [String] { kept.withLock { $0.objects.keys.sorted() } }

  /// Lets so many conditional writes meet another one: 409.
  package func collide(_ count: Int) { kept.withLock { $0.collisions = count } }

  package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse { answer(request) }

  /// Answers one request; requests are atomic.
  package func answer(_ request: HTTPRequest) -> HTTPResponse {
    requests.withLock { $0.append(request) }
    func header(_ name: String) -> String? { request.headers.first { $0.name.lowercased() == name }?.value }
    guard header("authorization")?.hasPrefix("AWS4-HMAC-SHA256 Credential=") == true, header("x-amz-date") != nil,
      header("x-amz-content-sha256") != nil
    else { return ModelObjectStore.failure(403, "AccessDenied") }
    return kept.withLock { kept in
      let object = kept.objects[request.path]
      let tag = object.map { "\"\($0.version)\"" }
      switch request.method {
      case "GET":
        guard let object, let tag else { return ModelObjectStore.failure(404, "NoSuchKey") }
        return HTTPResponse(
          status: 200, headers: quirks.contains(.namesNoVersion) ? [] : [("ETag", tag)], body: object.bytes)
      case "PUT":
        if header("if-none-match") != nil || header("if-match") != nil, kept.collisions > 0 {
          kept.collisions -= 1
          return ModelObjectStore.failure(409, "ConditionalRequestConflict")
        }
        if header("if-none-match") == "*", object != nil, !quirks.contains(.ignoresIfNoneMatch) {
          return ModelObjectStore.failure(412, "PreconditionFailed")
        }
        if let wanted = header("if-match"), !quirks.contains(.ignoresIfMatch) {
          guard let tag else { return ModelObjectStore.failure(404, "NoSuchKey") }
          guard tag == wanted else { return ModelObjectStore.failure(412, "PreconditionFailed") }
        }
        kept.version += 1
        kept.objects[request.path] = (request.body, kept.version)
        return HTTPResponse(status: 200, headers: [("ETag", "\"\(kept.version)\"")])
      case "DELETE":
        if let wanted = header("if-match"), let tag, tag != wanted {
          return ModelObjectStore.failure(412, "PreconditionFailed")
        }
        kept.objects[request.path] = nil
        return HTTPResponse(status: 204)
      default: return ModelObjectStore.failure(405, "MethodNotAllowed")
      }
    }
  }

  private static func failure(_ status: Int, _ code: String) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [("Content-Type", "application/xml")],
      body: Array("<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>no</Message></Error>".utf8))
  }
}
