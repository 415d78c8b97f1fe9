import Basics
import Manifest

extension Cause {
  /// The cause of a difference between manifest and account; `manifest` also where nothing was applied.
  ///
  /// - Parameters:
  ///   - account: whether the account still has what was last applied; nil where that is unknown.
  ///   - manifest: whether the manifest still says what was last applied; nil where that is unknown.
  init(account: Bool?, manifest: Bool?) {
    switch (account, manifest) {
    case (false, true): self = .account
    case (false, false): self = .both
    default: self = .manifest
    }
  }
}

extension Value {
  /// Whether two values mean the same to a plan: as `isSame(as:)`, and an API token is the reference to it.
  func agrees(with other: Value) -> Bool {
    switch (self, other) {
    case (.credential(let left, _), .reference(let right)), (.reference(let left), .credential(let right, _)):
      left.isSame(as: right)
    default: isSame(as: other)
    }
  }

  /// Whether the objects that both values name have the same titles, as far as either side has one.
  func hasTitles(of other: Value) -> Bool {
    let others = other.references
    return references.allSatisfy { one in
      guard let title = one.title, let known = others.first(where: { $0.id == one.id })?.title else { return true }
      return title.utf8.elementsEqual(known.utf8)
    }
  }

  /// The account objects that a value names.
  private var references: [Reference] {
    switch self {
    case .reference(let reference), .credential(let reference, value: _), .route(_, let reference): [reference]
    case .levels(let levels): levels.map(\.reference)
    case .cleared, .text, .flag, .seconds, .secret, .names: []
    }
  }

  /// Whether a value means the same as one that a state holds, without making one of it where that is easy.
  func agrees(with json: JSONValue) -> Bool {
    switch (self, json) {
    case (.text(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.flag(let left), .bool(let right)): left == right
    case (.seconds(let left), .integer(let right)): left == right
    case (.cleared, .null): true
    default: Value(json: json).map { agrees(with: $0) } ?? false
    }
  }
}
