package import Documents
package import YAML

/// Puts the keys of channels into the order of their kind, and drops quotes that nothing needs.
///
/// The order is that of Kit's own form (`Kind.keys`), members of groups included; keys that the kind does not know come last, in
/// the order written. Only mappings in `channels` themselves are sorted, not what an alias names. A scalar loses
/// its quotes where it says the same without them; no value changes.
package enum ChannelOrder {
  /// Returns the file in order, proved to say the same up to the order of keys, with every comment, and the aliases, as written, that
  /// hold a mapping in its order, because they would come before the value that they name.
  package static func apply(
    to document: Document, kinds: [Kind]
  ) throws(EditFailure) -> (document: Document, holding: [String]) {
    var holding: [String] = []
    var document = try edit(document, &holding) { editor, document in
      for node in document.nodes.indices { _ = editor.dropNeedlessQuotes(node) }
    }
    // Members first: a channel moves its groups as a whole.
    document = try edit(document, &holding) { editor, document in
      for (kind, channel) in channels(document, kinds) {
        for pair in document.ownPairs(channel) {
          let group = document.text(pair.key)
          let members = kind.fields.filter { $0.group == group[...] }.map { String($0.key) }
          guard !members.isEmpty, document.nodes[pair.value].shape == .mapping else { continue }
          _ = editor.order(pair.value) { rank($0, in: members) }
        }
      }
    }
    document = try edit(document, &holding) { editor, document in
      for (kind, channel) in channels(document, kinds) {
        let keys = kind.keys
        _ = editor.order(channel) { rank($0, in: keys) }
      }
    }
    return (document, holding)
  }

  private static func edit(
    _ document: Document, _ holding: inout [String], _ body: (inout DocumentEditor, Document) -> Void
  ) throws(EditFailure) -> Document {
    var editor = DocumentEditor(document)
    body(&editor, document)
    holding += editor.holding.map { alias in
      let place = document.place(alias)
      return String(decoding: document.source.bytes[Int(place.start)..<Int(place.end)], as: UTF8.self)
    }
    return editor.isEmpty ? document : try editor.finish()
  }

  private static func rank(_ key: String, in keys: [String]) -> Int { keys.firstIndex(of: key) ?? keys.count }

  /// The mappings of channels that are written in their place, with their kinds.
  private static func channels(_ document: Document, _ kinds: [Kind]) -> [(kind: Kind, node: Int)] {
    var found: [(kind: Kind, node: Int)] = []
    for root in document.roots {
      for section in document.ownPairs(root) where document.equals(section.key, "channels") {
        for group in document.ownPairs(section.value) {
          guard let kind = kinds.first(where: { document.equals(group.key, $0.name) }) else { continue }
          for channel in document.ownPairs(group.value) where document.nodes[channel.value].shape == .mapping {
            found.append((kind, channel.value))
          }
        }
      }
    }
    return found
  }
}
