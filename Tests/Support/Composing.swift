package import Documents
package import YAML

/// Composes a YAML text as file 0.
package func yaml(_ text: String, budget: YAMLComposer.Budget = .standard) -> (Document, [Diagnostic]) {
  yaml(Array(text.utf8), budget: budget)
}

package func yaml(_ bytes: [UInt8], budget: YAMLComposer.Budget = .standard) -> (Document, [Diagnostic]) {
  let (document, diagnostics) = YAMLComposer.compose(
    SourceFile(path: "kitform.yaml", bytes: bytes), file: 0, budget: budget)
  return (document, diagnostics)
}

/// Composes a JSON text as file 0.
package func json(_ text: String, budget: DocumentBudget = .json) -> (Document, [Diagnostic]) {
  let (document, diagnostics) = JSONComposer.compose(
    SourceFile(path: "plan.json", text: text), file: 0, budget: budget)
  return (document, diagnostics)
}

/// Findings as `line:column-endColumn id`, one a line.
package func located(_ diagnostics: [Diagnostic], in document: Document) -> [String] {
  diagnostics.map { finding in
    guard let place = finding.place else { return "- \(finding.id)" }
    let (line, column) = document.source.position(at: Int(place.start))
    let (endLine, endColumn) = document.source.position(at: Int(place.end))
    return "\(line):\(column)-\(endLine == line ? "" : "\(endLine):")\(endColumn) \(finding.id)"
  }
}

/// The file's bytes that a node covers.
package func covered(_ document: Document, _ node: Int) -> String {
  let node = document.nodes[node]
  return String(decoding: document.source.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)
}
