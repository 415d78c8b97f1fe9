import Basics
import Documents
import Manifest

extension PlanBuilder {
  /// Adds to an update what the account does not show of the objects that it writes whole, as far as the manifest has it.
  ///
  /// Values that cannot be sent are noted in `losses`, except members that `--accept-loss` names.
  ///
  /// - Returns: the accepted ones, sorted.
  mutating func sendAgain(_ fields: inout [FieldChange], _ record: Record, _ channel: RemoteChannel) -> [String] {
    var hidden: [HiddenMember] = []
    var sent = fields.filter(\.isSent).map(\.name)
    // A field that is sent again may be in one more object.
    while !sent.isEmpty {
      hidden = input.hidden(channel, sent.map { ($0, record[$0]?.value ?? .cleared) })
      let repeated = hidden.filter { !sent.contains($0.name) }.compactMap { again($0.name, fields, record) }
      guard !repeated.isEmpty else { break }
      for field in repeated {
        fields.removeAll { $0.name == field.name }
        insert(field, into: &fields, record)
      }
      sent += repeated.map(\.name)
    }
    let accepted = input.options.acceptedLosses[record.address] ?? []
    let lost = Set(hidden.lost(sending: sent, accepting: []))
    let refused = lost.subtracting(accepted).sorted()
    if !refused.isEmpty { losses.append((record.address, refused)) }
    return lost.intersection(accepted).sorted()
  }

  /// The field as it is sent once more; nil for one whose value the manifest does not have.
  private func again(_ name: String, _ fields: [FieldChange], _ record: Record) -> FieldChange? {
    guard let index = record.kind.index(of: name), let slot = record.slots[index] else { return nil }
    if case .secret(.keep) = slot.value { return nil }
    let position = input.sources.position(of: slot.place)
    guard case .secret(let reference) = slot.value else {
      return FieldChange(
        name: name, before: .unknown,
        after: .value(comparer.index.titled(slot.value, shape: record.kind.fields[index].shape).json),
        cause: .manifest, source: position, note: PlanBuilder.againWords)
    }
    let isCompared = !fields.contains { $0.name == name && $0.secret == .notCompared }
    return FieldChange(
      name: name, before: .unknown, after: .secret(reference), secret: .again, cause: .manifest, source: position,
      note: isCompared ? PlanBuilder.againWords : "sent again: it could not be compared")
  }

  private static let againWords = "sent again, unchanged"

  /// Why updates are refused that would lose what the account does not show.
  func lossRefusals() -> [Refusal] {
    losses.sorted { $0.address < $1.address }.map { address, members in
      let names = members.map { SafeText.escape($0) }
      return Refusal(
        rule: .updateLoss, addresses: [address],
        message:
          "the update of \(address) may delete \(names.joined(separator: ", ")): the account does not show the value, "
          + "and the object that holds it is written whole",
        remedy:
          "write a secret reference for a field that has `{keep: true}`; or `update: merge` in the API profile, where Kit "
          + "keeps the members that are not sent; or `readChannel` there, where Kit shows more of one channel than its "
          + "listing does; or accept the loss: "
          + names.map { "--accept-loss \(address).\($0)" }.joined(separator: " "))
    }
  }
}
