import Basics
package import Documents

/// One channel as it is wanted: a slot per field of its kind.
package struct Record: Sendable {
  package var address: Address
  package var kind: Kind
  /// The place of the channel's key.
  package var place: SourcePlace
  /// A slot per `kind.fields`; nil for an absent field, which Kitform neither sends nor compares.
  package var slots: [Slot?]

  package init(address: Address, kind: Kind, place: SourcePlace, slots: [Slot?]) {
    self.address = address
    self.kind = kind
    self.place = place
    self.slots = slots
  }

  /// The slot of a field by its full name (`closing.agent`), or nil when the field is absent.
  package subscript(field: String) -> Slot? {
    kind.index(of: field).flatMap { slots[$0] }
  }

  /// The display name.
  package var name: String {
    if case .text(let text)? = self["name"]?.value { text } else { "" }
  }

  /// Whether the manifest protects the channel against deletion.
  package var isProtected: Bool {
    if case .flag(true)? = self["protect"]?.value { true } else { false }
  }
}

/// A value with the place that it comes from.
package struct Slot: Sendable {
  // In this order a slot takes 32 bytes: the origin fills a gap.
  package var value: Value
  package var origin: ValueOrigin
  package var place: SourcePlace

  package init(_ value: Value, at place: SourcePlace, origin: ValueOrigin = .written) {
    self.value = value
    self.place = place
    self.origin = origin
  }

  /// Which part of the project supplied a value.
  package enum ValueOrigin: UInt8, Sendable {
    case written, defaults, variable, alias
  }
}
