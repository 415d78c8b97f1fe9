import Basics
package import Documents
package import Manifest
import YAML

/// Writes the account's values as manifests write them, each proved by reading it back.
package struct ValueWriter: Sendable {
  /// A value on one line.
  package struct WrittenValue: Sendable, Equatable {
    /// YAML in the words of the manifests.
    package var yaml: String
    /// What the YAML does not say: the title behind an id. Safe in a comment.
    package var comment: String?
    /// The value behind the one key of a mapping such as `{queue: Support}`.
    var inner: String?

    package init(_ yaml: String, comment: String? = nil) {
      self.yaml = yaml
      self.comment = comment
    }

    fileprivate init(_ key: String, _ inner: WrittenValue) {
      yaml = "{\(key): \(inner.yaml)}"
      comment = inner.comment
      self.inner = inner.yaml
    }
  }

  /// A value that manifests cannot say.
  package struct Unsayable: Error, Sendable {
    /// Why, one sentence without a full stop.
    package var reason: String
  }

  private let byID: [ReferenceKind: [Int: String]]
  /// Swift compares titles after NFC, as the manifests do.
  private let byTitle: [ReferenceKind: [String: [Int]]]
  private let decoder: FieldDecoder
  private let relaxed: [String: Severity?]

  /// Makes a writer for one account and project.
  ///
  /// - Parameters:
  ///   - relaxed: the rules of ours that the project relaxes.
  ///   - allowsPrivateAddresses: whether callback URLs may name them, as for a local Kit.
  package init(_ facts: AccountFacts, relaxed: [String: Severity?], allowsPrivateAddresses: Bool) {
    var byID: [ReferenceKind: [Int: String]] = [:]
    var byTitle: [ReferenceKind: [String: [Int]]] = [:]
    for kind in ReferenceKind.allCases {
      guard case .objects(let objects) = facts[kind] else { continue }
      // An object without a title is written by its id.
      let titled = objects.compactMap { object in object.title.map { (id: object.id, title: $0) } }
      byID[kind] = Dictionary(titled.map { ($0.id, $0.title) }) { first, _ in first }
      byTitle[kind] = Dictionary(grouping: titled, by: \.title).mapValues { $0.map(\.id) }
    }
    self.byID = byID
    self.byTitle = byTitle
    self.relaxed = relaxed
    decoder = FieldDecoder(
      variables: Variables(), environments: [], allowsPrivateAddresses: allowsPrivateAddresses)
  }

  /// The best form that reads back as exactly this value.
  ///
  /// - Parameter prefersIDs: names account objects by their ids, as the manifest did before.
  package func write(_ value: Value, _ field: Field, prefersIDs: Bool = false) throws(Unsayable) -> WrittenValue {
    var reason = "manifests cannot express it"
    for candidate in candidates(value, field, prefersIDs: prefersIDs) {
      do throws(Unsayable) {
        try prove(candidate, value, field)
        return candidate
      } catch {
        reason = error.reason
      }
    }
    throw Unsayable(reason: reason)
  }

  /// The title by which manifests can name an object: it is the only one of its name, and reads as a title.
  package func title(of id: Int, _ kind: ReferenceKind) -> String? {
    guard let title = byID[kind]?[id], byTitle[kind]?[title]?.count == 1, !title.isEmpty else { return nil }
    return title
  }

  /// The id of the only object with a title.
  package func id(titled title: String, _ kind: ReferenceKind) -> Int? {
    guard let ids = byTitle[kind]?[title], ids.count == 1 else { return nil }
    return ids.first
  }

  /// A string as a scalar in which nothing is taken for a variable.
  package static func scalar(_ text: String, like style: Document.ScalarStyle = .plain) -> String {
    ScalarText.scalar(literal(text), like: style)
  }

  /// A string in which every `${` is literal.
  package static func literal(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      if scalar == "$", index + 1 < scalars.count, scalars[index + 1] == "{" { result.append("$") }
      result.append(scalar)
    }
    return String(result)
  }

  /// One level of `skills`, its key in YAML's own words; the comment is the title behind an id.
  package func level(_ level: Value.Level, _ kind: ReferenceKind, prefersIDs: Bool = false) -> (
    key: WrittenValue, level: Int
  )? {
    guard let id = level.reference.id else { return nil }
    if !prefersIDs, let title = title(of: id, kind), !title.contains("${"),
      !title.unicodeScalars.contains(where: TextRules.isControl)
    {
      return (WrittenValue(ScalarText.scalar(title)), level.level)
    }
    return (WrittenValue(String(id), comment: comment(id, kind)), level.level)
  }

  // MARK: - Candidates

  private func candidates(_ value: Value, _ field: Field, prefersIDs: Bool) -> [WrittenValue] {
    switch (value, field.shape) {
    case (.cleared, let shape): return shape.clearedBy.map { [WrittenValue($0)] } ?? []
    case (.text(let text), .callbackURL):
      return [
        WrittenValue(ValueWriter.scalar(text)),
        WrittenValue("{keep: true}", comment: "Kit's URL stays: the manifests do not take it as it is"),
      ]
    case (.text(let text), _): return [WrittenValue(ValueWriter.scalar(text))]
    case (.flag(let flag), _): return [WrittenValue(flag ? "true" : "false")]
    case (.seconds(let seconds), _): return [WrittenValue(TimeSpan.text(seconds))]
    case (.reference(let reference), .reference(let kind)):
      return references(reference, kind, prefersIDs: prefersIDs)
    case (.route(let kind, let reference), _):
      return references(reference, kind, prefersIDs: prefersIDs).map { WrittenValue(kind.rawValue, $0) }
    case (.credential(let reference, _), .credential(let kind)):
      return reference.id.map { [WrittenValue("id", WrittenValue(String($0), comment: comment($0, kind)))] } ?? []
    case (.levels(let levels), .levels(let kind, _)):
      return [prefersIDs, true].map { usesIDs in
        let parts = levels.compactMap { level($0, kind, prefersIDs: usesIDs) }
        let comments = parts.compactMap { part in part.key.comment.map { "\(part.key.yaml): \($0)" } }
        return WrittenValue(
          "{" + parts.map { "\($0.key.yaml): \($0.level)" }.joined(separator: ", ") + "}",
          comment: comments.isEmpty ? nil : comments.joined(separator: ", "))
      }
    default: return []
    }
  }

  private func references(_ reference: Reference, _ kind: ReferenceKind, prefersIDs: Bool) -> [WrittenValue] {
    guard let id = reference.id else { return [] }
    let byID = WrittenValue(String(id), comment: comment(id, kind))
    guard !prefersIDs, let title = title(of: id, kind) else { return [byID] }
    return [WrittenValue(ValueWriter.scalar(title)), byID]
  }

  private func comment(_ id: Int, _ kind: ReferenceKind) -> String? {
    byID[kind]?[id].flatMap { $0.isEmpty ? nil : ValueWriter.comment($0) }
  }

  /// A string for a comment: on one line, without characters that no file may have.
  static func comment(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in SafeText.escape(text).unicodeScalars {
      if scalar.value == 0xFFFE || scalar.value == 0xFFFF {
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  // MARK: - Proof

  private func prove(_ written: WrittenValue, _ value: Value, _ field: Field) throws(Unsayable) {
    let source = SourceFile(path: "", text: "value: \(written.yaml)\n")
    let (document, found) = YAMLComposer.compose(source, file: 0)
    guard found.isEmpty, let root = document.roots.first, let node = document.value(of: "value", in: root) else {
      throw Unsayable(reason: "YAML cannot hold it")
    }
    var findings = Findings()
    findings.relaxed = relaxed
    let slot = decoder.decode(field, Cursor(document, node), &findings)
    if let finding = findings.list.first(where: { $0.severity == .error }) {
      throw Unsayable(reason: "\(finding.message) (\(finding.id))")
    }
    guard let slot else { throw Unsayable(reason: "it would be read as another value") }
    if case .secret(.keep) = slot.value { return }
    guard resolved(slot.value, field.shape).isSame(as: value) else {
      throw Unsayable(reason: "it would be read as another value")
    }
  }

  private func resolved(_ value: Value, _ shape: Shape) -> Value {
    func withTitle(_ reference: Reference, _ kind: ReferenceKind) -> Reference {
      guard reference.id == nil, let title = reference.title else { return reference }
      return Reference(id: id(titled: title, kind), title: title)
    }
    switch (value, shape) {
    case (.reference(let reference), .reference(let kind)): return .reference(withTitle(reference, kind))
    case (.route(let kind, let reference), _): return .route(kind, withTitle(reference, kind))
    case (.credential(let reference, let secret), .credential(let kind)):
      return .credential(withTitle(reference, kind), value: secret)
    case (.levels(let levels), .levels(let kind, _)):
      return .levels(levels.map { Value.Level(withTitle($0.reference, kind), level: $0.level) })
    default: return value
    }
  }
}
