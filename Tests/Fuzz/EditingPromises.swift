import Documents
import YAML

/// What holds for every edit of a file that is read without an error: it says what was intended, or nothing is written.
enum EditingPromises {
  static func hold(_ document: Document, _ bytes: [UInt8]) throws(BrokenPromise) {
    try formats(document)
    // Which edit is tried depends on the bytes alone, so that a finding can be had again.
    var random = bytes.reduce(UInt64(5381)) { $0 &* 33 &+ UInt64($1) }
    func pick(_ count: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return count == 0 ? 0 : Int((random >> 33) % UInt64(count))
    }
    guard !document.nodes.isEmpty else { return }
    for _ in 0..<2 {
      let node = pick(document.nodes.count)
      var editor = DocumentEditor(document)
      do throws(EditFailure) {
        switch (document.nodes[node].shape, pick(4)) {
        case (.mapping, 0): try editor.insert("new key", "{a: 1}", into: node)
        case (.mapping, 1):
          let after = document.ownPairs(node).first.map { document.text($0.key) }
          try editor.insert("n", "12h", into: node, after: after)
        case (.mapping, 2):
          guard let key = document.ownPairs(node).last?.key else { continue }
          try editor.remove(document.text(key), from: node)
        case (.mapping, _):
          // The rank must be the same for a key however often it is asked for.
          guard editor.order(node, by: { key in Int(key.utf8.first ?? 0) }) else { continue }
        case (_, 0): try editor.replace(node, withText: "a: \"b\" # 'c'")
        case (_, 1): try editor.replace(node, withYAML: "{env: NAME}")
        case (_, 2): try editor.replace(node, withText: document.text(node))
        default: guard editor.dropNeedlessQuotes(node) else { continue }
        }
        let edited = try editor.finish()
        try formatsOrThrows(edited)
      } catch {
        continue
      }
    }
  }

  /// Formatting leaves the file alone, or gives one that says the same and is formatted.
  private static func formats(_ document: Document) throws(BrokenPromise) {
    let once: [UInt8]
    do throws(EditFailure) { once = try Formatter.format(document) } catch { return }
    let (formatted, findings) = YAMLComposer.compose(SourceFile(path: "a.yaml", bytes: once), file: 0)
    try require(!findings.contains { $0.severity == .error }, "a formatted file is read without an error")
    try require(DocumentTree.all(formatted) == DocumentTree.all(document), "a formatted file says the same")
    try require(Trivia(formatted).comments == Trivia(document).comments, "a formatted file has the same comments")
    let twice: [UInt8]
    do throws(EditFailure) { twice = try Formatter.format(formatted) } catch {
      throw BrokenPromise("a formatted file can be formatted: \(error.reason)")
    }
    try require(twice == once, "formatting twice is formatting once")
  }

  private static func formatsOrThrows(_ document: Document) throws(EditFailure) { _ = try Formatter.format(document) }
}
