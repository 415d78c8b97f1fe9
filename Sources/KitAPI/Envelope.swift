import Basics
import Documents
import KitProfile
import Transport

/// One answer of the API, parsed as the profile says: a document, and the node of its result.
struct Envelope: Sendable {
  var document: Document
  /// The whole answer.
  var root: Int
  var result: Int

  /// The largest answer that is read.
  static let sizeLimit = 8 << 20
  /// The most values in one answer; a page of fifty channels has a few thousand.
  static let valueLimit = 400_000

  /// Reads a 2xx answer.
  ///
  /// - Throws: `.notJSON`, `.tooLarge`, `.undecodable`, or `.unsuccessful` with Kit's words.
  init(_ response: HTTPResponse, _ members: APIProfile.EnvelopeMembers) throws(KitFailure) {
    let (document, root) = try Envelope.object(response)
    self.document = document
    self.root = root
    guard let flag = document.read(members.success, in: root, { document.wireFlag($0) }) else {
      throw .undecodable(Misfit("it", lacks: members.success, wanted: "a boolean", document: document, node: root))
    }
    guard flag else {
      let words = KitWords(document, root, members)
      throw .unsuccessful(words)
    }
    guard let result = document.read(members.result, in: root, { $0 }) else {
      throw .undecodable(Misfit("it", lacks: members.result, wanted: "a value", document: document, node: root))
    }
    self.result = result
  }

  /// The words of an answer that is a failure by its status, as far as it has any.
  static func words(_ response: HTTPResponse, _ members: APIProfile.EnvelopeMembers) -> KitWords? {
    guard let (document, root) = try? object(response) else { return nil }
    guard isRefusal(document, root, members) else { return nil }
    return KitWords(document, root, members)
  }

  /// Whether an answer to a write is Kit's own refusal, and names no channel beside it.
  static func refusesWrite(_ response: HTTPResponse, _ kind: MethodKind, _ profile: APIProfile) -> Bool {
    guard isRefusalStatus(response.status, kind), let (document, root) = try? object(response),
      isRefusal(document, root, profile.envelope)
    else { return false }
    guard let result = document.read(profile.envelope.result, in: root, { $0 }) else { return true }
    return document.wireID(result) == nil && !Envelope.namesChannel(document.json(result), profile.channel)
  }

  /// Whether a value has what may be a channel's id or UUID, at any depth and also under another name that ends alike
  /// (`id` for `channel_id`).
  ///
  /// It calls itself once a level; answers have at most 64.
  private static func namesChannel(_ value: JSONValue, _ channel: ChannelMembers) -> Bool {
    switch value {
    case .array(let items): return items.contains { namesChannel($0, channel) }
    case .object(let members):
      return members.contains { member in
        let isID =
          switch member.value {
          case .integer(let number): number > 0 && endsAlike(member.key, channel.id.reading)
          case .string(let text): !text.isEmpty && endsAlike(member.key, channel.uuid)
          default: false
          }
        return isID || namesChannel(member.value, channel)
      }
    default: return false
    }
  }

  /// Whether two names have the same last word: `channel_id` and `id`.
  private static func endsAlike(_ name: String, _ member: ReadMember) -> Bool {
    member.paths.compactMap(\.last).contains { $0.split(separator: "_").last == name.split(separator: "_").last }
  }

  /// Whether Kit refuses a write with a status; a creation, which cannot be repeated, with those alone that leave no doubt.
  private static func isRefusalStatus(_ status: Int, _ kind: MethodKind) -> Bool {
    switch status {
    case 200..<300, 400, 401, 402, 403, 404, 405, 413, 422: true
    case 408, 429: false
    case 400..<500: kind != .create
    default: false
    }
  }

  /// Whether an answer is a failure in Kit's own envelope: `success` is false, and a result or Kit's words are there.
  private static func isRefusal(_ document: Document, _ root: Int, _ members: APIProfile.EnvelopeMembers) -> Bool {
    guard document.read(members.success, in: root, { document.wireFlag($0) }) == false else { return false }
    return document.read(members.result, in: root, { document.isNull($0) ? nil : $0 }) != nil
      || KitWords(document, root, members).text != nil
  }

  /// What is wrong with an answer's text, with the member where it is.
  private static func words(_ finding: Diagnostic, _ document: Document) -> String {
    let path = document.lastPath.suffix(4).map { SafeText.escape(SafeText.shortened($0)) }.joined(separator: ".")
    let place = [path.isEmpty ? nil : "`\(path)`", finding.place.map { "byte \($0.start)" }].compactMap(\.self)
    return finding.message.trimmingPrefix(JSONComposer.problem)
      + (place.isEmpty ? "" : " (\(place.joined(separator: ", ")))")
  }

  private static func object(_ response: HTTPResponse) throws(KitFailure) -> (Document, Int) {
    guard response.body.count <= sizeLimit else { throw .tooLarge }
    let source = SourceFile(path: "the answer", bytes: response.body)
    let (document, diagnostics) = JSONComposer.compose(
      source, file: 0, budget: DocumentBudget(bytes: sizeLimit, scalarBytes: sizeLimit, nodes: valueLimit))
    let errors = diagnostics.filter { $0.severity == .error }
    if errors.contains(where: { $0.rule == .jsonDepth }) { throw .tooDeep }
    if errors.contains(where: { $0.rule == .jsonSize }) { throw .tooLarge }
    guard errors.isEmpty, let root = document.roots.first, document.shape(root) == .mapping else {
      let first = response.body.first { $0 > 0x20 }
      let type = response.header("content-type")?.lowercased() ?? ""
      guard first != UInt8(ascii: "<"), !type.hasPrefix("text/html") else { throw .notJSON(isPage: true, reason: nil) }
      throw .notJSON(isPage: false, reason: errors.first.map { Envelope.words($0, document) })
    }
    return (document, root)
  }
}
