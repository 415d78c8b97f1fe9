package import Documents

/// Edits a composed file by byte range, so that every comment and every line that no edit names stays as it is.
///
/// Edits are collected, each with what it means for the tree; `finish` applies them, composes the file again, and proves that it
/// says what was intended and nothing else, with the comments that were to stay. Otherwise nothing is made.
package struct DocumentEditor {
  let document: Document
  let trivia: Trivia
  private var edits: [TextEdit] = []
  private var changes: [Int: Change] = [:]
  private var droppedLines: Set<Int> = []
  private var reorders = false
  /// Aliases that keep mappings from being sorted: they would come before the value that they name.
  package internal(set) var holding: [Int] = []

  /// What becomes of one node.
  private enum Change {
    case replaced(DocumentTree)
    case pairs([Part])
  }

  /// One pair of a changed mapping.
  enum Part {
    case own(Document.Pair)
    case new(DocumentTree.TreePair)
  }

  /// Takes a file that was composed without an error.
  package init(_ document: Document) {
    self.document = document
    trivia = Trivia(document)
  }

  /// The file's bytes.
  var bytes: [UInt8] { document.source.bytes }

  // MARK: - Scalars

  /// Replaces a scalar, or an alias, by a string; quoted where it needs quotes to read back as that text, and in the quotes
  /// of the old value where those can hold it.
  package mutating func replace(_ node: Int, withText text: String) throws(EditFailure) {
    let style = document.nodes[node].shape == .scalar ? document.nodes[node].style : .plain
    try replace(node, with: ScalarText.scalar(text, like: style), says: .scalar(Array(text.utf8), isText: true))
  }

  /// Replaces a scalar, or an alias, by a value in YAML's own words on one line: `12h`, `true`, `{env: NAME}`.
  package mutating func replace(_ node: Int, withYAML yaml: String) throws(EditFailure) {
    try replace(node, with: yaml, says: try DocumentEditor.tree(yaml))
  }

  private mutating func replace(_ node: Int, with yaml: String, says tree: DocumentTree) throws(EditFailure) {
    let old = document.nodes[node]
    guard old.shape == .scalar || old.shape == .alias || old.flags.contains(.flow) else {
      throw EditFailure("only a value on its key's own line can be replaced", yaml: yaml)
    }
    guard changes[node] == nil else { throw EditFailure("the value is changed twice", yaml: yaml) }
    // An empty value is right after its colon.
    let isEmpty = old.start == old.end
    addEdit(TextEdit(Int(old.start)..<Int(old.end), ((isEmpty ? " " : "") + yaml).utf8))
    changes[node] = .replaced(tree)
  }

  /// Replaces the value of a pair, whatever its form, by one on the line of its key; a block's lines go.
  ///
  /// A comment among those lines would be lost, so that `finish` refuses the edit.
  package mutating func replace(_ pair: Document.Pair, withYAML yaml: String) throws(EditFailure) {
    let old = document.nodes[pair.value]
    guard old.shape == .mapping || old.shape == .sequence, !old.flags.contains(.flow) else {
      return try replace(pair.value, withYAML: yaml)
    }
    guard changes[pair.value] == nil else { throw EditFailure("the value is changed twice", yaml: yaml) }
    var colon = Int(document.nodes[pair.key].end)
    while colon < Int(old.start), bytes[colon] != UInt8(ascii: ":") { colon += 1 }
    guard colon < Int(old.start) else { throw EditFailure("the key has no colon on its line", yaml: yaml) }
    addEdit(TextEdit(colon + 1..<Int(old.end), (" " + yaml).utf8))
    changes[pair.value] = .replaced(try DocumentEditor.tree(yaml))
  }

  /// Drops the quotes of a scalar that needs none; false where it does.
  package mutating func dropNeedlessQuotes(_ node: Int) -> Bool {
    let old = document.nodes[node]
    guard old.shape == .scalar, old.style == .singleQuoted || old.style == .doubleQuoted, !old.flags.contains(.text),
      changes[node] == nil
    else { return false }
    let text = document.text(node)
    let end = Int(old.end)
    // In `{"key":1}` the quotes are what ends the key.
    if end + 1 < bytes.count, bytes[end] == UInt8(ascii: ":"), bytes[end + 1] > 0x20 { return false }
    guard ScalarText.isPlainSafe(text), trivia.line(of: Int(old.start)) == trivia.line(of: end - 1) else {
      return false
    }
    addEdit(TextEdit(Int(old.start)..<Int(old.end), text.utf8))
    return true
  }

  // MARK: - Proof

  /// Applies the edits and returns the new file, composed and proved.
  package func finish() throws(EditFailure) -> Document {
    guard let edited = TextEdit.apply(edits, to: bytes) else { throw EditFailure("two edits touch the same place") }
    let (after, findings) = YAMLComposer.compose(
      SourceFile(path: document.source.path, bytes: edited), file: document.file)
    guard !findings.contains(where: { $0.severity == .error }) else {
      throw EditFailure("the edit would make the file unreadable")
    }
    let intended = document.roots.map { root in DocumentTree(document, root) { node in tree(changing: node) } }
    guard intended == DocumentTree.all(after) else {
      throw EditFailure("the edit would give the file another meaning")
    }
    var kept: [[UInt8]] = []
    for line in trivia.lines.indices where !droppedLines.contains(line) {
      guard let start = trivia.lines[line].comment else { continue }
      kept.append(Array(bytes[start..<Trivia.trimmed(start..<trivia.lines[line].range.upperBound, bytes)]))
    }
    let comments = Trivia(after).comments
    guard reorders ? DocumentEditor.sorted(kept) == DocumentEditor.sorted(comments) : kept == comments else {
      throw EditFailure("the edit would remove or add a comment")
    }
    return after
  }

  /// Whether there is anything to apply.
  package var isEmpty: Bool { edits.isEmpty }

  private func tree(changing node: Int) -> DocumentTree? {
    switch changes[node] {
    case nil: return nil
    case .replaced(let tree): return tree
    case .pairs(let parts):
      return .mapping(
        parts.map { part in
          switch part {
          case .new(let pair): return pair
          case .own(let pair):
            return DocumentTree.TreePair(
              key: DocumentTree(document, pair.key) { tree(changing: $0) },
              value: DocumentTree(document, pair.value) { tree(changing: $0) })
          }
        })
    }
  }

  private static func sorted(_ comments: [[UInt8]]) -> [[UInt8]] {
    comments.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// What a value says that is written on one line.
  static func tree(_ yaml: String) throws(EditFailure) -> DocumentTree {
    let (document, findings) = YAMLComposer.compose(SourceFile(path: "", text: yaml), file: 0)
    guard findings.isEmpty, document.roots.count == 1, let root = document.roots.first,
      !yaml.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D })
    else { throw EditFailure("the new value is not one YAML value on one line", yaml: yaml) }
    return DocumentTree(document, root)
  }

  // MARK: - For the edits of pairs

  mutating func addEdit(_ edit: TextEdit) { edits.append(edit) }

  /// Says that the comments of a line go with what is removed.
  mutating func drop(line: Int) { droppedLines.insert(line) }

  mutating func noteReordering() { reorders = true }

  /// The pairs of a mapping as edited so far.
  func parts(_ mapping: Int) -> [Part] {
    if case .pairs(let parts)? = changes[mapping] { return parts }
    return document.ownPairs(mapping).map { .own($0) }
  }

  mutating func setParts(_ parts: [Part], of mapping: Int) { changes[mapping] = .pairs(parts) }
}
