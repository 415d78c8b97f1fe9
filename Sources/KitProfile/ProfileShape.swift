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
  case mapping([Entry])
  /// A mapping whose keys are the user's.
  case table(ProfileShape)
  /// A scalar of one shape (or none), or a mapping: the first variant whose mark fits.
  case either(scalar: ProfileShape?, [Variant])

  /// One key of a mapping.
  struct Entry: Sendable {
    var key: String
    var shape: ProfileShape
    var isRequired: Bool

    init(_ key: String, _ shape: ProfileShape, isRequired: Bool = true) {
      self.key = key
      self.shape = shape
      self.isRequired = isRequired
    }

    static func optional(_ key: String, _ shape: ProfileShape) -> Entry { Entry(key, shape, isRequired: false) }
  }

  /// One of several forms of a mapping.
  struct Variant: Sendable {
    var mark: Mark
    var entries: [Entry]
    /// Whether the mapping also names a member: by `at`, or by `read` and `write`.
    var hasPath: Bool

    init(_ mark: Mark = .any, _ entries: [Entry] = [], hasPath: Bool = false) {
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
  static let pathEntries: [Entry] = [
    .optional("at", .members), .optional("read", .reading), .optional("write", .members),
  ]

  /// The whole file.
  static let profile = ProfileShape.mapping([
    Entry("name", .text),
    Entry("status", .choice(APIProfile.Status.allCases.map(\.rawValue))),
    Entry("rate", .count(1...1000)),
    Entry(
      "credentials",
      .mapping([
        Entry("account", .mapping([Entry("name", .text), Entry("in", location)])),
        Entry("token", .mapping([Entry("name", .text)])),
      ])),
    Entry("operations", .mapping(Operation.allCases.map { .optional($0.rawValue, operation($0)) })),
    Entry(
      "envelope",
      .mapping([
        Entry("success", .reading), Entry("result", .reading), Entry("error", .reading), .optional("code", .reading),
      ])),
    Entry("paging", paging),
    Entry("switches", .mapping([Entry("on", .text), Entry("off", .text)])),
    Entry(
      "account",
      .mapping([
        Entry("name", .reading), .optional("contactCentre", .reading), .optional("functions", .reading),
      ])),
    Entry("objects", .mapping(ReferenceKind.allCases.map { .optional($0.rawValue, object($0)) })),
    Entry("channel", channel),
    Entry(
      "botService",
      .mapping([Entry("channel", .text), Entry("accessToken", .text), Entry("refreshToken", .text)])),
  ])

  private static let location = ProfileShape.choice(ParameterLocation.allCases.map(\.rawValue))
  private static let unit = ProfileShape.choice(DurationUnit.allCases.map(\.rawValue))

  private static func operation(_ operation: Operation) -> ProfileShape {
    guard operation == .login else { return .urlPath }
    return .either(scalar: .urlPath, [Variant(.any, [Entry("path", .urlPath), Entry("token", location)])])
  }

  private static let paging = ProfileShape.either(
    scalar: nil,
    [
      Variant(.value("cursor", of: "style"), pagingEntries + [Entry("cursor", .text), Entry("next", .reading)]),
      Variant(
        .any,
        pagingEntries + [
          Entry("page", .text), .optional("pages", .reading), .optional("current", .reading),
          .optional("perPage", .reading),
        ]),
    ])

  private static let pagingEntries = [
    Entry("style", .choice(["pages", "cursor"])), Entry("in", location), Entry("size", .text),
    Entry("pageSize", .count(1...1000)), .optional("total", .reading),
  ]

  private static func object(_ kind: ReferenceKind) -> ProfileShape {
    let waiting: [Entry] = kind == .queue ? [.optional("maxWaitingTime", .reading), .optional("unit", unit)] : []
    return .mapping([Entry("id", .reading), Entry("title", .reading), .optional("deleted", .reading)] + waiting)
  }

  private static let wirePath = ProfileShape.either(scalar: .members, [Variant(hasPath: true)])

  private static let target = ProfileShape.either(
    scalar: nil,
    [Variant(.any, [Entry("word", .text), .optional("unused", .count(-1_000_000...1_000_000))], hasPath: true)])

  private static let field = ProfileShape.either(
    scalar: .members,
    [
      Variant(.key("switch"), [Entry("switch", wirePath)], hasPath: true),
      Variant(
        .key("method"),
        [Entry("method", wirePath)] + ReferenceKind.allCases.map { .optional($0.rawValue, target) }),
      Variant(
        .key("level"), [Entry("id", .reading), Entry("level", .reading), .optional("title", .reading)], hasPath: true),
      Variant(hasPath: true),
    ])

  private static let channel = ProfileShape.mapping([
    Entry("id", wirePath), Entry("uuid", .reading), Entry("type", wirePath), .optional("salt", .reading),
    .optional("deleted", .reading), Entry("unit", unit), Entry("secrets", .list(.members)),
    Entry("volatile", .list(.members)), .optional("authorship", .list(.members)),
    .optional("readOnly", .list(.members)),
    .optional("update", .choice(ChannelMembers.ObjectUpdate.allCases.map(\.rawValue))),
    Entry("fields", .table(field)),
    Entry("kinds", .table(.mapping([Entry("type", .text), Entry("fields", .table(field))]))),
  ])
}
