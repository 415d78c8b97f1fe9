import Basics
import Documents
import Manifest
import YAML

/// Writes values into the lines of one channel, in place, and leaves shared values unchanged.
struct ChannelEditor {
  private let document: Document
  private let kind: Kind
  private let writer: ValueWriter
  /// The channel's own mapping.
  private let channel: Int
  /// The nodes that aliases stand for.
  private let anchored: [Int]

  /// One field with its new value.
  struct Wish {
    var field: Field
    /// The place of the present value.
    var slot: Slot
    /// The documents that may have defaults.
    var origin: Document?
    var value: Value
    var written: ValueWriter.WrittenValue
  }

  /// Finds a channel in its file; a file has one document of channels or several.
  init(_ record: Record, in document: Document, writer: ValueWriter) throws(EditFailure) {
    self.document = document
    self.writer = writer
    kind = record.kind
    anchored = Set(document.nodes.indices.filter { document.nodes[$0].shape == .alias }.map { document.resolved($0) })
      .sorted()
    var found: Int?
    for root in document.roots {
      guard let channels = ChannelEditor.own("channels", in: root, document),
        let kind = ChannelEditor.own(record.kind.name, in: channels.value, document)
      else { continue }
      for pair in document.ownPairs(kind.value) where document.place(pair.key) == record.place { found = pair.value }
    }
    guard let found, document.nodes[found].shape == .mapping else {
      throw EditFailure("the channel comes from an alias or a merge, which other channels may share")
    }
    channel = found
  }

  /// Writes fields; gives for each why it is left alone, or nil.
  func write(_ wishes: [Wish], _ editor: inout DocumentEditor) -> [EditFailure?] {
    var results: [EditFailure?] = []
    var inserted: Set<String> = []
    for wish in wishes {
      let key = String(wish.field.group ?? wish.field.key)
      do throws(EditFailure) {
        try checkShared(wish)
        if let pair = own(key) {
          try edit(pair, wish, &editor)
        } else if inserted.insert(key).inserted {
          let group = wishes.filter { $0.field.group != nil && $0.field.group == wish.field.group }
          let yaml =
            group.isEmpty
            ? wish.written.yaml
            : "{" + group.map { "\($0.field.key): \($0.written.yaml)" }.joined(separator: ", ") + "}"
          try editor.insert(key, yaml, into: channel, after: neighbour(of: key))
        }
        results.append(nil)
      } catch {
        results.append(error)
      }
    }
    return results
  }

  // MARK: - What is shared

  private func checkShared(_ wish: Wish) throws(EditFailure) {
    let key = String(wish.field.group ?? wish.field.key)
    let pair = own(key)
    guard pair != nil || document.value(of: key, in: channel) == nil else {
      throw EditFailure("it comes from a merge (`<<`), which other channels may share")
    }
    guard !isAnchored(channel), !hasAnchoredParent(channel) else {
      throw EditFailure("the channel has an anchor, and an alias elsewhere uses it")
    }
    if let pair {
      guard document.nodes[pair.value].shape != .alias else {
        throw EditFailure("it comes from an alias, which other places may share")
      }
      guard !anchored.contains(where: { (pair.value..<Int(document.nodes[pair.value].next)).contains($0) }) else {
        throw EditFailure("it has an anchor, and an alias elsewhere uses it")
      }
    }
    let source = wish.origin ?? document
    for node in source.nodes.indices where ChannelEditor.lies(node, in: wish.slot.place, source) {
      switch source.nodes[node].shape {
      case .alias: throw EditFailure("it comes from an alias, which other places may share")
      case .scalar:
        if source.nodes[node].flags.contains(.mergeKey) {
          throw EditFailure("it comes from a merge (`<<`), which other places may share")
        }
        if let name = ChannelEditor.variable(in: source.text(node)) {
          throw EditFailure("it comes from the variable `\(name)`")
        }
      case .sequence, .mapping: break
      }
    }
  }

  private static func lies(_ node: Int, in place: SourcePlace, _ document: Document) -> Bool {
    let node = document.nodes[node]
    return document.file == place.file && node.start >= place.start && node.end <= place.end
  }

  private func isAnchored(_ node: Int) -> Bool { anchored.contains(node) }

  private func hasAnchoredParent(_ node: Int) -> Bool {
    anchored.contains { $0 < node && node < Int(document.nodes[$0].next) }
  }

  /// The name of the first `${name}` in a string; `$${` begins none.
  private static func variable(in text: String) -> String? {
    let scalars = Array(text.unicodeScalars)
    var index = 0
    while index + 1 < scalars.count {
      if scalars[index] == "$", scalars[index + 1] == "$", index + 2 < scalars.count, scalars[index + 2] == "{" {
        index += 3
      } else if scalars[index] == "$", scalars[index + 1] == "{" {
        var name = String.UnicodeScalarView()
        name.append(contentsOf: scalars[(index + 2)...].prefix { $0 != "}" })
        return SafeText.escape(String(name))
      } else {
        index += 1
      }
    }
    return nil
  }

  // MARK: - Places

  private func own(_ key: String) -> Document.Pair? { ChannelEditor.own(key, in: channel, document) }

  private static func own(_ key: String, in mapping: Int, _ document: Document) -> Document.Pair? {
    document.ownPairs(mapping).first {
      !document.nodes[$0.key].flags.contains(.mergeKey) && document.equals($0.key, key)
    }
  }

  /// The key after which a new one is inserted, in the order of Kit's form; nil for the end.
  private func neighbour(of key: String) -> String? {
    let keys = kind.keys
    guard let rank = keys.firstIndex(of: key) else { return nil }
    return keys[..<rank].last { own($0) != nil }
  }

  // MARK: - Edits

  private func edit(_ pair: Document.Pair, _ wish: Wish, _ editor: inout DocumentEditor) throws(EditFailure) {
    guard wish.field.group == nil else {
      let member = String(wish.field.key)
      guard let inner = ChannelEditor.own(member, in: pair.value, document) else {
        guard document.value(of: member, in: pair.value) == nil else {
          throw EditFailure("it comes from a merge (`<<`), which other places may share")
        }
        return try editor.insert(member, wish.written.yaml, into: pair.value)
      }
      return try editor.replace(inner.value, withYAML: wish.written.yaml)
    }
    switch wish.value {
    case .text(let text): try editor.replace(pair.value, withText: ValueWriter.literal(text))
    case .route(let route, let reference):
      try edit(pair, route: route, reference: reference, wish: wish, editor: &editor)
    case .credential(let reference, _): try edit(pair, token: reference, wish, &editor)
    case .levels(let levels): try edit(pair, levels: levels, wish: wish, editor: &editor)
    case .cleared, .flag, .seconds, .reference: try editor.replace(pair, withYAML: form(wish, at: pair.value).yaml)
    case .secret, .names: throw EditFailure("it is no value that Kit has")
    }
  }

  /// The value in the form in which the present one is written: by an id where that is one.
  private func form(_ wish: Wish, at node: Int) -> ValueWriter.WrittenValue {
    let isNumber = document.isPlain(node) && Scalars.isDecimalInteger(document.text(node))
    guard isNumber, let written = try? writer.write(wish.value, wish.field, prefersIDs: true) else {
      return wish.written
    }
    return written
  }

  /// `{queue: Support}`: the value alone where the key stays, else both.
  private func edit(
    _ pair: Document.Pair, route: ReferenceKind, reference: Reference, wish: Wish, editor: inout DocumentEditor
  ) throws(EditFailure) {
    let inner = document.ownPairs(pair.value)
    guard let only = inner.first, inner.count == 1, let value = form(wish, at: only.value).inner else {
      return try editor.replace(pair, withYAML: wish.written.yaml)
    }
    if !document.equals(only.key, route.rawValue) { try editor.replace(only.key, withYAML: route.rawValue) }
    try editor.replace(only.value, withYAML: value)
  }

  /// `{id: 42}` or `{name: Bots}`; other keys of the mapping stay.
  private func edit(
    _ pair: Document.Pair, token reference: Reference, _ wish: Wish, _ editor: inout DocumentEditor
  ) throws(EditFailure) {
    guard let id = reference.id, case .credential(let kind) = wish.field.shape else {
      throw EditFailure("it has no id", yaml: wish.written.yaml)
    }
    if let named = ChannelEditor.own("name", in: pair.value, document) {
      if let title = writer.title(of: id, kind) {
        return try editor.replace(named.value, withText: ValueWriter.literal(title))
      }
      try editor.replace(named.key, withYAML: "id")
      return try editor.replace(named.value, withYAML: String(id))
    }
    guard let own = ChannelEditor.own("id", in: pair.value, document) else {
      throw EditFailure("it names no API token", yaml: wish.written.yaml)
    }
    try editor.replace(own.value, withYAML: String(id))
  }

  /// Level by level, so that comments beside the other levels stay; as a whole where no level stays.
  private func edit(
    _ pair: Document.Pair, levels: [Value.Level], wish: Wish, editor: inout DocumentEditor
  ) throws(EditFailure) {
    guard case .levels(let kind, _) = wish.field.shape else { return }
    let before = document.ownPairs(pair.value).map { own in (pair: own, id: id(of: own.key, kind)) }
    let wanted = Set(levels.compactMap(\.reference.id))
    guard before.contains(where: { $0.id.map(wanted.contains) ?? false }) else {
      return try editor.replace(pair, withYAML: wish.written.yaml)
    }
    func edit(_ editor: inout DocumentEditor) throws(EditFailure) {
      for (own, id) in before where !(id.map(wanted.contains) ?? false) {
        try editor.remove(document.text(own.key), from: pair.value)
      }
      for level in levels {
        if let own = before.first(where: { $0.id == level.reference.id })?.pair {
          guard !document.equals(own.value, String(level.level)) else { continue }
          try editor.replace(own.value, withYAML: String(level.level))
        } else if let id = level.reference.id, let key = writer.level(level, kind)?.key.yaml {
          try editor.insert(
            writer.title(of: id, kind) ?? String(id), String(level.level), into: pair.value, keyYAML: key)
        }
      }
    }
    var trial = DocumentEditor(document)
    do throws(EditFailure) {
      try edit(&trial)
      _ = try trial.finish()
    } catch {
      return try editor.replace(pair, withYAML: wish.written.yaml)
    }
    try edit(&editor)
  }

  /// The skill that a key names.
  private func id(of key: Int, _ kind: ReferenceKind) -> Int? {
    let text = document.text(key)
    if document.isPlain(key), Scalars.isDecimalInteger(text) { return Int(text) }
    return writer.id(titled: text, kind)
  }
}
