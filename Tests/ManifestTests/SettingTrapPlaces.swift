import Manifest

/// The places of every setting of `kitform.yaml`, from the grammar of its sections.
enum SettingTrapPlaces {
  private static let mark = MutableYAML.source(TrapPlace.mark)

  /// Sections at the top of the file, and in an environment where one may overlay them.
  static let all: [TrapPlace] =
    SectionGrammar.all.flatMap { section in
      bases(section).flatMap { base in
        leaves(section, base).flatMap { leaf in
          [place(leaf, section, base, isOverlaid: false)]
            + (section.isOverlaid ? [place(leaf, section, base, isOverlaid: true)] : [])
        }
      }
    } + [
      TrapPlace(name: "kitform", row: .version, text: project.setting(["kitform"], mark).file),
      TrapPlace(
        name: "x-mine", row: TrapRow(nothing: .accepted, scalars: .accepted, lists: .accepted),
        text: project.setting(["x-mine"], mark).file),
    ]

  /// A section that is right, to which the value is added or in which it replaces another.
  private struct Base {
    var backend: StateBackend?
    var body: MutableYAML
  }

  /// A value of a section.
  private struct Leaf {
    var path: [String]
    /// The section's body with the mark.
    var body: MutableYAML
    var row: TrapRow
    var read: @Sendable (Configuration) -> String? = { _ in nil }
  }

  private static let project = MutableYAML.read(
    "{kitform: 1, account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}}")

  /// The channels that examples of the sections speak of.
  private static let channels = MutableYAML.read(
    """
    ok: {community: {name: OK, accessToken: {env: A}, redirect: {queue: 1}}}
    custom: {partner-bot: {name: Bot, callbackURL: https://a.example/, apiToken: {id: 1}, redirect: {queue: 1}}}
    """)

  private static func bases(_ section: SectionGrammar) -> [Base] {
    guard section.name == SectionGrammar.state.name else { return [Base(body: .read(section.example))] }
    return StateBackend.allCases.map { backend in
      switch backend {
      case .local: Base(backend: backend, body: .read("{backend: local}"))
      case .http: Base(backend: backend, body: .read("{backend: http, address: https://state.example.com/a}"))
      case .s3: Base(backend: backend, body: .read("{backend: s3, bucket: acme-kitform, path: a.json}"))
      }
    }
  }

  private static func leaves(_ section: SectionGrammar, _ base: Base) -> [Leaf] {
    let whole = Leaf(path: [], body: mark, row: row(of: section))
    switch section.form {
    case .settings(let keys):
      return [whole]
        + keys.filter { belongs($0.name, base) }.flatMap { key in
          values(key.form, [key.name], base, base.body)
        }
    case .table(_, let value):
      let key: String =
        switch section.name {
        case "removed": "custom.old-bot"
        case "variables": "word"
        default: "ok.community"
        }
      return [whole] + values(value, [key], base, .mapping([]), section.name)
    case .patterns: return [whole, Leaf(path: ["0"], body: .sequence([mark]), row: .pattern)]
    case .rules:
      return [whole, Leaf(path: ["name.length"], body: .nested(["name.length"], mark), row: .severity)]
    case .channels:
      return [
        whole, Leaf(path: ["ok"], body: .nested(["ok"], mark), row: .section),
        Leaf(path: ["ok", "community"], body: .nested(["ok", "community"], mark), row: .channel),
      ]
    case .environments, .defaults:
      let key = section.name == "defaults" ? "ok" : "prod"
      return [whole, Leaf(path: [key], body: .nested([key], mark), row: .settings)]
    default: return [whole]
    }
  }

  private static func row(of section: SectionGrammar) -> TrapRow {
    switch section.name {
    case "account": .needed
    case "state", "guards", "assume", "defaults": .settings
    case "include": .patterns
    default: .section
    }
  }

  /// Whether a setting means something to the backend.
  private static func belongs(_ name: String, _ base: Base) -> Bool {
    guard let backend = base.backend else { return true }
    return ["backend", "key", "encrypt"].contains(name) || settings[backend]?.contains(name) == true
  }

  private static let settings: [StateBackend: [String]] = [
    .local: ["path"],
    .http: ["address", "lockAddress", "unlockAddress", "updateMethod", "username", "password"],
    .s3: ["bucket", "path", "region", "endpoint", "pathStyle"],
  ]

  /// The values that a form has at a path, its parts included.
  private static func values(
    _ form: SectionForm, _ path: [String], _ base: Base, _ body: MutableYAML, _ section: String = ""
  ) -> [Leaf] {
    let name = path.last ?? ""
    func leaf(_ more: [String], _ row: TrapRow) -> Leaf {
      let encrypted = name == "encrypt" ? body.setting(["key"], .read("{env: K}")) : body
      return Leaf(path: path + more, body: encrypted.setting(path + more, mark), row: row, read: reader(path))
    }
    func secret(_ row: TrapRow) -> [Leaf] {
      let empty = body.setting(path, .mapping([]))
      let parts = [
        (["env"], TrapRow.secretVariable), (["file"], .secretFile), (["file", "env"], .secretVariable),
        (["keep"], .noKeep),
      ]
      return [leaf([], row)]
        + parts.map { Leaf(path: path + $0.0, body: empty.setting(path + $0.0, mark), row: $0.1) }
    }
    switch form {
    case .secret: return secret(.secret)
    case .secretOrText where base.backend == .s3:
      // A string names the object, as `path` does, and only one of both may; a secret reference is beside a path.
      let object = body.without("path").setting(path, mark)
      return [Leaf(path: path, body: object, row: .object, read: reader(path))] + secret(.secretOfStore)
    case .secretOrText: return secret(.secret)
    case .settings(let keys):
      return [leaf([], .queue)] + keys.flatMap { values($0.form, path + [$0.name], base, body) }
    case .table(_, let value):
      return [leaf([], .section)] + values(value, path + ["Support"], base, .mapping([]))
    case .one(let keys):
      let row: TrapRow = section == "removed" ? .one("removed.form") : .one("adopt.target")
      return [leaf([], row)] + keys.flatMap { values($0.form, path + [$0.name], base, body) }
    default: return [leaf([], row(of: form, name))]
    }
  }

  /// The row of a scalar, by its form and, where a setting has a limit of its own, by its name.
  private static func row(of form: SectionForm, _ name: String) -> TrapRow {
    switch form {
    case .text where name.lowercased().hasSuffix("address"): .address
    case .text where name == "username": .userName
    case .text where name == "bucket": .bucket
    case .text where name == "region": .region
    case .text, .path: .text
    case .anyText: .adoptedText
    case .host: .host(name == "endpoint" ? "state.backend" : "account.host")
    case .choice: .choice(name == "backend" ? "state.backend" : "value.choice")
    case .wholeNumber: name == "id" ? .adoptedID : .limit
    case .flag: name == "destroy" ? .destroy : .flag
    case .duration: .duration
    case .scalar: .variable
    case .address: .oldAddress
    default: .settings
    }
  }

  /// Reads a setting back by its path.
  private static func reader(_ path: [String]) -> @Sendable (Configuration) -> String? {
    let name = path.last ?? ""
    return { configuration in
      let texts = [
        configuration.account.name, configuration.account.profile, configuration.account.apiHost,
        configuration.account.messagingHost, configuration.state[name == "key" ? "path" : name],
      ]
      let guards = configuration.guards
      let numbers = [guards.maxDeletes, guards.maxDeletePercent, guards.maxUpdates]
      switch name {
      case "profile": return texts[1].map { "text \($0.value)" }
      case "apiHost": return texts[2].map { "text \($0.value)" }
      case "messagingHost": return texts[3].map { "text \($0.value)" }
      case "maxDeletes": return numbers[0].map { "number \($0.value)" }
      case "maxDeletePercent": return numbers[1].map { "number \($0.value)" }
      case "maxUpdates": return numbers[2].map { "number \($0.value)" }
      case "encrypt": return "flag \(configuration.state.encrypts)"
      case "pathStyle": return configuration.state.pathStyle.map { "flag \($0)" }
      case "name" where path.count == 1: return texts[0].map { "text \($0.value)" }
      case "uuid", "id", "name":
        switch configuration.adoptions.first?.target {
        case .uuid(let text), .name(let text): return "text \(text)"
        case .id(let number): return "number \(number)"
        case nil: return nil
        }
      default: return texts[4].map { "text \($0.value)" }
      }
    }
  }

  private static func place(_ leaf: Leaf, _ section: SectionGrammar, _ base: Base, isOverlaid: Bool) -> TrapPlace {
    let around = section.name == "channels" ? project : project.setting(["channels"], channels)
    let path = isOverlaid ? ["environments", "prod", section.name] : [section.name]
    let backend = base.backend.map { " (\($0.rawValue))" } ?? ""
    return TrapPlace(
      name: (path + leaf.path).joined(separator: ".") + backend, row: leaf.row,
      text: around.setting(path, leaf.body).file, read: leaf.read)
  }
}
