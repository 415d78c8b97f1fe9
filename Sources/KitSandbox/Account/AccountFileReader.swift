import Basics
import Documents
import Manifest

/// A composed account file → an account, with every mistake at its place.
struct AccountFileReader {
  /// The format's name and version, the file's first member.
  static let format = "kitform.account/v1"

  private let document: Document
  private(set) var diagnostics: [Diagnostic] = []
  /// Values of API tokens that the file has or refers to, by id.
  private(set) var tokenValues: [Int: String] = [:]

  init(_ document: Document) { self.document = document }

  /// Reads the whole file; nil where it is no account file at all.
  mutating func account(
    environment: (String) -> String?, using generator: inout some RandomNumberGenerator
  ) -> Account? {
    guard let root = document.roots.first, document.roots.count == 1, document.shape(root) == .mapping else {
      report(.accountFileType, document.roots.first, "an account file is one document with a mapping")
      return nil
    }
    let known = [
      "format", "name", "contactCentre", "functionsEnabled", "hasBalance", "nextID", "apiTokens", "queues", "functions",
      "skills", "topicSets", "channels",
    ]
    if document.value(of: "format", in: root) == nil, let manifest = document.value(of: "kitform", in: root) {
      report(
        .accountFileFormat, manifest, "this is a manifest, not an account file",
        suggestion: "name a file that `kitform sandbox --file` writes; its first key is `format`")
      return nil
    }
    checkKeys(of: root, known)
    if let format = requiredText("format", in: root), format != AccountFileReader.format {
      report(
        .accountFileFormat, document.value(of: "format", in: root),
        "this version reads \(AccountFileReader.format) alone")
    }
    var account = Account(name: requiredText("name", in: root) ?? "")
    account.contactCentre = flag("contactCentre", in: root) ?? true
    account.functionsEnabled = flag("functionsEnabled", in: root) ?? true
    account.hasBalance = flag("hasBalance", in: root) ?? true
    account.nextID = count("nextID", in: root, AccountFileReader.ids) ?? account.nextID
    account.queues = list("queues", in: root) { reader, node in
      reader.checkKeys(of: node, ["id", "title", "maxWaitingTime"])
      let wait = reader.count("maxWaitingTime", in: node, 0...31_536_000, unit: "seconds")
      return Account.Queue(
        id: reader.id(of: node), title: reader.requiredText("title", in: node) ?? "", maxWaitingTime: wait)
    }
    account.functions = items("functions", in: root)
    account.skills = items("skills", in: root)
    account.topicSets = items("topicSets", in: root)
    account.apiTokens = list("apiTokens", in: root) { reader, node in
      reader.token(node, environment: environment, using: &generator)
    }
    var seen = Set<Int>()
    let channels = list("channels", in: root) { reader, node in
      let channel = reader.channel(node)
      if !seen.insert(channel.id).inserted { reader.reportDuplicate(node) }
      return channel
    }
    for channel in channels { account[channel: channel.id] = channel }
    account.raiseNextID()
    return account
  }

  /// Ids that leave room for more.
  static let ids = 1...1_000_000_000_000_000

  private mutating func items(_ key: String, in root: Int) -> [Account.CatalogueItem] {
    list(key, in: root) { reader, node in
      reader.checkKeys(of: node, ["id", "title"])
      return Account.CatalogueItem(id: reader.id(of: node), title: reader.requiredText("title", in: node) ?? "")
    }
  }

  private mutating func token(
    _ node: Int, environment: (String) -> String?, using generator: inout some RandomNumberGenerator
  ) -> APIToken {
    checkKeys(of: node, ["id", "name", "role", "disabled", "hash", "value"])
    var token = APIToken(id: id(of: node), name: requiredText("name", in: node) ?? "")
    if let role = document.value(of: "role", in: node) {
      token.role = APIToken.Role(rawValue: document.text(role)) ?? .full
      if APIToken.Role(rawValue: document.text(role)) == nil {
        report(
          .accountFileValue, role,
          "a role is one of \(APIToken.Role.allCases.map(\.rawValue).joined(separator: ", "))")
      }
    }
    token.isEnabled = !(flag("disabled", in: node) ?? false)
    if let hash = document.value(of: "hash", in: node) { token.hash = saltedHash(hash) }
    guard let value = document.value(of: "value", in: node) else { return token }
    if document.shape(value) == .mapping {
      checkKeys(of: value, ["env"])
      token.variable = requiredText("env", in: value)
      if let variable = token.variable, (environment(variable) ?? "").isEmpty {
        report(
          .accountFileValue, value, "\(variable) is not set: requests with this API token are refused",
          severity: .warning
        )
      }
    }
    let text = token.variable.flatMap(environment) ?? (document.shape(value) == .scalar ? document.text(value) : "")
    if !text.isEmpty {
      token.hash = SaltedHash(text, using: &generator)
      tokenValues[token.id] = text
    }
    return token
  }

  private mutating func saltedHash(_ node: Int) -> SaltedHash? {
    checkKeys(of: node, ["salt", "digest"])
    guard let salt = requiredText("salt", in: node), let digest = requiredText("digest", in: node) else { return nil }
    let hash = SaltedHash(salt: salt, digest: digest)
    if hash == nil {
      report(.accountFileValue, node, "a hash has a salt of 32 and a digest of 64 hexadecimal digits")
    }
    return hash
  }

  private mutating func channel(_ node: Int) -> SandboxChannel {
    let known = [
      "id", "uuid", "kind", "name", "redirect", "closing", "useTags", "topicSet", "useTopicSet", "skills",
      "callbackURL",
      "apiToken", "accessToken", "salt", "unknown",
    ]
    checkKeys(of: node, known)
    var channel = SandboxChannel(
      id: id(of: node), uuid: requiredText("uuid", in: node) ?? "", kind: requiredText("kind", in: node) ?? "",
      name: requiredText("name", in: node) ?? "")
    if let redirect = document.value(of: "redirect", in: node) { channel.route = route(redirect) }
    if let closing = document.value(of: "closing", in: node) {
      checkKeys(of: closing, ["agent", "bot"])
      channel.closingAgent = count("agent", in: closing, AccountFileReader.ids)
      channel.closingBot = count("bot", in: closing, AccountFileReader.ids)
    }
    channel.useTags = flag("useTags", in: node) ?? false
    channel.topicSet = count("topicSet", in: node, AccountFileReader.ids)
    channel.useTopicSet = flag("useTopicSet", in: node) ?? (channel.topicSet != nil)
    channel.skills = list("skills", in: node) { reader, skill in
      reader.checkKeys(of: skill, ["id", "level"])
      return .init(id: reader.id(of: skill), level: reader.count("level", in: skill, 1...5) ?? 1)
    }
    channel.callbackURL = text("callbackURL", in: node)
    channel.apiToken = count("apiToken", in: node, AccountFileReader.ids)
    if let hash = document.value(of: "accessToken", in: node) { channel.accessToken = saltedHash(hash) }
    channel.salt = text("salt", in: node) ?? ""
    if let unknown = document.value(of: "unknown", in: node) {
      if case .object(let members) = document.json(unknown) {
        channel.unknown = members
      } else {
        report(.accountFileType, unknown, "must be a mapping")
      }
    }
    return channel
  }

  private mutating func route(_ node: Int) -> SandboxChannel.Route? {
    checkKeys(of: node, ["queue", "function"])
    switch (count("queue", in: node, AccountFileReader.ids), count("function", in: node, AccountFileReader.ids)) {
    case (let id?, nil): return .queue(id)
    case (nil, let id?): return .function(id)
    default:
      report(.accountFileValue, node, "names exactly one of queue and function")
      return nil
    }
  }
}

extension AccountFileReader {
  private mutating func report(
    _ rule: Rule, _ node: Int?, _ message: String, severity: Severity? = nil, suggestion: String? = nil
  ) {
    let place = node.map { document.place($0) } ?? SourcePlace(file: document.file, start: 0, end: 0)
    diagnostics.append(Diagnostic(rule, severity, at: place, message, suggestion: suggestion))
  }

  private mutating func reportDuplicate(_ node: Int) {
    report(.accountFileDuplicate, document.value(of: "id", in: node) ?? node, "another channel has this id")
  }

  private mutating func checkKeys(of node: Int, _ known: [String]) {
    guard document.shape(node) == .mapping else {
      report(.accountFileType, node, "must be a mapping")
      return
    }
    for pair in document.pairs(node) {
      let key = document.text(pair.key)
      guard !known.contains(key) else { continue }
      report(
        .accountFileKey, pair.key, "`\(SafeText.shortened(key))` is no key of an account file here",
        suggestion: Words.didYouMean(key, among: known) ?? "the keys here are \(Words.list(known))")
    }
  }

  private mutating func list<Item>(
    _ key: String, in node: Int, _ read: (inout AccountFileReader, Int) -> Item
  ) -> [Item] {
    guard let value = document.value(of: key, in: node) else { return [] }
    guard document.shape(value) == .sequence else {
      report(.accountFileType, value, "must be a list")
      return []
    }
    var items: [Item] = []
    for item in document.items(value) { items.append(read(&self, item)) }
    return items
  }

  private mutating func id(of node: Int) -> Int {
    if document.value(of: "id", in: node) == nil { report(.accountFileMissing, node, "the key `id` is missing") }
    return count("id", in: node, AccountFileReader.ids) ?? 0
  }

  private mutating func requiredText(_ key: String, in node: Int) -> String? {
    if document.value(of: key, in: node) == nil {
      report(.accountFileMissing, node, "the key \(key) is missing")
    }
    return text(key, in: node)
  }

  private mutating func text(_ key: String, in node: Int) -> String? {
    guard let value = document.value(of: key, in: node) else { return nil }
    guard document.shape(value) == .scalar, !document.isNull(value) else {
      report(.accountFileType, value, "must be a string")
      return nil
    }
    return document.text(value)
  }

  private mutating func count(_ key: String, in node: Int, _ limits: ClosedRange<Int>, unit: String? = nil) -> Int? {
    guard let value = document.value(of: key, in: node) else { return nil }
    guard document.isPlain(value), let number = Int(document.text(value)), limits.contains(number) else {
      report(
        .accountFileValue, value,
        "must be a whole number\(unit.map { " of \($0)" } ?? "") from \(limits.lowerBound) to \(limits.upperBound)")
      return nil
    }
    return number
  }

  private mutating func flag(_ key: String, in node: Int) -> Bool? {
    guard let value = document.value(of: key, in: node) else { return nil }
    switch (document.isPlain(value), document.text(value)) {
    case (true, "true"): return true
    case (true, "false"): return false
    default:
      report(.accountFileValue, value, "must be true or false")
      return nil
    }
  }
}
