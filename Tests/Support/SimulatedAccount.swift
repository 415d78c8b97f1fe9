package import Basics
import Documents
package import Manifest
package import Provisioning
import Synchronization

/// A Kit account in memory that answers as a `Remote`, with faults to order.
package final class SimulatedAccount<RunClock: Clock>: Remote where RunClock.Duration == Duration {
  private let clock: RunClock
  private let power: PowerSwitch
  /// How long a call takes, and how long a new channel takes to show in listings.
  private let latency: Duration
  private let contents: Mutex<AccountContents>
  private let began: RunClock.Instant

  package init(
    _ contents: AccountContents = AccountContents(), clock: RunClock, latency: Duration = .milliseconds(20),
    power: PowerSwitch = PowerSwitch()
  ) {
    self.contents = Mutex(contents)
    self.clock = clock
    self.latency = latency
    self.power = power
    began = clock.now
  }

  /// What the account holds and was asked for; it outlives processes.
  package var snapshot: AccountContents {
    get { contents.withLock { $0 } }
    set { contents.withLock { $0 = newValue } }
  }

  package func account() async throws(RemoteFailure) -> AccountInformation { AccountInformation(name: "acme") }
  package func facts(_ kinds: [ReferenceKind]) async throws(RemoteFailure) -> AccountFacts { AccountFacts() }
  package func salts() async throws(RemoteFailure) -> [String: Secret] { [:] }

  package func channels(expecting count: Int?) async throws(RemoteFailure) -> [RemoteChannel] {
    try? await clock.sleep(until: clock.now.advanced(by: latency), tolerance: nil)
    let now = began.duration(to: clock.now)
    return try contents.withLock { contents throws(RemoteFailure) in
      contents.listings += 1
      contents.listed = now
      if contents.listingFailures > 0 {
        contents.listingFailures -= 1
        throw RemoteFailure("the listing failed", status: 503)
      }
      return contents.channels.filter { (contents.visible[$0.id] ?? .zero) <= now }
    }
  }

  package func create(_ draft: ChannelDraft) async -> Attempt<ChannelIdentity> {
    let name = SimulatedAccount.name(of: draft)
    return await perform("create \(name)") { contents, now in
      let id = contents.nextID
      contents.nextID += 1
      let uuid = "uuid-\(id)"
      contents.channels.append(
        RemoteChannel(
          id: id, uuid: uuid, kind: draft.kind, kindLabel: draft.kind.name, name: name,
          values: Array(repeating: nil, count: draft.kind.fields.count), raw: .object([])))
      SimulatedAccount.set(draft, at: contents.channels.count - 1, &contents)
      contents.visible[id] = now + contents.visibilityDelay
      let answer = contents.falseAnswers.removeValue(forKey: name)
      return .success(answer ?? ChannelIdentity(id: id, uuid: contents.omitsUUIDs ? nil : uuid))
    }
  }

  package func update(_ current: RemoteChannel, to draft: ChannelDraft) async -> Attempt<Void> {
    await perform("update \(current.id)") { contents, now in
      guard let index = contents.channels.firstIndex(where: { $0.id == current.id }) else {
        return .failure(RemoteFailure("there is no such channel", status: 404))
      }
      if contents.takesWholeObjects {
        // What goes back is what the caller read; a member that it did not know is gone.
        contents.channels[index].raw = current.raw
        if now - contents.listed > .seconds(60) + latency { contents.staleUpdates += 1 }
      }
      contents.sideEffects[current.id].map { contents.channels[index].raw = $0 }
      SimulatedAccount.set(draft, at: index, &contents)
      return .success(())
    }
  }

  package func delete(_ identity: ChannelIdentity) async -> Attempt<Void> {
    await perform("delete \(identity.id)") { contents, _ in
      contents.channels.removeAll { $0.id == identity.id }
      return .success(())
    }
  }

  package func needsRecentListing(_ draft: ChannelDraft) -> Bool { snapshot.takesWholeObjects }

  package func hidden(
    _ channel: RemoteChannel, writing fields: [(name: String, value: Value)]
  ) -> [HiddenMember] {
    snapshot.hidden[channel.id] ?? []
  }

  package func unplanned(
    from before: RemoteChannel, to after: RemoteChannel, by draft: ChannelDraft
  ) -> [String] {
    before.raw == after.raw ? [] : ["settings.salt"]
  }

  package var profileIdentity: String? { snapshot.profile }

  /// One write: takes its time, and meets the fault that is ordered for it.
  private func perform<Success: Sendable>(
    _ label: String, _ effect: (inout AccountContents, Duration) -> Result<Success, RemoteFailure>
  ) async -> Attempt<Success> {
    let lost = Attempt<Success>(.unknown(RemoteFailure("the connection broke off")), calls: 1)
    guard power.step() else { return lost }
    contents.withLock { contents in
      contents.running += 1
      contents.mostRunning = max(contents.mostRunning, contents.running)
      contents.calls.append(label)
    }
    try? await clock.sleep(until: clock.now.advanced(by: latency), tolerance: nil)
    let attempt = contents.withLock { contents -> Attempt<Success> in
      contents.running -= 1
      let fault = contents.fault(for: label)
      switch fault {
      case .refused: return Attempt(.refused(RemoteFailure("Kit refused it", status: 422, code: 7)), calls: 1)
      case .dropped: return lost
      case .throttled: return Attempt(.unknown(SimulatedAccount.throttled), calls: 1)
      case .foreignPath: return Attempt(.unknown(SimulatedAccount.foreignPath), calls: 1)
      case .keptBack:
        contents.calls.lastIndex(of: label).map { _ = contents.calls.remove(at: $0) }
        return Attempt(.keptBack, calls: 0)
      case .answerLost, .throttledAfterwards, .foreignPathAfterwards, nil: break
      }
      guard power.isOn || contents.finishesInFlight else { return lost }
      switch effect(&contents, began.duration(to: clock.now)) {
      case .success(let value):
        switch fault {
        case nil: return Attempt(.done(value), calls: 1)
        case .throttledAfterwards: return Attempt(.unknown(SimulatedAccount.throttled), calls: 1)
        case .foreignPathAfterwards: return Attempt(.unknown(SimulatedAccount.foreignPath), calls: 1)
        default: return lost
        }
      case .failure(let failure): return Attempt(.refused(failure), calls: 1)
      }
    }
    let told = contents.withLock { contents in (contents.onAnswer, contents.calls.count) }
    told.0?(told.1)
    return power.step() ? attempt : lost
  }

  private static var throttled: RemoteFailure { RemoteFailure("Kit has had too many calls (429)", status: 429) }
  private static var foreignPath: RemoteFailure {
    RemoteFailure(
      "/add is not there (404)", remedy: "the profile test, line 7, names this path", status: 404, pathIsWrong: true)
  }

  private static func name(of draft: ChannelDraft) -> String {
    for case (name: "name", value: .text(let text)) in draft.fields { return text }
    return ""
  }

  private static func set(_ draft: ChannelDraft, at position: Int, _ contents: inout AccountContents) {
    for (name, sent) in draft.fields where !contents.ignoredFields.contains(name) {
      guard let index = draft.kind.index(of: name) else { continue }
      var value = sent
      if case .text(let text) = sent { value = .text(contents.storesTextsAs[text] ?? text) }
      if let secret = draft.secrets[name] {
        contents.secrets["\(contents.channels[position].id) \(name)"] = secret.reveal { $0 }
        if draft.kind.fields[index].isSecret { continue }
        let text = secret.reveal { $0 }
        contents.channels[position].values[index] = .text(contents.storesTextsAs[text] ?? text)
      } else {
        contents.channels[position].values[index] = value
      }
      if name == "name", case .text(let text) = value { contents.channels[position].name = text }
    }
  }
}

/// What a `SimulatedAccount` holds, and the faults that are ordered.
package struct AccountContents: Sendable {
  /// In the order of their ids.
  package var channels: [RemoteChannel] = []
  package var nextID = 100
  /// When a channel shows in listings, since the account began.
  package var visible: [Int: Duration] = [:]
  /// How long a new channel takes to show.
  package var visibilityDelay: Duration = .zero
  /// Whether a call that has left takes effect though its process dies.
  package var finishesInFlight = true
  /// Fields that the account takes and forgets.
  package var ignoredFields: Set<String> = []
  /// What the account stores of a string that it is sent, as one that normalises texts does.
  package var storesTextsAs: [String: String] = [:]
  /// Whether the answer to a creation leaves the UUID out.
  package var omitsUUIDs = false
  /// What the next creation of a name is answered with, in place of the channel that it made.
  package var falseAnswers: [String: ChannelIdentity] = [:]
  /// Whether an update puts its channel's `raw` in the place of the account's, as a Kit that replaces objects.
  package var takesWholeObjects = false
  /// Updates that were sent from a listing of more than a minute ago; each call takes its own latency beside that.
  package var staleUpdates = 0
  /// When the account was last listed.
  package var listed: Duration = .zero
  /// What an update makes of a channel's `raw` though nobody asked for it, by id.
  package var sideEffects: [Int: JSONValue] = [:]
  /// What the account does not show, by channel id.
  package var hidden: [Int: [HiddenMember]] = [:]
  /// What the account's API is taken to be.
  package var profile: String?
  /// How many listings fail before one succeeds.
  package var listingFailures = 0
  /// Faults by the call's label (`create Bot`, `update 7`, `delete 7`), the next one first; nil for none.
  package var faults: [String: [Fault?]] = [:]
  /// Faults by chance, where none is ordered by label.
  package var chance: (@Sendable (String, Int) -> Fault?)?
  /// Writes that arrived, in order.
  package var calls: [String] = []
  /// Called after each answer with the number of calls so far.
  package var onAnswer: (@Sendable (Int) -> Void)?
  package var listings = 0
  package var running = 0
  /// The most calls that ran side by side.
  package var mostRunning = 0
  /// Secrets as they were last set, by channel id and field.
  package var secrets: [String: String] = [:]

  package init() {}

  /// What happens to a write.
  package enum Fault: Sendable {
    case refused
    /// The request is lost: nothing happens, and nobody knows.
    case dropped
    /// It is done, and nobody knows.
    case answerLost
    /// The process itself does not let it leave.
    case keptBack
    /// 429 to a creation, which was not carried out.
    case throttled
    /// 429 to a creation that was carried out.
    case throttledAfterwards
    /// Somebody else's 404 to a creation, which was not carried out.
    case foreignPath
    /// Somebody else's 404 to a creation that was carried out.
    case foreignPathAfterwards
  }

  fileprivate mutating func fault(for label: String) -> Fault? {
    if var ordered = faults[label], !ordered.isEmpty {
      let next = ordered.removeFirst()
      faults[label] = ordered
      return next
    }
    return chance?(label, calls.count)
  }
}
