import Manifest

/// The form of one value in a profile file; the check and the JSON Schema are both a walk over it.
indirect enum ProfileShape: Sendable {
  /// Any text of one line that is not empty.
  case text
  /// The path of a URL, with its leading slash.
  case urlPath
  /// A member's name, or several with dots between them.
  case members
  /// Where a member is read: one as above, or a list of them, of which the first that an answer has counts.
  case reading
  case count(ClosedRange<Int>)
  case choice([String])
  case list(ProfileShape)
  /// A mapping with these keys and no other.
  case mapping([ShapeKey])
  /// A mapping whose keys are the user's.
  case table(ProfileShape)
  /// A scalar of one shape (or none), or a mapping: the first variant whose mark fits.
  case either(scalar: ProfileShape?, [Variant])

  /// One key of a mapping.
  struct ShapeKey: Sendable {
    var key: String
    var shape: ProfileShape
    var isRequired: Bool

    init(_ key: String, _ shape: ProfileShape, isRequired: Bool = true) {
      self.key = key
      self.shape = shape
      self.isRequired = isRequired
    }

    static func optional(_ key: String, _ shape: ProfileShape) -> ShapeKey { ShapeKey(key, shape, isRequired: false) }
  }

  /// One of several forms of a mapping.
  struct Variant: Sendable {
    var mark: Mark
    var entries: [ShapeKey]
    /// Whether the mapping also names a member: by `at`, or by `read` and `write`.
    var hasPath: Bool

    init(_ mark: Mark = .any, _ entries: [ShapeKey] = [], hasPath: Bool = false) {
      self.mark = mark
      self.entries = entries
      self.hasPath = hasPath
    }
  }

  /// The key that distinguishes a variant from the others.
  enum Mark: Sendable {
    case key(String)
    case value(String, of: String)
    case any
  }

  /// The most alternatives of a member; more are a mistake.
  static let alternativesLimit = 8

  /// The keys that name a member that is read and written: `at`, or `read` and `write`.
  static let pathEntries: [ShapeKey] = [
    .optional("at", .members), .optional("read", .reading), .optional("write", .members),
  ]

  /// The whole file.
  static let profile = ProfileShape.mapping([
    ShapeKey("name", .text),
    ShapeKey("status", .choice(APIProfile.ProfileStatus.allCases.map(\.rawValue))),
    ShapeKey("rate", .count(1...1000)),
    ShapeKey(
      "credentials",
      .mapping([
        ShapeKey("account", .mapping([ShapeKey("name", .text), ShapeKey("in", location)])),
        ShapeKey("token", .mapping([ShapeKey("name", .text)])),
      ])),
    ShapeKey("operations", .mapping(Operation.allCases.map { .optional($0.rawValue, operation($0)) })),
    ShapeKey(
      "envelope",
      .mapping([
        ShapeKey("success", .reading), ShapeKey("result", .reading), ShapeKey("error", .reading),
        .optional("code", .reading),
      ])),
    ShapeKey("paging", paging),
    ShapeKey("switches", .mapping([ShapeKey("on", .text), ShapeKey("off", .text)])),
    ShapeKey(
      "account",
      .mapping([
        ShapeKey("name", .reading), .optional("contactCentre", .reading), .optional("functions", .reading),
      ])),
    ShapeKey("objects", .mapping(ReferenceKind.allCases.map { .optional($0.rawValue, object($0)) })),
    ShapeKey("channel", channel),
    ShapeKey(
      "botService",
      .mapping([ShapeKey("channel", .text), ShapeKey("accessToken", .text), ShapeKey("refreshToken", .text)])),
  ])

  private static let location = ProfileShape.choice(ParameterLocation.allCases.map(\.rawValue))
  private static let unit = ProfileShape.choice(DurationUnit.allCases.map(\.rawValue))

  private static func operation(_ operation: Operation) -> ProfileShape {
    guard operation == .login else { return .urlPath }
    return .either(scalar: .urlPath, [Variant(.any, [ShapeKey("path", .urlPath), ShapeKey("token", location)])])
  }

  private static let paging = ProfileShape.either(
    scalar: nil,
    [
      Variant(.value("cursor", of: "style"), pagingEntries + [ShapeKey("cursor", .text), ShapeKey("next", .reading)]),
      Variant(
        .any,
        pagingEntries + [
          ShapeKey("page", .text), .optional("pages", .reading), .optional("current", .reading),
          .optional("perPage", .reading),
        ]),
    ])

  private static let pagingEntries = [
    ShapeKey("style", .choice(["pages", "cursor"])), ShapeKey("in", location), ShapeKey("size", .text),
    ShapeKey("pageSize", .count(1...1000)), .optional("total", .reading),
  ]

  private static func object(_ kind: ReferenceKind) -> ProfileShape {
    let waiting: [ShapeKey] = kind == .queue ? [.optional("maxWaitingTime", .reading), .optional("unit", unit)] : []
    return .mapping([ShapeKey("id", .reading), ShapeKey("title", .reading), .optional("deleted", .reading)] + waiting)
  }

  private static let wirePath = ProfileShape.either(scalar: .members, [Variant(hasPath: true)])

  private static let target = ProfileShape.either(
    scalar: nil,
    [Variant(.any, [ShapeKey("word", .text), .optional("unused", .count(-1_000_000...1_000_000))], hasPath: true)])

  private static let field = ProfileShape.either(
    scalar: .members,
    [
      Variant(.key("switch"), [ShapeKey("switch", wirePath)], hasPath: true),
      Variant(
        .key("method"),
        [ShapeKey("method", wirePath)] + ReferenceKind.allCases.map { .optional($0.rawValue, target) }),
      Variant(
        .key("level"), [ShapeKey("id", .reading), ShapeKey("level", .reading), .optional("title", .reading)],
        hasPath: true),
      Variant(hasPath: true),
    ])

  private static let channel = ProfileShape.mapping([
    ShapeKey("id", wirePath), ShapeKey("uuid", .reading), ShapeKey("type", wirePath), .optional("salt", .reading),
    .optional("deleted", .reading), ShapeKey("unit", unit), ShapeKey("secrets", .list(.members)),
    ShapeKey("volatile", .list(.members)), .optional("authorship", .list(.members)),
    .optional("readOnly", .list(.members)),
    .optional("update", .choice(ChannelMembers.ObjectUpdate.allCases.map(\.rawValue))),
    ShapeKey("fields", .table(field)),
    ShapeKey("kinds", .table(.mapping([ShapeKey("type", .text), ShapeKey("fields", .table(field))]))),
  ])
}
