package import Basics
import Documents
package import Manifest

/// The account, as the engine sees it: reads throw, writes return an `Outcome`, and no wire name shows.
package protocol Remote: Sendable {
  /// Name, host and flags of the account that answers: the pre-flight check.
  func account() async throws(RemoteFailure) -> AccountInformation
  /// Lists the account objects of the kinds that the manifests name.
  ///
  /// A method that the profile leaves out or that answers 404 gives `.unavailable`, never an error.
  func facts(_ kinds: [ReferenceKind]) async throws(RemoteFailure) -> AccountFacts
  /// Lists all channels, complete (same total on every page, as many distinct ids) or not at all, sorted by id.
  ///
  /// `count` is about how many there are, where that is known: it makes the listing faster and never wrong.
  func channels(expecting count: Int?) async throws(RemoteFailure) -> [RemoteChannel]
  /// Creates a channel; sent once, never again. It is refused only where Kit itself says so.
  func create(_ draft: ChannelDraft) async -> Attempt<ChannelIdentity>
  /// Changes the fields of `draft` on the channel that `current` was read as; what the draft leaves out stays.
  func update(_ current: RemoteChannel, to draft: ChannelDraft) async -> Attempt<Void>
  /// Deletes a channel; an answer 404 counts as done.
  func delete(_ identity: ChannelIdentity) async -> Attempt<Void>
  /// The salts that Kit made, by channel UUID, which no other account has; read where a command signs or shows them.
  func salts() async throws(RemoteFailure) -> [String: Secret]
  /// Where a call runs best; nil where one place is as good as another. Nothing that blocks may run there.
  var executor: (any TaskExecutor)? { get }
  /// Members that an update of `fields` has to send, or loses, and that the account does not show.
  func hidden(_ channel: RemoteChannel, writing fields: [(name: String, value: Value)]) -> [HiddenMember]
  /// Whether an update sends more of its channel than the draft: then the channel must have been listed just before.
  func needsRecentListing(_ draft: ChannelDraft) -> Bool
  /// Names of members that differ although neither the draft nor the passing of time changes them.
  func unplanned(from before: RemoteChannel, to after: RemoteChannel, by draft: ChannelDraft) -> [String]
  /// What the account's API is taken to be, as one short text; nil where nothing is assumed.
  var profileIdentity: String? { get }
}

extension Remote {
  package var executor: (any TaskExecutor)? { nil }
  package func hidden(
    _ channel: RemoteChannel, writing fields: [(name: String, value: Value)]
  ) -> [HiddenMember] { [] }
  package func needsRecentListing(_ draft: ChannelDraft) -> Bool { false }
  package func unplanned(
    from before: RemoteChannel, to after: RemoteChannel, by draft: ChannelDraft
  ) -> [String] { [] }

  /// Lists all channels of an account that nothing is known of yet.
  package func channels() async throws(RemoteFailure) -> [RemoteChannel] { try await channels(expecting: nil) }
}

/// What became of one write, with what it cost.
package struct Attempt<Success: Sendable>: Sendable {
  package var outcome: Outcome<Success>
  /// Calls made, repeats included.
  package var calls: Int

  package init(_ outcome: Outcome<Success>, calls: Int) {
    self.outcome = outcome
    self.calls = calls
  }
}

/// The outcome of one write; not an error, so that every switch handles each case.
package enum Outcome<Success: Sendable>: Sendable {
  /// 2xx, success, a decodable answer.
  case done(Success)
  /// Certainly not done.
  case refused(RemoteFailure)
  /// Reset, end of stream, timeout, 5xx after sending, an answer that does not decode; of a creation, also a 429, a redirect
  /// and whatever is not Kit's own refusal.
  case unknown(RemoteFailure)
  /// It did not leave, because for the moment no call may; it may be made later.
  case keptBack
}

/// Why a call failed, in words that name operation and host; it never holds a secret.
package struct RemoteFailure: Error, Sendable, Equatable {
  /// One sentence for people, safe to print.
  package var message: String
  /// What to do next, or nil.
  package var remedy: String?
  package var status: Int?
  /// Kit's own error code.
  package var code: Int?
  /// Whether a server other than Kit answered that the path does not exist: every repetition would fail too.
  package var pathIsWrong: Bool
  /// Whether the run ended before the call left, which says nothing of the account.
  package var wasKeptBack: Bool

  package init(
    _ message: String, remedy: String? = nil, status: Int? = nil, code: Int? = nil, pathIsWrong: Bool = false,
    wasKeptBack: Bool = false
  ) {
    self.message = message
    self.remedy = remedy
    self.status = status
    self.code = code
    self.pathIsWrong = pathIsWrong
    self.wasKeptBack = wasKeptBack
  }

  /// Whether the server had too many calls: the call may be sent again later.
  package var isThrottled: Bool { status == 429 }
}

extension RemoteFailure {
  /// The account has another channel under the id than the plan saw, so nothing is sent to it.
  package static func replaced(_ id: Int) -> RemoteFailure {
    RemoteFailure(
      "channel \(id) has another UUID than the plan saw, so it is another channel and nothing was sent to it",
      remedy: "plan again")
  }

  /// The account shows the channel as deleted, so nothing is sent to it.
  package static func deleted(_ id: Int) -> RemoteFailure {
    RemoteFailure("the account shows the channel \(id) as deleted, so nothing was sent to it", remedy: "plan again")
  }
}

/// The account that answered.
package struct AccountInformation: Sendable {
  /// Kit's account name ("domain").
  package var name: String
  /// Whether the contact centre is switched on; nil where the account does not say.
  package var contactCentre: Bool?
  /// Whether functions are switched on; nil where the account does not say.
  package var functions: Bool?

  package init(name: String, contactCentre: Bool? = nil, functions: Bool? = nil) {
    self.name = name
    self.contactCentre = contactCentre
    self.functions = functions
  }
}

/// A channel's identity in the account; the UUID is nil where a creation's answer left it out.
package struct ChannelIdentity: Sendable, Hashable {
  package var id: Int
  package var uuid: String?

  package init(id: Int, uuid: String?) {
    self.id = id
    self.uuid = uuid
  }
}

/// A channel as the account shows it.
package struct RemoteChannel: Sendable {
  package var id: Int
  package var uuid: String
  /// The kind, or nil for one that Kitform does not know.
  package var kind: Kind?
  /// What the account calls the kind (`odnoklassniki`, `telegram`), for messages about unknown ones.
  package var kindLabel: String
  package var name: String
  /// The kind for a message: ours, or what the account calls it, shortened.
  package var shortKind: String { kind?.name ?? SafeText.shortened(kindLabel) }
  /// The name for a message, shortened.
  package var shortName: String { SafeText.shortened(name) }
  /// Values by the kind's slots; nil for what the account does not show (secrets) or Kitform does not know.
  package var values: [Value?]
  /// Slots of fields that the account shows in another form than the profile says; `values` has nil for them.
  package var misread: [Int] = []
  /// The object with its secrets, for the update that writes a part of it back; nil where it was not read for that.
  ///
  /// It is never compared, fingerprinted, stored or reported.
  package var whole: WholeObject?
  private var object: RawObject

  package init(
    id: Int, uuid: String, kind: Kind?, kindLabel: String, name: String, values: [Value?], raw: JSONValue
  ) {
    self.init(id: id, uuid: uuid, kind: kind, kindLabel: kindLabel, name: name, values: values, .value(raw))
  }

  /// Makes a channel whose object is parsed on demand; most are never needed.
  package init(
    id: Int, uuid: String, kind: Kind?, kindLabel: String, name: String, values: [Value?], rawBytes: [UInt8],
    whole: WholeObject? = nil
  ) {
    self.init(id: id, uuid: uuid, kind: kind, kindLabel: kindLabel, name: name, values: values, .bytes(rawBytes))
    self.whole = whole
  }

  private init(
    id: Int, uuid: String, kind: Kind?, kindLabel: String, name: String, values: [Value?], _ object: RawObject
  ) {
    self.id = id
    self.uuid = uuid
    self.kind = kind
    self.kindLabel = kindLabel
    self.name = name
    self.values = values
    self.object = object
  }

  /// The account's object as it was read, without secrets, salt and volatile members; what Kitform does not know of it
  /// goes back unchanged when a nested object is written.
  package var raw: JSONValue {
    get {
      switch object {
      case .value(let value): return value
      case .bytes(let bytes):
        let source = SourceFile(path: "the account's channel \(id)", bytes: bytes)
        let document = JSONComposer.compose(source, file: 0).document
        return document.roots.first.map { document.json($0) } ?? .null
      }
    }
    set { object = .value(newValue) }
  }

  /// An object as a tree, or as the JSON text that it came in.
  private enum RawObject: Sendable {
    case value(JSONValue)
    case bytes([UInt8])
  }
}

/// The fields that one write sends, by name, with resolved references and revealed secrets.
package struct ChannelDraft: Sendable {
  package var kind: Kind
  /// In the order of the kind's fields; a `.secret` value has its text in `secrets`.
  package var fields: [(name: String, value: Value)]
  /// Values of the fields that come from secret references, by field name.
  package var secrets: [String: Secret]
  /// Hidden members that the update may lose (`--accept-loss`), by the names of `HiddenMember`.
  package var acceptedLosses: Set<String>

  package init(
    kind: Kind, fields: [(name: String, value: Value)], secrets: [String: Secret], acceptedLosses: Set<String> = []
  ) {
    self.kind = kind
    self.fields = fields
    self.secrets = secrets
    self.acceptedLosses = acceptedLosses
  }
}
