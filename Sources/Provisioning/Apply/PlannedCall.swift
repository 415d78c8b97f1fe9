import Manifest

/// One call of a plan, from its place in the run record to its verdict.
struct PlannedCall<Instant: InstantProtocol> {
  /// What was planned: large, the same from begin to end, and so in one place however often the call is handed about.
  private let planned: Planned
  /// How often the call was started and not taken back; repeats that the remote makes by itself do not count.
  var sends = 0
  /// What the calls cost, repeats included.
  var calls = 0
  /// When it left first.
  var started: Instant?
  /// When the account is looked at again, for a call whose outcome is not known.
  var deadline: Instant?
  /// Whether Kit answered a creation with the identity of another channel: it may have made one, and is not sent again.
  var namesOtherChannel = false
  /// What the last answer that was not `done` said.
  var failure: RemoteFailure?

  init(index: Int, change: Change, operation: RunRecord.RunOperation, request: Request) {
    planned = Planned(index: index, change: change, operation: operation, request: request)
  }

  /// The change's index in the plan.
  var index: Int { planned.index }
  var change: Change { planned.change }
  var operation: RunRecord.RunOperation { planned.operation }
  var request: Request { planned.request }

  private final class Planned: Sendable {
    let index: Int
    let change: Change
    let operation: RunRecord.RunOperation
    let request: Request

    init(index: Int, change: Change, operation: RunRecord.RunOperation, request: Request) {
      self.index = index
      self.change = change
      self.operation = operation
      self.request = request
    }
  }

  /// What a creation competes for; other calls compete for nothing.
  var key: NaturalKey? {
    if case .create = request { NaturalKey(operation) } else { nil }
  }

  /// Whether the account is looked at for it only when no other call is left: the answer concerns many calls alike.
  var isLookedForLast: Bool { key != nil && (failure?.isThrottled == true || failure?.pathIsWrong == true) }

  /// Whether the call carries the field of that name.
  func writes(_ field: String) -> Bool {
    switch request {
    case .create(let draft), .update(_, let draft): draft.fields.contains { $0.name == field }
    case .delete: false
    }
  }

  /// Whether the call carries a value that the account never shows.
  var sendsSecret: Bool {
    switch request {
    case .create(let draft), .update(_, let draft): !draft.secrets.isEmpty
    case .delete: false
    }
  }

  /// The call, as the remote takes it.
  enum Request: Sendable {
    case create(ChannelDraft)
    case update(RemoteChannel, ChannelDraft)
    case delete(ChannelIdentity)

    /// Sends the call once.
    func send(to remote: any Remote) async -> Attempt<ChannelIdentity?> {
      switch self {
      case .create(let draft): await remote.create(draft).map { $0 }
      case .update(let current, let draft): await remote.update(current, to: draft).map { nil }
      case .delete(let identity): await remote.delete(identity).map { nil }
      }
    }
  }
}

extension Attempt {
  /// The same, with another success.
  package func map<Other>(_ transform: (Success) -> Other) -> Attempt<Other> {
    switch outcome {
    case .done(let success): Attempt<Other>(.done(transform(success)), calls: calls)
    case .refused(let failure): Attempt<Other>(.refused(failure), calls: calls)
    case .unknown(let failure): Attempt<Other>(.unknown(failure), calls: calls)
    case .keptBack: Attempt<Other>(.keptBack, calls: calls)
    }
  }
}
