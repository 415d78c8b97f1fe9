/// A Kit account as the sandbox keeps it: in the field's own words, without any wire name.
///
/// The same value is in an account file (`AccountFile`), whether the sandbox wrote it or a user recorded it.
package struct Account: Sendable, Equatable {
  /// The account name; the API calls it domain.
  package var name: String
  /// Whether the contact centre is switched on; off answers 403 to everything about channels and queues.
  package var contactCentre = true
  /// Whether functions are switched on; off answers 403 to everything about functions.
  package var functionsEnabled = true
  /// Whether the account can pay; a call that writes is answered 402 where it cannot.
  package var hasBalance = true
  package var apiTokens: [APIToken] = []
  package var queues: [Queue] = []
  package var functions: [CatalogueItem] = []
  package var skills: [CatalogueItem] = []
  package var topicSets: [CatalogueItem] = []
  /// The channels, sorted by id.
  package private(set) var channels: [SandboxChannel] = []
  /// The id of the next object that the account makes; ids are never used twice.
  package var nextID = 1001

  package init(name: String) { self.name = name }

  /// A queue of the contact centre.
  package struct Queue: Sendable, Equatable {
    package var id: Int
    package var title: String
    /// "Max. waiting time" in seconds; nil where the queue has none.
    package var maxWaitingTime: Int?

    package init(id: Int, title: String, maxWaitingTime: Int? = nil) {
      self.id = id
      self.title = title
      self.maxWaitingTime = maxWaitingTime
    }
  }

  /// A function, skill or topic set: an id and a title.
  package struct CatalogueItem: Sendable, Equatable {
    package var id: Int
    package var title: String

    package init(id: Int, title: String) {
      self.id = id
      self.title = title
    }
  }

  /// Takes a fresh id.
  package mutating func makeID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  /// Makes `nextID` greater than every id in use, for accounts that people wrote.
  package mutating func raiseNextID() {
    let used = [
      apiTokens.map(\.id), queues.map(\.id), functions.map(\.id), skills.map(\.id), topicSets.map(\.id),
      channels.map(\.id),
    ]
    // An id near the end of the number range leaves no room for others; the file's reader refuses such ids.
    for ids in used { nextID = max(nextID, (ids.max() ?? 0) + 1) }
  }
}

extension Account {
  /// The position of a channel in `channels`, or where it would be inserted.
  private func position(of id: Int) -> (index: Int, found: Bool) {
    var low = 0
    var high = channels.count
    while low < high {
      let middle = (low + high) / 2
      if channels[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return (low, low < channels.count && channels[low].id == id)
  }

  /// The channel with an id; setting nil deletes it.
  package subscript(channel id: Int) -> SandboxChannel? {
    get {
      let (index, found) = position(of: id)
      return found ? channels[index] : nil
    }
    set {
      let (index, found) = position(of: id)
      switch (newValue, found) {
      case (let channel?, true): channels[index] = channel
      case (let channel?, false): channels.insert(channel, at: index)
      case (nil, true): channels.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// The channel with a UUID, in any letter case.
  package func channel(uuid: String) -> SandboxChannel? {
    let uuid = uuid.lowercased()
    return channels.first { $0.uuid.lowercased() == uuid }
  }

  /// The queue with an id.
  package func queue(_ id: Int) -> Queue? { queues.first { $0.id == id } }
}

/// An API token of the account: what calls authenticate with, and what signs the events of a custom channel.
package struct APIToken: Sendable, Equatable {
  package var id: Int
  package var name: String
  package var role: Role
  package var isEnabled: Bool
  /// The hash of the value; nil for a token whose value the sandbox does not know: it authenticates no request.
  package var hash: SaltedHash?
  /// The environment variable that holds the value, for an account file that must not hold it.
  package var variable: String?
  /// Authenticates, and is in no listing: the token of a reader that the account does not know.
  package var isUnlisted = false

  package init(
    id: Int, name: String, role: Role = .full, isEnabled: Bool = true, hash: SaltedHash? = nil, variable: String? = nil
  ) {
    self.id = id
    self.name = name
    self.role = role
    self.isEnabled = isEnabled
    self.hash = hash
    self.variable = variable
  }

  /// What the token's user may do.
  package enum Role: String, Sendable, CaseIterable {
    case full
    /// May list; a call that writes is answered 403.
    case readOnly
  }
}
