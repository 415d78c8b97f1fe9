package import Manifest

/// The place of one member on the wire, as the names from the outermost object to the value.
///
/// In a form body, a path of several names is JSON text inside the form field of the first.
package struct WirePath: Sendable, Hashable {
  /// Where it is read; only this may have alternatives.
  package var reading: ReadMember
  package var write: [String]

  package init(reading: ReadMember, write: [String]) {
    self.reading = reading
    self.write = write
  }

  package init(read: [String], write: [String]) { self.init(reading: ReadMember(read), write: write) }

  /// The first path that is read.
  package var read: [String] { reading.path }
}

/// How one field of a channel travels.
package enum WireField: Sendable, Hashable {
  /// One member: a string, boolean, duration, secret, or the id of an object.
  case member(WirePath)
  /// An object's id with a boolean of its own; cleared means switched off, whatever id is stored.
  case switched(by: WirePath, WirePath)
  /// One of several kinds of objects: `method` holds a word that says which.
  case route(method: WirePath, targets: [RouteTarget])
  /// A list of objects with a level each, whose members are inside each item; `title` is read and never written.
  ///
  /// An item's id and level are written at the first of their paths.
  case levels(WirePath, id: ReadMember, level: ReadMember, title: ReadMember?)

  /// Every member that belongs to the field.
  package var paths: [WirePath] {
    switch self {
    case .member(let path), .levels(let path, id: _, level: _, title: _): [path]
    case .switched(let by, let path): [path, by]
    case .route(let method, let targets): [method] + targets.map(\.id)
    }
  }
}

/// One alternative of a route.
package struct RouteTarget: Sendable, Hashable {
  /// Which kind of objects the alternative leads to.
  package var kind: ReferenceKind
  /// What the method's member says.
  package var word: String
  /// The object's id.
  package var id: WirePath
  /// The id that stands for "not used", or nil.
  package var unused: Int?

  package init(kind: ReferenceKind, word: String, id: WirePath, unused: Int?) {
    self.kind = kind
    self.word = word
    self.id = id
    self.unused = unused
  }
}

/// The unit in which a duration travels.
package enum DurationUnit: String, Sendable, Hashable, CaseIterable {
  case milliseconds, seconds, minutes, hours

  /// The wire's number for whole seconds; nil where the unit is too coarse for them.
  package func number(seconds: Int) -> Int? {
    switch self {
    case .milliseconds: seconds * 1000
    case .seconds: seconds
    case .minutes: seconds % 60 == 0 ? seconds / 60 : nil
    case .hours: seconds % 3600 == 0 ? seconds / 3600 : nil
    }
  }

  /// Whole seconds of the wire's number, rounded up; nil for a number that is out of bounds.
  package func seconds(number: Int) -> Int? {
    switch self {
    case .milliseconds: number / 1000 + (number % 1000 > 0 ? 1 : 0)
    case .seconds: number
    case .minutes: bounded(number.multipliedReportingOverflow(by: 60))
    case .hours: bounded(number.multipliedReportingOverflow(by: 3600))
    }
  }

  private func bounded(_ product: (partialValue: Int, overflow: Bool)) -> Int? {
    product.overflow ? nil : product.partialValue
  }
}
