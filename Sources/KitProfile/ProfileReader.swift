import Documents
import Manifest

/// Reads the values of a checked profile file; what a check has guaranteed is not asked for again.
struct ProfileReader {
  let document: Document
  let root: Int

  func node(_ key: String, in node: Int?) -> Int? { node.flatMap { document.value(of: key, in: $0) } }

  func text(_ key: String, in node: Int?) -> String { self.node(key, in: node).map { document.text($0) } ?? "" }

  func number(_ key: String, in node: Int?) -> Int? { self.node(key, in: node).flatMap { Int(document.text($0)) } }

  func member(_ key: String, in node: Int?) -> ReadMember { optionalMember(key, in: node) ?? [] }

  /// A member that is read: a path, or a list of paths.
  func optionalMember(_ key: String, in node: Int?) -> ReadMember? {
    self.node(key, in: node).map { value in
      let paths =
        document.shape(value) == .sequence
        ? document.items(value).map { ProfileReader.split(document.text($0)) }
        : [ProfileReader.split(document.text(value))]
      return ReadMember(paths.first ?? [], or: Array(paths.dropFirst()), line: line(value))
    }
  }

  func lists(_ key: String, in node: Int?) -> [[String]] {
    self.node(key, in: node).map { document.items($0).map { ProfileReader.split(document.text($0)) } } ?? []
  }

  func location(_ key: String, in node: Int?) -> ParameterLocation {
    ParameterLocation(rawValue: text(key, in: node)) ?? .body
  }

  func unit(_ key: String, in node: Int?) -> DurationUnit { DurationUnit(rawValue: text(key, in: node)) ?? .seconds }

  func line(_ node: Int) -> Int { document.source.position(at: Int(document.place(node).start)).line }

  static func split(_ text: String) -> [String] { text.split(separator: ".").map { String($0) } }

  /// The operations that the file has.
  func methods() -> [Operation: APIMethod] {
    let operations = node("operations", in: root)
    var result: [Operation: APIMethod] = [:]
    for operation in Operation.allCases {
      guard let value = node(operation.rawValue, in: operations) else { continue }
      let isMapping = document.shape(value) == .mapping
      result[operation] = APIMethod(
        path: isMapping ? text("path", in: value) : document.text(value),
        tokenInQuery: isMapping && location("token", in: value) == .query, line: line(value))
    }
    return result
  }

  func paging() -> Paging {
    let node = node("paging", in: root)
    let style: Paging.PagingStyle =
      text("style", in: node) == "cursor"
      ? .cursor(parameter: text("cursor", in: node), next: member("next", in: node))
      : .pages(
        parameter: text("page", in: node), pages: optionalMember("pages", in: node),
        current: optionalMember("current", in: node), perPage: optionalMember("perPage", in: node))
    return Paging(
      style: style, location: location("in", in: node), size: text("size", in: node),
      pageSize: number("pageSize", in: node) ?? 50, total: optionalMember("total", in: node))
  }

  func objects() -> [ReferenceKind: APIProfile.ObjectMembers] {
    let objects = node("objects", in: root)
    var result: [ReferenceKind: APIProfile.ObjectMembers] = [:]
    for kind in ReferenceKind.allCases {
      guard let value = node(kind.rawValue, in: objects) else { continue }
      result[kind] = APIProfile.ObjectMembers(
        id: member("id", in: value), title: member("title", in: value), deleted: optionalMember("deleted", in: value),
        maxWaitingTime: optionalMember("maxWaitingTime", in: value), unit: unit("unit", in: value))
    }
    return result
  }

  func channel() -> ChannelMembers {
    let channel = node("channel", in: root)
    let kinds = node("kinds", in: channel).map { document.pairs($0) }
    return ChannelMembers(
      id: wirePath(node("id", in: channel)), uuid: member("uuid", in: channel),
      type: wirePath(node("type", in: channel)), salt: optionalMember("salt", in: channel),
      deleted: optionalMember("deleted", in: channel),
      unit: unit("unit", in: channel), secrets: lists("secrets", in: channel),
      volatile: lists("volatile", in: channel), authorship: lists("authorship", in: channel),
      readOnly: lists("readOnly", in: channel),
      update: ChannelMembers.ObjectUpdate(rawValue: text("update", in: channel)) ?? .replace,
      fields: fields(node("fields", in: channel)),
      kinds: kinds?.map { pair in
        ChannelMembers.KindMembers(
          name: document.text(pair.key), type: text("type", in: pair.value),
          fields: fields(node("fields", in: pair.value)), line: line(pair.key))
      } ?? [])
  }

  private func fields(_ node: Int?) -> [ChannelMembers.NamedField] {
    guard let node else { return [] }
    return document.pairs(node).map { pair in
      ChannelMembers.NamedField(name: document.text(pair.key), field: field(pair.value), line: line(pair.key))
    }
  }

  private func field(_ node: Int) -> WireField {
    if let by = self.node("switch", in: node) { return .switched(by: wirePath(by), wirePath(node)) }
    if let method = self.node("method", in: node) {
      let targets = ReferenceKind.allCases.compactMap { kind in
        self.node(kind.rawValue, in: node).map { target in
          RouteTarget(
            kind: kind, word: text("word", in: target), id: wirePath(target), unused: number("unused", in: target))
        }
      }
      return .route(method: wirePath(method), targets: targets)
    }
    if self.node("level", in: node) != nil {
      return .levels(
        wirePath(node), id: member("id", in: node), level: member("level", in: node),
        title: optionalMember("title", in: node))
    }
    return .member(wirePath(node))
  }

  /// A scalar, `at`, or `read` and `write`.
  private func wirePath(_ node: Int?) -> WirePath {
    guard let node else { return WirePath(read: [], write: []) }
    if document.shape(node) == .scalar {
      let path = ProfileReader.split(document.text(node))
      return WirePath(reading: ReadMember(path, line: line(node)), write: path)
    }
    if let at = optionalMember("at", in: node) { return WirePath(reading: at, write: at.path) }
    return WirePath(reading: member("read", in: node), write: ProfileReader.split(text("write", in: node)))
  }
}
