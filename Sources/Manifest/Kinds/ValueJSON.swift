package import Basics

extension Value {
  /// The value as plans and states write it: durations as whole seconds, references with id and title, cleared as null.
  ///
  /// The form says which case it is, so that `init(json:)` reads it back without the field's shape.
  package var json: JSONValue {
    switch self {
    case .cleared: .null
    case .text(let text): .string(text)
    case .flag(let flag): .bool(flag)
    case .seconds(let seconds): .integer(seconds)
    case .reference(let reference), .credential(let reference, value: _): reference.json
    case .route(let kind, let reference): .object([.init(kind.rawValue, reference.json)])
    case .levels(let levels):
      .array(levels.map { .object($0.reference.members + [.init("level", .integer($0.level))]) })
    case .secret(let reference): reference.json
    case .names(let names): ["names": .array(names.map { .string($0) })]
    }
  }

  /// Reads what `json` wrote; nil for anything else.
  package init?(json: JSONValue) {
    switch json {
    case .null: self = .cleared
    case .string(let text): self = .text(text)
    case .bool(let flag): self = .flag(flag)
    case .integer(let seconds): self = .seconds(seconds)
    case .number: return nil
    case .array(let items):
      var levels: [Level] = []
      for item in items {
        guard let reference = Reference(json: item), case .integer(let level)? = item["level"] else { return nil }
        levels.append(Level(reference, level: level))
      }
      self = .levels(levels)
    case .object(let members):
      if let secret = SecretReference(json: json) {
        self = .secret(secret)
      } else if let reference = Reference(json: json) {
        self = .reference(reference)
      } else if case .array(let items)? = json["names"] {
        var names: [String] = []
        for case .string(let name) in items { names.append(name) }
        self = .names(names)
      } else if members.count == 1, let kind = ReferenceKind(rawValue: members[0].key),
        let reference = Reference(json: members[0].value)
      {
        self = .route(kind, reference)
      } else {
        return nil
      }
    }
  }
}

extension Reference {
  fileprivate var members: [JSONValue.Member] {
    (id.map { [.init("id", .integer($0))] } ?? []) + (title.map { [.init("title", .string($0))] } ?? [])
  }

  /// `{"id": 7, "title": "Retail"}`, either of them where known.
  package var json: JSONValue { .object(members) }

  /// Reads what `json` wrote.
  package init?(json: JSONValue) {
    var reference = Reference()
    if case .integer(let id)? = json["id"] { reference.id = id }
    if case .string(let title)? = json["title"] { reference.title = title }
    guard reference.id != nil || reference.title != nil else { return nil }
    self = reference
  }
}

extension SecretReference {
  /// The reference as manifests write it.
  package var json: JSONValue {
    switch self {
    case .environment(let name): ["env": .string(name)]
    case .file(let path): ["file": .string(path)]
    case .fileNamedBy(let name): ["file": ["env": .string(name)]]
    case .keep: ["keep": true]
    }
  }

  /// Reads what `json` wrote.
  package init?(json: JSONValue) {
    guard case .object(let members) = json, members.count == 1, let member = members.first else { return nil }
    switch (member.key, member.value) {
    case ("env", .string(let name)): self = .environment(name)
    case ("file", .string(let path)): self = .file(path)
    case ("file", .object):
      guard case .string(let name)? = member.value["env"] else { return nil }
      self = .fileNamedBy(name)
    case ("keep", .bool(true)): self = .keep
    default: return nil
    }
  }
}
