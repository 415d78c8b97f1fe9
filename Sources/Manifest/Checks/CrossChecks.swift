import Basics
import Documents

/// Rules about more than one value that need the manifests only.
enum CrossChecks {
  static func run(_ configuration: Configuration, _ findings: inout Findings) {
    let records = configuration.records
    let order = records.indices.sorted {
      (records[$0].place.file, records[$0].place.start) < (records[$1].place.file, records[$1].place.start)
    }
    names(records, order, &findings)
    sharedSecrets(records, order, &findings)
    closingTimes(configuration, &findings)
  }

  /// Two channels of one kind with one name; `order` is that of the files.
  private static func names(_ records: [Record], _ order: [Int], _ findings: inout Findings) {
    var seen = IndexTable()
    var groups = SameUses()
    // Names that are equal after NFC, and other bytes than the first one.
    var otherwise: [Int: String] = [:]
    for index in order {
      let record = records[index]
      guard let slot = record["name"], case .text(let text) = slot.value, !text.isEmpty else { continue }
      let known = seen.insert(index, hash: text.hashValue) {
        records[$0].kind === record.kind && records[$0].name == text
      }
      guard let known else { continue }
      groups.add((record.address, slot.place), like: known)
      if otherwise[known] == nil, !text.utf8.elementsEqual(records[known].name.utf8) { otherwise[known] = text }
    }
    for (first, others) in groups.all {
      guard let other = others.first, let firstSlot = records[first]["name"] else { continue }
      findings.report(
        .nameDuplicate, at: other.place,
        others.count == 1
          ? "`\(other.address)` and `\(records[first].address)` have one name"
          : "\(others.count + 1) channels have one name: \(SameUses.list(records[first].address, others))",
        why: sameName(records[first].name, otherwise[first]),
        suggestion: others.count == 1 ? "give one of them another name" : "give each of them a name of its own",
        notes: SameUses.notes(firstSlot.place, others))
    }
  }

  /// Why equal names are a mistake; names that look equal in a file may be other bytes.
  private static func sameName(_ name: String, _ other: String?) -> String {
    let why = "people cannot distinguish them in Kit"
    guard let other else { return why }
    return "they differ only in how their characters are encoded"
      + (UnseenDifference.words(from: name, to: other).map { " (\($0))" } ?? "") + "; \(why)"
  }

  /// Two channels that take one secret, for fields that say it must be a channel's own; `order` is that of the files.
  private static func sharedSecrets(_ records: [Record], _ order: [Int], _ findings: inout Findings) {
    var seen = IndexTable()
    var uses: [(record: Int32, field: Int32)] = []
    func use(_ index: Int) -> (reference: SecretReference, rule: String, place: SourcePlace)? {
      let record = records[Int(uses[index].record)]
      return use(record.slots[Int(uses[index].field)], record.kind.fields[Int(uses[index].field)])
    }
    func use(_ slot: Slot?, _ field: Field) -> (reference: SecretReference, rule: String, place: SourcePlace)? {
      guard let slot, case .secret(let reference) = slot.value, reference != .keep,
        case .unshared(let rule)? = field.checks.first(where: { if case .unshared = $0 { true } else { false } })
      else { return nil }
      return (reference, rule, slot.place)
    }
    var groups = SameUses()
    for index in order {
      let record = records[index]
      for (number, field) in record.kind.fields.enumerated() {
        guard let one = use(record.slots[number], field) else { continue }
        uses.append((Int32(index), Int32(number)))
        let known = seen.insert(uses.count - 1, hash: one.reference.hashValue) { index in
          use(index).map { $0.rule == one.rule && $0.reference == one.reference } ?? false
        }
        if let known { groups.add((record.address, one.place), like: known) }
      }
    }
    for (known, others) in groups.all {
      guard let other = others.first, let first = use(known), let rule = Rule.named(first.rule) else { continue }
      let label = SafeText.shortened(first.reference.label)
      findings.report(
        rule, at: other.place,
        others.count == 1
          ? "`\(other.address)` takes the same token as another channel: \(label)"
          : "\(others.count + 1) channels take one token: \(label)",
        why: "a new access key invalidates the old one, so both channels would stop",
        suggestion: "generate a key for each group", notes: SameUses.notes(first.place, others))
    }
  }

  /// Closing times against the waiting times that the manifests assume.
  private static func closingTimes(_ configuration: Configuration, _ findings: inout Findings) {
    guard !configuration.assumedQueues.isEmpty else { return }
    let assumptions = AssumedQueues(configuration.assumedQueues)
    // A default value that is too short for a queue is one mistake, however many channels take it there.
    var defaults: [DefaultKey: (finding: Diagnostic, users: DefaultUsers)] = [:]
    var order: [DefaultKey] = []
    for record in configuration.records {
      for limit in record.waitingTimeLimits {
        guard let slot = record.slots[limit.index], case .seconds(let seconds) = slot.value, let queue = limit.queue,
          let index = assumptions.index(of: queue), case let assumed = configuration.assumedQueues[index],
          seconds <= assumed.maxWaitingTime, let rule = Rule.named(limit.rule)
        else { continue }
        let isDefault = slot.origin == .defaults
        let finding = Diagnostic(
          rule, at: slot.place,
          WaitingTimeWords.message(
            limit.field, address: isDefault ? nil : record.address, seconds: seconds, queue: queue,
            wait: assumed.maxWaitingTime),
          why: WaitingTimeWords.why, suggestion: WaitingTimeWords.suggestion(assumed.maxWaitingTime),
          notes: [Diagnostic.Note("the waiting time is assumed here", at: assumed.place)])
        guard isDefault else {
          findings.append(contentsOf: [finding])
          continue
        }
        let key = DefaultKey(place: slot.place, queue: index)
        if defaults[key] == nil {
          defaults[key] = (finding, DefaultUsers())
          order.append(key)
        }
        defaults[key]?.users.add(record.place)
      }
    }
    for key in order {
      guard var found = defaults[key] else { continue }
      found.finding.notes += found.users.notes
      findings.append(contentsOf: [found.finding])
    }
  }

  /// Channels that use what another one used before: one mistake, however many they are.
  private struct SameUses {
    typealias PlacedUse = (address: Address, place: SourcePlace)

    private var groups: [(first: Int, others: [PlacedUse])] = []
    private var indices: [Int: Int] = [:]

    /// The first use by its index, with the others, in the order in which the second ones were found.
    var all: [(first: Int, others: [PlacedUse])] { groups }

    mutating func add(_ use: PlacedUse, like first: Int) {
      if let index = indices[first] {
        groups[index].others.append(use)
      } else {
        indices[first] = groups.count
        groups.append((first, [use]))
      }
    }

    static func list(_ first: Address, _ others: [PlacedUse]) -> String {
      let named = ([first] + others.prefix(4).map(\.address)).map(\.description)
      let rest = others.count - 4
      guard rest > 0 else { return Words.list(named) }
      return named.map { "`\($0)`" }.joined(separator: ", ") + " and \(rest) more"
    }

    /// The first use, a few of the others, and how many more there are.
    static func notes(_ first: SourcePlace, _ others: [PlacedUse]) -> [Diagnostic.Note] {
      var notes = [Diagnostic.Note("the first is here", at: first)]
      notes += others.dropFirst().prefix(2).map { Diagnostic.Note("`\($0.address)` has it too", at: $0.place) }
      if others.count > 3 {
        notes.append(Diagnostic.Note("and \(Words.count(others.count - 3, "more channel"))", at: nil))
      }
      return notes
    }
  }

  private struct DefaultKey: Hashable {
    var place: SourcePlace
    /// The index of the assumption.
    var queue: Int
  }
}

/// The message of the rule that is checked both offline and against the account.
enum WaitingTimeWords {
  static let why = "Kit would close conversations that still wait in the queue"

  /// - Parameter address: The channel; nil for a value that several channels take.
  static func message(_ field: String, address: Address?, seconds: Int, queue: Reference, wait: Int) -> String {
    "`\(field)`\(address.map { " of `\($0)`" } ?? "") is \(TimeSpan.text(seconds)), not more than the \(TimeSpan.text(wait)) that the queue \(queue.shortLabel) lets customers wait"
  }

  static func suggestion(_ wait: Int) -> String {
    "write more than `\(TimeSpan.text(wait))`, or shorten the queue's max. waiting time in Kit"
  }
}

/// A field whose duration must exceed a queue's waiting time, as one record has it.
struct WaitingTimeLimit {
  var index: Int
  var field: String
  /// The field that says where messages go.
  var route: String
  /// The rule's id.
  var rule: String
  /// The queue to which the record's route leads; nil for any other route.
  var queue: Reference?
  var leadsToFunction: Bool
}

extension Record {
  /// The fields that `Check.exceedsWaitingTime` binds, with the queue that this record names.
  var waitingTimeLimits: [WaitingTimeLimit] {
    kind.fields.indices.compactMap { index in
      for case .exceedsWaitingTime(let route, let id) in kind.fields[index].checks {
        var limit = WaitingTimeLimit(
          index: index, field: kind.fields[index].name, route: route, rule: id, leadsToFunction: false)
        if case .route(let kind, let reference)? = self[route]?.value {
          if kind == .queue { limit.queue = reference } else { limit.leadsToFunction = true }
        }
        return limit
      }
      return nil
    }
  }
}
