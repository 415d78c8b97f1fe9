import Manifest

/// A creation whose answer is not known, and which the account's listing does not settle.
package struct UncertainCreation: Sendable, Equatable {
  package var operation: RunRecord.RunOperation
  /// The channels that it may have made, by id.
  package var candidates: [ChannelIdentity]

  package init(operation: RunRecord.RunOperation, candidates: [ChannelIdentity]) {
    self.operation = operation
    self.candidates = candidates
  }

  /// What is in doubt, one sentence.
  package var words: String {
    let names = candidates.map { "\($0.uuid ?? "(unknown)") (id \($0.id))" }.joined(separator: ", ")
    let found =
      switch candidates.count {
      case 0: "the account could not be asked"
      case 1: "the channel with the UUID \(names) has the same name, but differs from what was sent"
      default: "channels with the UUIDs \(names) have the same name"
      }
    return "it is uncertain whether the channel was created: the answer was lost, and \(found)"
  }

  /// What to do about it.
  package var remedy: String { UncertainCreation.remedy(for: operation.address) }

  /// What an apply that leaves it alone says of it.
  var result: ChangeResult {
    ChangeResult(
      address: operation.address, action: operation.action, verdict: .uncertain,
      error: RemoteFailure(words, remedy: remedy))
  }

  static func remedy(for address: Address) -> String {
    "find the channel in Kit and run `kitform state resolve \(address) --uuid UUID`; "
      + "if another person created them, `adopt` each under an address of its own, apply, and run the command again"
  }
}
