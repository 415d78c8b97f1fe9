import Documents

/// Rules that concern more than one value, as far as the manifests alone can tell.
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
    struct Name: Hashable {
      var kind: String
      var text: String
    }
    var seen: [Name: Int] = [:]
    seen.reserveCapacity(records.count)
    for index in order {
      let record = records[index]
      guard let slot = record["name"], case .text(let text) = slot.value, !text.isEmpty else { continue }
      if let known = seen.updateValue(index, forKey: Name(kind: record.kind.name, text: text)),
        case let first = records[known], let firstSlot = first["name"]
      {
        findings.report(
          .nameDuplicate, at: slot.place, "`\(record.address)` and `\(first.address)` have one name",
          why: "nobody can tell them apart in Kit", suggestion: "give one of them another name",
          notes: [Diagnostic.Note("the first stands here", at: firstSlot.place)])
      }
    }
  }

  /// Two channels that take one secret, for fields that say it must be a channel's own; `order` is that of the files.
  private static func sharedSecrets(_ records: [Record], _ order: [Int], _ findings: inout Findings) {
    struct Use: Hashable {
      var rule: String
      var reference: SecretReference
    }
    var seen: [Use: SourcePlace] = [:]
    for index in order {
      let record = records[index]
      for (slot, field) in zip(record.slots, record.kind.fields) {
        guard let slot, case .secret(let reference) = slot.value, reference != .keep,
          case .unshared(let id)? = field.checks.first(where: { if case .unshared = $0 { true } else { false } })
        else { continue }
        let use = Use(rule: id, reference: reference)
        if let first = seen.updateValue(slot.place, forKey: use), let rule = Rule.named(id) {
          findings.report(
            rule, at: slot.place, "`\(record.address)` takes the same token as another channel: \(reference.label)",
            why: "generating a new access key for one group invalidates the old one, and both channels stop",
            suggestion: "generate a key for each group", notes: [Diagnostic.Note("the first stands here", at: first)])
        }
      }
    }
  }

  /// Closing times against the waiting times that the manifests assume.
  private static func closingTimes(_ configuration: Configuration, _ findings: inout Findings) {
    guard !configuration.assumedQueues.isEmpty else { return }
    let assumptions = AssumedQueues(configuration.assumedQueues)
    var reportedDefaults: Set<SourcePlace> = []
    for record in configuration.records {
      for limit in record.waitingTimeLimits {
        guard let slot = record.slots[limit.index], case .seconds(let seconds) = slot.value, let queue = limit.queue,
          let assumed = assumptions.index(of: queue).map({ configuration.assumedQueues[$0] }),
          seconds <= assumed.maxWaitingTime, let rule = Rule.named(limit.rule)
        else { continue }
        if slot.origin == .defaults, !reportedDefaults.insert(slot.place).inserted { continue }
        findings.report(
          rule, at: slot.place,
          WaitingTimeWords.message(limit.field, record.address, seconds, queue, assumed.maxWaitingTime),
          why: WaitingTimeWords.why, suggestion: WaitingTimeWords.suggestion(assumed.maxWaitingTime),
          notes: [Diagnostic.Note("the waiting time is assumed here", at: assumed.place)]
            + (slot.origin == .defaults ? [Diagnostic.Note("this channel takes the default", at: record.place)] : []))
      }
    }
  }
}

/// The words of the one rule that stands offline and with the account.
enum WaitingTimeWords {
  static let why = "Kit would close conversations that still wait in the queue"

  static func message(_ field: String, _ address: Address, _ seconds: Int, _ queue: Reference, _ wait: Int) -> String {
    "`\(field)` of `\(address)` is \(TimeSpan.text(seconds)), not more than the \(TimeSpan.text(wait)) that the queue \(queue.label) lets customers wait"
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
