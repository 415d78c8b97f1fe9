import Channels
import Manifest

/// The places of every field of every kind, from the kinds' own tables.
enum FieldTrapPlaces {
  /// How a field's value is reached.
  enum Way: String, CaseIterable {
    case channel = "in a channel"
    case file = "in an included file"
    case alias = "by an alias"
    case merge = "by a merge key"
    case defaults = "in defaults"
    case kindDefaults = "in a kind's defaults"
    case environmentDefaults = "in an environment's defaults"
  }

  static let all: [TrapPlace] = Kinds.all.flatMap { kind in
    leaves(of: kind).flatMap { leaf in Way.allCases.compactMap { place(leaf, of: kind, $0) } }
  }

  /// A value of a field, or a part of one.
  private struct Leaf {
    /// The key of the field in the channel.
    var key: String
    /// The part after it, with the mark.
    var value: MutableYAML
    /// The path for messages.
    var name: String
    var row: TrapRow
    /// The field to read back, by its full name.
    var field: String
  }

  private static let mark = MutableYAML.source(TrapPlace.mark)

  private static func leaves(of kind: Kind) -> [Leaf] {
    var groups: Set<String> = []
    return kind.fields.flatMap { field -> [Leaf] in
      let parts = parts(of: field).map { part in
        Leaf(
          key: String(field.group ?? field.key),
          value: field.group == nil ? part.value : .nested([String(field.key)], part.value),
          name: "\(kind.name).\(([field.name] + part.path).joined(separator: "."))", row: part.row, field: field.name)
      }
      guard let group = field.group.map(String.init), groups.insert(group).inserted else { return parts }
      return parts + [Leaf(key: group, value: mark, name: "\(kind.name).\(group)", row: .group, field: field.name)]
    }
  }

  private typealias Part = (path: [String], value: MutableYAML, row: TrapRow)

  /// The value of a field, and the values in it that have a type of their own.
  private static func parts(of field: Field) -> [Part] {
    switch field.shape {
    case .text: return [([], mark, .text)]
    case .callbackURL: return [([], mark, .callbackURL)] + secretParts(.keep)
    case .flag: return [([], mark, .flag)]
    case .duration: return [([], mark, .duration)]
    case .secret: return [([], mark, .secret)] + secretParts(.keep)
    case .reference(let kind): return [([], mark, kind == .topicSet ? .topicSet : .reference)]
    case .route(let kinds):
      return [([], mark, .route)]
        + kinds.map { ([$0.rawValue], .nested([$0.rawValue], mark), .reference) }
    case .credential:
      let secret: [Part] = [([], mark, .secret)] + secretParts(.noKeep)
      return [
        ([], mark, .credential), (["id"], .nested(["id"], mark), .credentialID),
        (["name"], .nested(["name"], mark), .credentialName),
      ] + secret.map { (["value"] + $0.path, .mapping([("id", .source("42")), ("value", $0.value)]), $0.row) }
    case .levels: return [([], mark, .levels), (["russian"], .nested(["russian"], mark), .level)]
    case .environments: return [([], mark, .environments), (["0"], .sequence([mark]), .environment)]
    }
  }

  /// The values in a secret reference.
  private static func secretParts(_ keep: TrapRow) -> [Part] {
    [
      (["env"], .nested(["env"], mark), .secretVariable), (["file"], .nested(["file"], mark), .secretFile),
      (["file", "env"], .nested(["file", "env"], mark), .secretVariable), (["keep"], .nested(["keep"], mark), keep),
    ]
  }

  private static let project = MutableYAML.read(
    "{kitform: 1, account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}, environments: {prod: {}}}")

  /// A channel with the required fields, but for one.
  private static func channel(_ kind: Kind, without key: String) -> MutableYAML {
    kind.fields.filter { $0.isRequired && $0.key != key }.reduce(.mapping([])) {
      $0.setting([String($1.key)], .read($1.example))
    }
  }

  /// A file in which a value is behind the anchor `t`, and then a project.
  private static func anchored(_ value: MutableYAML, before project: MutableYAML) -> String {
    MutableYAML.nested(["x-trap"], value).joined(project).file.replacing("x-trap:", with: "x-trap: &t")
  }

  private static func place(_ leaf: Leaf, of kind: Kind, _ way: Way) -> TrapPlace? {
    let channels = ["channels", kind.name, "a"]
    let rest = channel(kind, without: leaf.key)
    var place = TrapPlace(name: "\(leaf.name) \(way.rawValue)", row: leaf.row, text: "")
    let field = leaf.field
    place.read = { $0.records.first?[field]?.value.asTheTableSays }
    let bare = project.setting(channels, rest)
    let isShared = leaf.key != "name" && Kinds.all.allSatisfy { $0.keys.contains(leaf.key) }
    switch way {
    case .channel: place.text = project.setting(channels, rest.setting([leaf.key], leaf.value)).file
    case .file:
      place.projectText = project.file
      place.text = MutableYAML.nested(channels, rest.setting([leaf.key], leaf.value)).file
    case .alias:
      place.text = anchored(leaf.value, before: project.setting(channels, rest.setting([leaf.key], .source("*t"))))
      // A part of the value is reached through the alias, and is where it is written.
      if case .source = leaf.value { place.alias = "*t" }
    case .merge:
      let merged = MutableYAML.mapping([("<<", .source("*t"))]).joined(rest)
      place.text = anchored(.nested([leaf.key], leaf.value), before: project.setting(channels, merged))
    case .defaults:
      guard isShared else { return nil }
      place.text = bare.setting(["defaults", leaf.key], leaf.value).file
    case .kindDefaults:
      guard leaf.key != "name" else { return nil }
      place.text = bare.setting(["defaults", kind.name, leaf.key], leaf.value).file
    case .environmentDefaults:
      guard leaf.key != "name" else { return nil }
      place.text = bare.setting(["environments", "prod"], .nested(["defaults", kind.name, leaf.key], leaf.value)).file
    }
    return place
  }
}
