package import Documents

/// A project as one environment sees it: checked, overlaid, with its variables filled in.
package struct Configuration: Sendable {
  /// The environment's name; `default` in a project without environments.
  package var environment: String
  package var account: AccountSettings
  package var state: StateSettings
  package var guards: GuardSettings
  /// Waiting times that the manifests rely on, for checks without the account.
  package var assumedQueues: [AssumedQueue]
  /// The channels that exist in this environment, sorted by address.
  package var records: [Record]
  package var adoptions: [Adoption]
  package var moves: [Move]
  package var removals: [Removal]
  /// The rules of ours that `rules` relaxes, by id; nil switches a rule off.
  package var relaxedRules: [RelaxedRule]

  package init(environment: String) {
    self.environment = environment
    account = AccountSettings()
    state = StateSettings()
    guards = GuardSettings()
    assumedQueues = []
    records = []
    adoptions = []
    moves = []
    removals = []
    relaxedRules = []
  }
}

/// The `account` section.
package struct AccountSettings: Sendable {
  /// Kit's account name; the API calls it domain.
  package var name: Located<String>?
  package var region: Located<String>?
  package var apiHost: Located<String>?
  package var messagingHost: Located<String>?
  package var token: Located<SecretReference>?
  /// `kit-v3` or the path of a profile of the user's own.
  package var profile: Located<String>?

  package init() {}

  /// The host of the API: the one given, else the region's.
  package var effectiveAPIHost: String? { apiHost?.value ?? region.map { "kitapi-\($0.value).voximplant.com" } }

  /// The host of messages: the one given, else the region's.
  package var effectiveMessagingHost: String? {
    messagingHost?.value ?? region.map { "kit-im-\($0.value).voximplant.com" }
  }
}

/// The `guards` section; nil where nothing is written.
package struct GuardSettings: Sendable {
  package var maxDeletes: Located<Int>?
  package var maxDeletePercent: Located<Int>?
  package var maxUpdates: Located<Int>?
  /// `refuse` or `overwrite`.
  package var refusesDrift: Located<Bool>?

  package init() {}
}

/// An entry of `assume.queues`.
package struct AssumedQueue: Sendable {
  package var queue: Reference
  /// Seconds.
  package var maxWaitingTime: Int
  package var place: SourcePlace

  package init(queue: Reference, maxWaitingTime: Int, place: SourcePlace) {
    self.queue = queue
    self.maxWaitingTime = maxWaitingTime
    self.place = place
  }
}

/// An entry of `adopt`: binds an address to a channel that exists.
package struct Adoption: Sendable {
  package var address: Address
  package var target: AdoptionTarget
  package var place: SourcePlace

  /// How the channel is named.
  package enum AdoptionTarget: Sendable, Hashable {
    case uuid(String)
    case id(Int)
    case name(String)
  }

  package init(address: Address, target: AdoptionTarget, place: SourcePlace) {
    self.address = address
    self.target = target
    self.place = place
  }
}

/// An entry of `moved`: the state's entry of `old` becomes that of `new`.
package struct Move: Sendable {
  package var new: Address
  package var old: Address
  package var place: SourcePlace

  package init(new: Address, old: Address, place: SourcePlace) {
    self.new = new
    self.old = old
    self.place = place
  }
}

/// An entry of `removed`: a channel that is to be forgotten, or deleted.
package struct Removal: Sendable {
  package var address: Address
  package var destroy: Bool
  package var place: SourcePlace

  package init(address: Address, destroy: Bool, place: SourcePlace) {
    self.address = address
    self.destroy = destroy
    self.place = place
  }
}

/// A rule of ours that a project relaxes.
package struct RelaxedRule: Sendable {
  package var id: String
  /// nil switches the rule off.
  package var severity: Severity?
  package var place: SourcePlace

  package init(id: String, severity: Severity?, place: SourcePlace) {
    self.id = id
    self.severity = severity
    self.place = place
  }
}
