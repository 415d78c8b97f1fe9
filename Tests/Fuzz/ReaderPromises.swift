import Basics
import Documents
import YAML

/// What holds for every file that is read: the nodes are well-formed, the places are in the file, and reading again is the same.
enum ReaderPromises {
  static func hold(_ bytes: [UInt8]) throws(BrokenPromise) {
    let yaml = YAMLComposer.compose(SourceFile(path: "a.yaml", bytes: bytes), file: 0)
    try isWellFormed(yaml.document, yaml.diagnostics)
    let again = YAMLComposer.compose(SourceFile(path: "a.yaml", bytes: bytes), file: 0)
    try isSame(yaml, again)
    if !yaml.diagnostics.contains(where: { $0.severity == .error }) { try EditingPromises.hold(yaml.document, bytes) }

    let json = JSONComposer.compose(SourceFile(path: "a.json", bytes: bytes), file: 0)
    try isWellFormed(json.document, json.diagnostics)
    guard json.diagnostics.isEmpty else { return }
    try require(json.document.roots.count == 1, "a JSON text is one value")
    let value = json.document.json(json.document.roots[0])
    for pretty in [true, false] {
      let written = SourceFile(path: "a.json", bytes: CanonicalJSON.encode(value, pretty: pretty))
      try SafeOutput.hasNoControls(String(decoding: written.bytes, as: UTF8.self), "canonical JSON")
      let (document, findings) = JSONComposer.compose(written, file: 0)
      try require(findings.isEmpty && document.roots.count == 1, "canonical JSON is JSON")
      try require(document.json(document.roots[0]) == value, "canonical JSON says what was read")
    }
  }

  /// Holds the nodes of a file and the findings about it.
  static func isWellFormed(_ document: Document, _ findings: [Diagnostic]) throws(BrokenPromise) {
    let size = UInt32(document.source.bytes.count)
    var ends: [(next: UInt32, node: Int)] = []
    var roots: [Int] = []
    for (index, node) in document.nodes.enumerated() {
      while let last = ends.last, Int(last.next) <= index { ends.removeLast() }
      try require(node.start <= node.end && node.end <= size, "node \(index) is in the file")
      try require(
        Int(node.next) > index && Int(node.next) <= document.nodes.count, "node \(index) ends among the nodes")
      if let parent = ends.last {
        let outer = document.nodes[parent.node]
        try require(node.next <= outer.next, "node \(index) ends with its parent")
        try require(node.start >= outer.start && node.end <= outer.end, "node \(index) is in its parent")
      } else {
        roots.append(index)
      }
      switch node.shape {
      case .scalar:
        try require(Int(node.next) == index + 1, "the scalar \(index) has no children")
        let source = node.flags.contains(.sideText) ? document.side : document.source.bytes
        try require(Int(node.text) + Int(node.count) <= source.count, "the text of node \(index) is there")
        let text = source[Int(node.text)..<Int(node.text) + Int(node.count)]
        try require(String(validating: text, as: UTF8.self) != nil, "the text of node \(index) is UTF-8")
      case .alias:
        try require(Int(node.text) < index, "the alias \(index) names an earlier node")
        try require(document.nodes[Int(node.text)].shape != .alias, "the alias \(index) names no alias")
      case .sequence, .mapping:
        var children = 0
        var child = index + 1
        while child < Int(node.next) {
          children += 1
          child = Int(document.nodes[child].next)
        }
        let count = Int(node.count) * (node.shape == .mapping ? 2 : 1)
        try require(child == Int(node.next) && children == count, "node \(index) has \(count) children")
        ends.append((node.next, index))
      }
    }
    try require(document.roots == roots, "the roots are the nodes without a parent")
    try areInPlace(findings, [document.source])
  }

  /// Findings say something, at places that their files have.
  static func areInPlace(_ findings: [Diagnostic], _ files: [SourceFile]) throws(BrokenPromise) {
    for finding in findings {
      try require(!finding.message.isEmpty && finding.id.contains("."), "a finding has an id and says something")
      for place in [finding.place] + finding.notes.map(\.place) {
        guard let place else { continue }
        try require(files.indices.contains(Int(place.file)), "\(finding.id) names a file")
        let file = files[Int(place.file)]
        try require(
          place.start <= place.end && Int(place.end) <= file.bytes.count, "\(finding.id) is in the file")
        let (line, column) = file.position(at: Int(place.start))
        try require(line >= 1 && column >= 1, "\(finding.id) has a line and a column")
      }
    }
  }

  private static func isSame(
    _ one: (document: Document, diagnostics: [Diagnostic]), _ other: (document: Document, diagnostics: [Diagnostic])
  ) throws(BrokenPromise) {
    try require(one.diagnostics == other.diagnostics, "reading again finds the same")
    try require(
      one.document.roots == other.document.roots && one.document.side == other.document.side
        && one.document.nodes.elementsEqual(other.document.nodes, by: areEqual), "reading again gives the same nodes")
  }

  private static func areEqual(_ one: Document.Node, _ other: Document.Node) -> Bool {
    one.shape == other.shape && one.style == other.style && one.flags == other.flags && one.start == other.start
      && one.end == other.end && one.text == other.text && one.count == other.count && one.next == other.next
  }
}
