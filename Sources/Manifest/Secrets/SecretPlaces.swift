import Basics
package import Documents
import YAML

/// Finds the scalars in the places of secrets, so that no excerpt shows them.
///
/// It goes by keys alone, near misses included, because the findings that quote a line are often those about a key that
/// is wrong: a literal behind `acessToken` is a secret all the same.
package struct SecretPlaces: Sendable {
  private let names: [Name]
  /// Fields that name an API token: a string in its place, or as its id, may be the token itself.
  private let credentials: [Name]
  /// Keys behind which no secret belongs, and nothing that may hold one.
  package let plainKeys: Set<String>
  private static let hosts = ["apiHost", "messagingHost"].map { Name($0) }

  /// A key that says what its value is.
  private struct Name: Sendable {
    let spelling: Spelling
    /// Whether near misses count: those of a short name are words of their own.
    let countsMisses: Bool

    init(_ name: String) {
      spelling = Spelling(name)
      countsMisses = name.utf8.count > 5
    }

    func isMeant(by key: Spelling) -> Bool { key == spelling || countsMisses && key.isNear(spelling) }
  }

  /// Takes the names of secret fields from `kinds`, and those of the project's own sections.
  package init(kinds: [Kind]) {
    var names: Set<String> = ["token", "password", "value", "key"]
    for kind in kinds {
      for field in kind.fields where field.isSecret { names.insert(field.name) }
    }
    self.names = names.sorted().map { Name($0) }
    var plainKeys: Set<String> = [
      "kitform", "requires", "region", "queue", "function", "maxWaitingTime", "destroy", "drift",
    ]
    for field in kinds.flatMap(\.fields) {
      switch field.shape {
      case .text, .flag, .duration, .reference, .environments: plainKeys.insert(String(field.key))
      case .callbackURL, .secret, .route, .credential, .levels: break
      }
    }
    self.plainKeys = plainKeys
    credentials = Set(kinds.flatMap(\.fields).filter(\.namesCredential).map(\.name)).sorted().map { Name($0) }
  }

  /// What the value behind a key is taken for.
  private enum Verdict {
    case secret, credential, host, ordinary
  }

  /// How many keys' results are cached: most keys occur many times in a file.
  private static let rememberedKeys = 4096

  /// The places in one document.
  package func find(in document: Document) -> [SourcePlace] {
    var places: [SourcePlace] = []
    var verdicts: [String: Verdict] = [:]
    for root in document.roots { visit(root, of: document, &places, &verdicts) }
    return places
  }

  /// Walks without recursion; what a secret's key holds is masked whole but for the names that references have.
  private func visit(
    _ root: Int, of document: Document, _ places: inout [SourcePlace], _ verdicts: inout [String: Verdict]
  ) {
    var pending = [root]
    while let node = pending.popLast() {
      switch document.nodes[node].shape {
      case .mapping:
        // Merged pairs are visited in their own place.
        for pair in document.ownPairs(node) {
          let key = document.text(pair.key)
          let value = pair.value
          let verdict = verdicts[key] ?? verdict(key)
          if verdicts.count < SecretPlaces.rememberedKeys { verdicts[key] = verdict }
          switch verdict {
          case .secret: mask(value, of: document, &places)
          case .credential:
            if let text = SecretPlaces.bareCredential(value, document) { places.append(text) }
            pending.append(value)
          case .host:
            // Without a scheme, only this shows that the part before the `@` is user info.
            if document.isScalar(value), document.text(value).contains("@") { places.append(document.place(value)) }
          case .ordinary:
            // Scalars and aliases have nothing to walk.
            if [.mapping, .sequence].contains(document.nodes[value].shape) { pending.append(value) }
          }
        }
      case .sequence: pending += document.items(node)
      case .scalar, .alias: break
      }
    }
  }

  /// The string in the place of a mapping, or of a number as its `id`.
  private static func bareCredential(_ value: Int, _ document: Document) -> SourcePlace? {
    switch document.nodes[value].shape {
    case .scalar: return document.place(value)
    case .mapping:
      guard let id = document.ownPairs(value).first(where: { document.text($0.key) == "id" })?.value,
        document.nodes[id].shape == .scalar,
        !(document.isPlain(id) && Scalars.isDecimalInteger(document.text(id)))
      else { return nil }
      return document.place(id)
    case .sequence, .alias: return nil
    }
  }

  private func verdict(_ key: String) -> Verdict {
    let key = Spelling(key)
    if names.contains(where: { $0.isMeant(by: key) }) { return .secret }
    if credentials.contains(where: { $0.isMeant(by: key) }) { return .credential }
    return SecretPlaces.hosts.contains { $0.isMeant(by: key) } ? .host : .ordinary
  }

  private func mask(_ value: Int, of document: Document, _ places: inout [SourcePlace]) {
    var pending = [(node: value, isName: false)]
    while let (node, isName) = pending.popLast() {
      switch document.nodes[node].shape {
      case .scalar:
        if !(isName && SecretPlaces.isReferenceName(document.text(node))) { places.append(document.place(node)) }
      case .sequence: pending += document.items(node).map { ($0, false) }
      case .mapping:
        for pair in document.ownPairs(node) {
          pending.append((pair.value, ["env", "file", "keep"].contains(document.text(pair.key))))
        }
      case .alias: break
      }
    }
  }

  /// What a reference names and may be shown: a variable, a path, `true`.
  private static func isReferenceName(_ text: String) -> Bool { text == "true" || SecretReference.isShown(text) }
}
