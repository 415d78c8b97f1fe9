import Foundation
import Support
import Synchronization
import TestServers

/// The part of GitHub's and GitLab's API that keeps the comments of one change request, on loopback.
///
/// Comments are listed in pages of 100, oldest first; what a caller writes is by the pipeline's own account. A call without the
/// token is answered with 401.
final class Forge: Sendable {
  /// One comment, of any author.
  struct Comment: Sendable, Equatable {
    var id: Int
    var author: String
    var body: String
  }

  enum Style: Sendable { case gitHub, gitLab }

  static let token = "forge-token-PLANTED-51c7"
  static let account = "github-actions[bot]"

  private struct Contents {
    var comments: [Comment] = []
    /// The commit that merged the change request; nil while it is open.
    var mergedAs: String?
    var problems: [String] = []
  }

  private let style: Style
  private let contents = Mutex(Contents())

  private init(_ style: Style) { self.style = style }

  /// Runs `body` beside a forge; it gets the base address of the API.
  static func with(_ style: Style, _ body: (Forge, String) async throws -> Void) async throws {
    let forge = Forge(style)
    try await RawServer.with({ _, request in .write(forge.answer(request)) }) { server in
      try await body(forge, "http://127.0.0.1:\(server.port)")
    }
  }

  /// All comments, oldest first.
  var comments: [Comment] { contents.withLock { $0.comments } }

  /// Calls that no real forge would have understood.
  var problems: [String] { contents.withLock { $0.problems } }

  /// Adds a comment of somebody else.
  func comment(_ body: String, by author: String) {
    contents.withLock { $0.comments.append(Comment(id: $0.comments.count + 1, author: author, body: body)) }
  }

  /// Says that a commit merged the change request.
  func merge(as commit: String) { contents.withLock { $0.mergedAs = commit } }

  /// Opens the next change request: nothing is written to it yet.
  func open() {
    contents.withLock {
      $0.comments = []
      $0.mergedAs = nil
    }
  }

  private func answer(_ request: String) -> String {
    let head = request.prefix { $0 != "\r\n" }.split(separator: " ")
    let credential = style == .gitHub ? "Authorization: Bearer \(Forge.token)" : "PRIVATE-TOKEN: \(Forge.token)"
    guard request.contains("\r\n\(credential)\r\n") else { return RawServer.answer("401 Unauthorized", body: "{}") }
    let body = request.firstRange(of: "\r\n\r\n").map { String(request[$0.upperBound...]) } ?? ""
    let parts = head[1].split(separator: "?", maxSplits: 1)
    let answer = respond(String(head[0]), String(parts[0]), query: parts.count > 1 ? String(parts[1]) : "", body)
    guard let answer else {
      contents.withLock { $0.problems.append(String(request.prefix(200))) }
      return RawServer.answer("404 Not Found", body: "{}")
    }
    return RawServer.answer(["Content-Type: application/json"], json: answer)
  }

  private func respond(_ method: String, _ path: String, query: String, _ body: String) -> Any? {
    let list = style == .gitHub ? "/repos/acme/channels/issues/7/comments" : "/projects/7/merge_requests/7/notes"
    let one = style == .gitHub ? "/repos/acme/channels/issues/comments/" : "\(list)/"
    let change = style == .gitHub ? "PATCH" : "PUT"
    if method == "GET", path == list {
      let page = query.split(separator: "&").first { $0.hasPrefix("page=") }.flatMap { Int($0.dropFirst(5)) } ?? 1
      return comments.dropFirst((page - 1) * 100).prefix(100).map(shown)
    }
    if method == "POST", path == list, let text = try? ParsedJSON(body)["body"].string {
      comment(text, by: Forge.account)
      return ["id": comments.count]
    }
    if method == change, path.hasPrefix(one), let id = Int(path.dropFirst(one.utf8.count)),
      let text = try? ParsedJSON(body)["body"].string
    {
      return contents.withLock { contents -> Any? in
        guard let index = contents.comments.firstIndex(where: { $0.id == id }) else { return nil }
        contents.comments[index].body = text
        return ["id": id]
      }
    }
    if style == .gitLab, method == "GET", path == "/user" { return ["id": 99] }
    let commits = style == .gitHub ? "/repos/acme/channels/commits/" : "/projects/7/repository/commits/"
    if method == "GET", path.hasPrefix(commits) { return merges(of: String(path.dropFirst(commits.utf8.count))) }
    return nil
  }

  private func shown(_ comment: Comment) -> [String: Any] {
    switch style {
    case .gitHub:
      [
        "id": comment.id, "body": comment.body,
        "user": ["login": comment.author, "type": comment.author == Forge.account ? "Bot" : "User"],
      ]
    case .gitLab:
      [
        "id": comment.id, "body": comment.body, "system": false,
        "author": ["id": comment.author == Forge.account ? 99 : 12],
      ]
    }
  }

  private func merges(of path: String) -> [[String: Any]] {
    let commit = path.split(separator: "/").first.map(String.init)
    guard let merged = contents.withLock({ $0.mergedAs }), merged == commit else { return [] }
    return style == .gitHub
      ? [["number": 7, "merge_commit_sha": merged, "merged_at": "2026-01-01T00:00:00Z"]]
      : [["iid": 7, "merge_commit_sha": merged, "state": "merged"]]
  }
}

extension RawServer {
  /// A whole answer with a JSON body.
  fileprivate static func answer(_ fields: [String], json: Any) -> String {
    let data = (try? JSONSerialization.data(withJSONObject: json)) ?? Data()
    return answer("200 OK", fields, body: String(decoding: data, as: UTF8.self))
  }
}
