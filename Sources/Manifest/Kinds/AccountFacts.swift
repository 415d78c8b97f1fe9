/// What the account says about the objects that manifests name; filled once per plan by `Remote.facts(_:)`.
package struct AccountFacts: Sendable {
  /// The listing of one kind of objects.
  package enum FactListing: Sendable {
    case objects([AccountObject])
    /// The account cannot be asked; the reason in words, for a warning or an error ("the API profile names no method for functions").
    case unavailable(String)
  }

  private var listings: [ReferenceKind: FactListing]

  package init(_ listings: [ReferenceKind: FactListing] = [:]) { self.listings = listings }

  /// The listing of one kind; what was never asked for counts as unavailable.
  package subscript(kind: ReferenceKind) -> FactListing {
    get { listings[kind] ?? .unavailable("the account was not asked for it") }
    set { listings[kind] = newValue }
  }
}

/// One queue, function, topic set, skill or API token of the account.
package struct AccountObject: Sendable {
  package var id: Int
  /// What people call it; nil where the account does not show it.
  package var title: String?
  /// A queue's "Max. waiting time" in seconds; nil where the account does not show it, or shows none.
  package var maxWaitingTime: Int?

  package init(id: Int, title: String?, maxWaitingTime: Int? = nil) {
    self.id = id
    self.title = title
    self.maxWaitingTime = maxWaitingTime
  }
}
