import Manifest

extension ApplyRun {
  /// A call is done: the journal, the ledger and the result say so.
  mutating func succeed(_ index: Int, _ identity: ChannelIdentity?) {
    let call = calls[index]
    journal.append(.done(operation: call.operation.number, id: identity?.id, uuid: identity?.uuid))
    ledger.record(call.change, done: identity, operation: call.operation.number)
    if call.key != nil, let identity { taken.insert(identity) }
    finish(call.index, result(of: index, .done, uuid: identity?.uuid ?? call.change.uuid))
    if let key = call.key { queue.free(key) }
  }

  /// A call is not done, for the reason given.
  mutating func fail(_ index: Int, _ verdict: ChangeResult.ChangeEnding, _ error: RemoteFailure) {
    finish(calls[index].index, result(of: index, verdict, uuid: calls[index].change.uuid, error: error))
  }

  /// A creation's outcome stays uncertain: the state keeps it, and no other creation of its key starts.
  mutating func doubt(_ index: Int, _ error: RemoteFailure) {
    uncertain.insert(calls[index].operation.number)
    fail(index, .uncertain, error)
    guard let key = calls[index].key else { return }
    for other in queue.drop(key) { refuse(other, inDoubt: calls[index].change.address) }
  }

  /// A creation may not start because another one of its natural key is in doubt.
  mutating func refuse(_ index: Int, inDoubt other: Address) {
    let address = calls[index].change.address
    ledger.close(calls[index].operation.number)
    if address == other {
      fail(
        index, .uncertain,
        RemoteFailure(
          "an earlier run may have created this channel, so this run does not create it",
          remedy: ApplyRun.resolution(of: address)))
    } else {
      fail(
        index, .notAttempted,
        RemoteFailure(
          "held back because an earlier creation of the same name, \(other), is uncertain",
          remedy: ApplyRun.resolution(of: other)))
    }
  }

  /// Looks at the account, as `listing` shows it, for the calls whose settle window was over by `deadline`.
  mutating func settleUncertain(_ listing: Result<[RemoteChannel], RemoteFailure>?, deadline: RunClock.Instant) {
    if listing != nil { listings += 1 }
    let due = settling.filter { index in listing == nil || calls[index].deadline.map { $0 <= deadline } ?? true }
    let judged = Set(due)
    settling.removeAll { judged.contains($0) }
    guard case .success(let channels)? = listing else {
      for index in due { leaveOpen(index, listing) }
      return
    }
    let excluded = Set(ledger.record.known).union(ledger.entries.values.lazy.map(\.id))
    let match = CreationMatch(channels: channels, excluded: excluded, comparison: applier.comparison)
    let shown = ShownChannels(channels)
    let hasStranger = wrongPath != nil && hasStranger(match, among: due)
    for index in due {
      switch calls[index].request {
      case .create: judgeCreation(index, match, hasStranger: hasStranger)
      case .update(let channel, _):
        judgeUpdate(index, shown[ChannelIdentity(id: channel.id, uuid: channel.uuid)])
      case .delete(let identity): judgeDeletion(index, isShown: shown[identity] != nil)
      }
    }
  }

  /// Whether the account has a new channel that none of the calls in question explains.
  private func hasStranger(_ match: CreationMatch, among due: [Int]) -> Bool {
    var explained = Set(ledger.entries.values.lazy.map(\.id))
    for index in due where calls[index].key != nil {
      if case .adopt(let channel, isShared: _)? = match.verdicts(on: [calls[index].operation]).first {
        explained.insert(channel.id)
      }
    }
    return !match.ids.isSubset(of: explained)
  }

  private mutating func judgeCreation(_ index: Int, _ match: CreationMatch, hasStranger: Bool) {
    let operation = calls[index].operation
    switch match.verdicts(on: [operation]).first ?? .missing {
    case .adopt(let channel, isShared: _):
      succeed(index, ChannelIdentity(id: channel.id, uuid: channel.uuid))
    case .missing where calls[index].namesOtherChannel:
      var error = unanswered(calls[index])
      error.message += "; the account does not show a new channel of this name"
      error.remedy = "look in Kit for the channel and for what answered in its place, then run the command again"
      doubt(index, error)
    case .missing where maySendAgain(calls[index]):
      queue.putBack(index)
    case .missing where calls[index].failure?.pathIsWrong == true && hasStranger:
      var error = unanswered(calls[index])
      error.message += "; the account has a new channel, which another call may have made"
      doubt(index, error)
    case .missing:
      journal.append(.refused(operation: operation.number))
      ledger.close(operation.number)
      fail(index, .failed, calls[index].failure ?? RemoteFailure("the account does not show the channel"))
      if let key = calls[index].key { queue.free(key) }
    case .uncertain(let candidates):
      let creation = UncertainCreation(operation: operation, candidates: candidates)
      doubt(index, RemoteFailure(creation.words, remedy: creation.remedy))
    }
  }

  /// Whether a creation that the account does not show is sent again: once, or three times where the server had too many calls.
  private func maySendAgain(_ call: RunCall) -> Bool {
    guard halt == nil, wrongPath == nil else { return false }
    return call.sends < (call.failure?.isThrottled == true ? 4 : 2)
  }

  /// A creation does not start, or is not sent again, because the path of creations is not Kit's.
  mutating func holdBack(_ index: Int, _ wrongPath: RemoteFailure) {
    ledger.close(calls[index].operation.number)
    if let failure = calls[index].failure {
      // It was looked for and is not there.
      journal.append(.refused(operation: calls[index].operation.number))
      fail(index, .failed, failure)
    } else {
      fail(
        index, .notAttempted,
        RemoteFailure(
          "held back because another creation met a path that is not Kit's: \(wrongPath.message)",
          remedy: wrongPath.remedy))
    }
    if let key = calls[index].key { queue.free(key) }
  }

  /// An update is done when the account shows its wanted values; a secret that it sent cannot be seen.
  private mutating func judgeUpdate(_ index: Int, _ channel: RemoteChannel?) {
    let call = calls[index]
    if let channel, !call.sendsSecret,
      applier.comparison.differences(of: channel, from: call.operation.wanted, at: call.change.address).isEmpty
    {
      succeed(index, nil)
    } else {
      ledger.doubt(call.change, operation: call.operation.number)
      fail(index, .uncertain, unanswered(call))
    }
  }

  private mutating func judgeDeletion(_ index: Int, isShown: Bool) {
    if isShown {
      ledger.close(calls[index].operation.number)
      fail(index, .uncertain, unanswered(calls[index]))
    } else {
      succeed(index, nil)
    }
  }

  /// The account could not be looked at: a creation stays open for the next run, the plan finds the rest again.
  private mutating func leaveOpen(_ index: Int, _ listing: Result<[RemoteChannel], RemoteFailure>?) {
    var error = unanswered(calls[index])
    if case .failure(let failure)? = listing {
      error.message += "; the account could not be read again: \(failure.message)"
    }
    if calls[index].key != nil {
      error.remedy = "run the command again: it looks for the channel before it creates one"
      doubt(index, error)
    } else {
      ledger.doubt(calls[index].change, operation: calls[index].operation.number)
      fail(index, .uncertain, error)
    }
  }

  private func unanswered(_ call: RunCall) -> RemoteFailure {
    var failure = call.failure ?? RemoteFailure("the answer was lost")
    failure.remedy = failure.remedy ?? "run the command again: the plan shows what is left"
    return failure
  }

  private func result(
    of index: Int, _ verdict: ChangeResult.ChangeEnding, uuid: String?, error: RemoteFailure? = nil
  ) -> ChangeResult {
    let call = calls[index]
    return ChangeResult(
      address: call.change.address, action: call.change.action, verdict: verdict, uuid: uuid, error: error,
      calls: call.calls, duration: call.started.map { $0.duration(to: applier.clock.now) } ?? .zero)
  }

  /// Records a change's end and reports it.
  mutating func finish(_ index: Int, _ result: ChangeResult) {
    results[index] = result
    applier.events(.finished(result))
  }

  private static func resolution(of address: Address) -> String { UncertainCreation.remedy(for: address) }
}
