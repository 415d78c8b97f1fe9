import Documents

/// Checks closing times against the waiting times of the account's queues, for the values that will hold after an apply.
package struct WaitingTimes: Sendable {
  /// Seconds by queue id; a queue without an entry does not show its waiting time.
  private var account: [Int: Int] = [:]
  /// The ids of the account's queues; nil where it does not list them.
  private var listed: Set<Int>?
  private let assumed: [AssumedQueue]
  private let assumptions: AssumedQueues

  package init(_ facts: AccountFacts, assumed: [AssumedQueue]) {
    if case .objects(let queues) = facts[.queue] {
      for queue in queues { account[queue.id] = queue.maxWaitingTime }
      listed = Set(queues.map(\.id))
    }
    self.assumed = assumed
    assumptions = AssumedQueues(assumed)
  }

  /// Checks resolved records.
  ///
  /// - Parameters:
  ///   - current: The value that the account has for a field, in seconds; it holds where the manifest does not say.
  ///   - isTouched: Whether the plan creates the channel, or changes one of these fields.
  package func check(
    _ records: [Record], current: (Address, String) -> Int?, isTouched: (Address, [String]) -> Bool,
    _ findings: inout Findings
  ) {
    var functionRoute: SourcePlace?
    var assumedUsed: Set<Int> = []
    var open = OpenQueues()
    for record in records {
      for limit in record.waitingTimeLimits {
        if limit.leadsToFunction { functionRoute = functionRoute ?? record.place }
        guard let queue = limit.queue else { continue }
        let assumption = assumptions.index(of: queue)
        let shown = queue.id.flatMap { account[$0] }
        if let assumption {
          reportAssumption(assumption, shown: shown, queue: queue, used: &assumedUsed, findings: &findings)
        }
        let slot = record.slots[limit.index]
        guard let wait = shown ?? assumption.map({ assumed[$0].maxWaitingTime }) else {
          // A queue that the account does not have is a finding of its own.
          guard let id = queue.id, listed?.contains(id) ?? true else { continue }
          if slot != nil || current(record.address, limit.field) != nil {
            open.add(queue, at: slot?.place ?? record.place)
          }
          continue
        }
        let seconds: Int
        if case .seconds(let written)? = slot?.value {
          seconds = written
        } else if slot == nil, let held = current(record.address, limit.field) {
          seconds = held
        } else {
          continue
        }
        guard seconds <= wait, let rule = Rule.named(limit.rule) else { continue }
        let isError = isTouched(record.address, [limit.field, limit.route])
        findings.report(
          rule, at: slot?.place ?? record.place,
          WaitingTimeWords.message(limit.field, address: record.address, seconds: seconds, queue: queue, wait: wait),
          why: WaitingTimeWords.why,
          suggestion: WaitingTimeWords.suggestion(wait),
          notes: slot == nil ? [Diagnostic.Note("the manifest does not set it; Kit has this value", at: nil)] : [],
          severity: isError ? .error : .warning)
      }
    }
    open.report(&findings)
    if let functionRoute {
      findings.report(
        .closingUnchecked, at: functionRoute, "closing times of channels that lead to functions cannot be checked",
        why: "Kit does not say how long a function lets customers wait", severity: .info)
    }
  }

  /// Reports an assumption that is used because the account does not show the value, or that differs from the account.
  private func reportAssumption(
    _ index: Int, shown: Int?, queue: Reference, used: inout Set<Int>, findings: inout Findings
  ) {
    guard used.insert(index).inserted else { return }
    let fact = assumed[index]
    guard let shown else {
      findings.report(
        .closingUnchecked, at: fact.place,
        "the account does not show the waiting time of the queue \(queue.shortLabel): the assumed \(TimeSpan.text(fact.maxWaitingTime)) is used",
        suggestion: "compare it with the queue's settings in Kit", severity: .info)
      return
    }
    guard shown != fact.maxWaitingTime else { return }
    findings.report(
      .closingUnchecked, at: fact.place,
      "the queue \(queue.shortLabel) lets customers wait \(TimeSpan.text(shown)), but \(TimeSpan.text(fact.maxWaitingTime)) is assumed",
      suggestion: "write `maxWaitingTime: \(TimeSpan.text(shown))`")
  }
}

/// Queues with a closing time to check whose waiting time is unknown: the account shows none, or null or 0.
private struct OpenQueues {
  private var labels: [String] = []
  private var seen: Set<String> = []
  private var place: SourcePlace?

  mutating func add(_ queue: Reference, at place: SourcePlace) {
    guard seen.insert(queue.id.map { "\($0)" } ?? "`\(queue.label)`").inserted else { return }
    labels.append(queue.label)
    self.place = self.place ?? place
  }

  /// Reports all of them once.
  func report(_ findings: inout Findings) {
    guard !labels.isEmpty else { return }
    let shown = labels.prefix(5).map { "`\($0)`" }.joined(separator: ", ")
    let more = labels.count > 5 ? " and \(labels.count - 5) more" : ""
    findings.report(
      .closingUnchecked, at: place,
      "closing times are not checked for \(labels.count == 1 ? "the queue" : "the queues") \(shown)\(more): no waiting time is known",
      why: "Kit requires a closing time above the queue's waiting time, and the account shows none here",
      suggestion: "compare with the queue's settings in Kit, or write the waiting time under `assume.queues`",
      severity: .info)
  }
}
