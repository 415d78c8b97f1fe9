import Basics
package import Documents

/// The kinds of account objects that a channel refers to by id or by title.
package enum ReferenceKind: String, Sendable, Hashable, CaseIterable, Comparable {
  case queue, function, topicSet, skill, apiToken

  /// What people call it.
  package var words: String {
    switch self {
    case .queue: "queue"
    case .function: "function"
    case .topicSet: "topic set"
    case .skill: "skill"
    case .apiToken: "API token"
    }
  }

  /// The words with their article.
  package var oneOfThem: String { self == .apiToken ? "an \(words)" : "a \(words)" }

  package static func < (left: ReferenceKind, right: ReferenceKind) -> Bool {
    left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
  }
}

/// An account object as a manifest or the account names it.
///
/// A written integer is Kit's `id`; any other text is a `title`, whose id the resolver fills in. Two references are the
/// same when their ids are.
package struct Reference: Sendable {
  package var id: Int?
  package var title: String?
  /// Where a manifest names it; it takes no part in comparisons.
  package var place: SourcePlace?
  /// Whether the manifest names the object by its id, so that its title says nothing about the manifest.
  package var isByID = false

  package init(id: Int? = nil, title: String? = nil, place: SourcePlace? = nil) {
    self.id = id
    self.title = title
    self.place = place
  }

  /// What people see: the title where there is one, else the id.
  package var label: String { title ?? id.map { String($0) } ?? "" }

  /// The same for a message: a long title is shortened.
  package var shortLabel: String { SafeText.shortened(label) }
}

/// One value of a field, whatever the field's kind.
///
/// References to account objects are behind a pointer: most slots hold a string, a boolean or a time, and a record has one slot
/// for each field of its kind.
package enum Value: Sendable {
  /// Explicitly cleared: `topicSet: none`, `skills: {}`.
  case cleared
  case text(String)
  case flag(Bool)
  /// A duration in whole seconds.
  case seconds(Int)
  /// One account object, as `topicSet` names it.
  indirect case reference(Reference)
  /// Exactly one of several kinds of account objects, as `redirect` names it.
  indirect case route(ReferenceKind, Reference)
  /// An API token by id or name; the secret behind it serves the channel at run time only and is never sent, compared or planned.
  indirect case credential(Reference, value: SecretReference?)
  /// Account objects with a level each, as `skills` has them; sorted by id once resolved.
  case levels([Level])
  /// A secret, or a readable field whose value comes from a secret reference.
  case secret(SecretReference)
  /// Names of environments, as `only` has them.
  case names([String])

  /// One skill and its level.
  package struct Level: Sendable {
    package var reference: Reference
    package var level: Int

    package init(_ reference: Reference, level: Int) {
      self.reference = reference
      self.level = level
    }
  }

  /// Whether two values mean the same to Kit: texts by their UTF-8 bytes, references by id, levels without order.
  package func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.cleared, .cleared): true
    case (.cleared, .levels(let levels)), (.levels(let levels), .cleared): levels.isEmpty
    case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
    case (.flag(let left), .flag(let right)): left == right
    case (.seconds(let left), .seconds(let right)): left == right
    case (.reference(let left), .reference(let right)): left.isSame(as: right)
    case (.route(let leftKind, let left), .route(let rightKind, let right)):
      leftKind == rightKind && left.isSame(as: right)
    case (.credential(let left, _), .credential(let right, _)): left.isSame(as: right)
    case (.levels(let left), .levels(let right)): Value.areSame(left, right)
    case (.secret(let left), .secret(let right)): left == right
    case (.names(let left), .names(let right)): left == right
    default: false
    }
  }

  private static func areSame(_ left: [Level], _ right: [Level]) -> Bool {
    guard left.count == right.count else { return false }
    return left.allSatisfy { one in
      right.contains { $0.level == one.level && $0.reference.isSame(as: one.reference) }
    }
  }
}

extension Reference {
  /// Whether both name one object: by id where both have one, else by the title's bytes.
  package func isSame(as other: Reference) -> Bool {
    if let id, let otherID = other.id { return id == otherID }
    guard id == nil, other.id == nil, let title, let otherTitle = other.title else { return false }
    return title.utf8.elementsEqual(otherTitle.utf8)
  }
}
