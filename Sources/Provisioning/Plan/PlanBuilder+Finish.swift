import Documents
import Manifest

extension PlanBuilder {
  /// Sorts and counts the changes, applies the guards, and collects errors and refusals.
  mutating func finish() -> Plan {
    findSameNames()
    diagnostics += MoveProposals(changes, created: created).diagnostics
    changes.sort { PlanBuilder.precedes($0, $1) }
    let state = input.state
    let guards = Guard(
      configuration: input.configuration, last: state?.guards, options: input.options,
      managed: state?.channels.count ?? 0)
    let changed = Set(changes.map(\.address))
    for index in changes.indices {
      let address = changes[index].address
      changes[index].memory = state?[refactoring.moves[address]?.old ?? address]?.fingerprint
    }
    let deleteFirst = input.options.deleteFirst.filter { address in
      changes.contains { $0.address == address && $0.action == .delete }
    }.sorted()
    for index in changes.indices where deleteFirst.contains(changes[index].address) {
      changes[index].impact.append("it is deleted first, even if other changes fail")
    }
    return Plan(
      environment: input.configuration.environment, account: input.account, lineage: state?.lineage,
      serial: state?.serial,
      targets: targets.labels, changes: changes, scope: scope(),
      deleteFirst: deleteFirst,
      refreshed: refreshed.filter { !changed.contains($0.address) }.sorted { $0.address < $1.address },
      unchanged: considered.count { !changed.contains($0) }, unmanaged: unmanaged(),
      managed: state?.channels.count ?? 0, calls: changes.count { $0.isCall }, reads: input.reads,
      guards: guards.remembered, loosenedGuards: guards.loosened,
      refusals: guards.refusals(changes, recreated: recreated, alreadyReported: reportedProtected) + lossRefusals(),
      diagnostics: input.diagnostics + refactoring.diagnostics + diagnostics + storedFindings() + secretFindings(),
      interrupted: input.interrupted)
  }

  /// Deletes first, then by address; changes of one address in the order in which they are carried out.
  private static func precedes(_ left: Change, _ right: Change) -> Bool {
    if (left.action == .delete) != (right.action == .delete) { return left.action == .delete }
    return left.address == right.address ? rank(left.action) < rank(right.action) : left.address < right.address
  }

  private static func rank(_ action: Action) -> Int {
    switch action {
    case .move: 0
    case .adopt: 1
    case .forget: 2
    case .create: 3
    case .update: 4
    case .release: 5
    case .delete: 6
    }
  }

  private func scope() -> Plan.Scope? {
    guard !targets.isWhole else { return nil }
    let all = written.union(refactoring.entries.keys)
    return Plan.Scope(channels: all.count { targets.contains($0) }, total: all.count)
  }

  /// Channels of the account that neither the state nor an adoption of this plan binds.
  private mutating func unmanaged() -> Int {
    input.channels.count - boundIDs().count
  }

  private mutating func boundIDs() -> Set<Int> {
    var bound = Set(refactoring.adoptions.values.map(\.channel.id))
    for entry in input.state?.channels ?? [] {
      if let channel = comparer.index.channel(of: entry) { bound.insert(channel.id) }
    }
    return bound
  }

  /// A create beside a channel of its kind and name that is not managed is almost always a lost binding.
  private mutating func findSameNames() {
    guard !created.isEmpty else { return }
    let bound = boundIDs()
    let lost = LostState(
      created, wanted: input.configuration.records.count, state: input.state,
      channels: input.channels.filter { !bound.contains($0.id) })
    if let lost {
      // Its creations are no proposals: the channels are there.
      considered.subtract(lost.found)
      changes.removeAll { $0.action == .create && lost.found.contains($0.address) }
      diagnostics.append(
        Diagnostic(
          .stateLost, at: nil, lost.message,
          why: "creating them would make a second channel of each name, and messages would still go to the first",
          suggestion: lost.remedy))
    }
    for record in created where !(lost?.found.contains(record.address) ?? false) {
      let found = comparer.index.channels(named: record.name).filter {
        $0.kind?.name == record.kind.name && !bound.contains($0.id)
      }
      guard let first = found.first else { continue }
      let entries = found.map { "adopt: {\(record.address): {uuid: \($0.uuid)}}" }
      diagnostics.append(
        Diagnostic(
          .channelExists, at: record["name"]?.place ?? record.place,
          found.count == 1
            ? "the account already has a channel “\(record.name)” of this kind that Kitform does not manage"
            : "the account already has \(found.count) channels “\(record.name)” of this kind that Kitform does not manage",
          why: "creating \(record.address) would make a second one of the same name; the present one has the UUID "
            + first.uuid,
          suggestion:
            "to manage it, write `\(entries.joined(separator: "` or `"))`; for a second one, give it another name"
        ))
    }
  }

  private func secretFindings() -> [Diagnostic] {
    var findings: [Diagnostic] = []
    for one in comparer.keptOnCreate {
      findings.append(
        Diagnostic(
          .secretKeep, at: one.place, "\(one.address) is created, so that there is no \(one.field) to keep",
          why: "{keep: true} leaves the value that Kit has, and a new channel has none",
          suggestion: "write a secret reference: {env: NAME} or {file: path}"))
    }
    let createdAddresses = Set(created.map(\.address))
    for one in comparer.unresolved {
      if createdAddresses.contains(one.address) {
        findings.append(
          Diagnostic(
            .secretUnresolved, input.options.requireSecrets ? .error : .warning, at: one.place,
            "\(one.address) cannot be created without its \(one.field): \(one.reason)",
            why: "an apply sends the value, and ends before its first call where it does not have it",
            suggestion: SecretFailure.remedy(isMissing: one.isMissing)))
        continue
      }
      findings.append(
        Diagnostic(
          .secretUnresolved, input.options.requireSecrets ? .error : .warning, at: one.place,
          "(secret) not compared: \(one.reason)",
          why: "whether \(one.field) of \(one.address) changes is not known without its value, and it is not sent",
          suggestion: SecretFailure.remedy(isMissing: one.isMissing)))
    }
    for (obstacle, places) in comparer.otherKeys.sorted(by: { $0.key.words < $1.key.words }) {
      var notes = places.prefix(3).map { Diagnostic.Note("\($0.field) of \($0.address)", at: $0.place) }
      let rest = places.count - notes.count
      if rest > 0 { notes.append(Diagnostic.Note("and \(rest) more", at: nil)) }
      findings.append(
        Diagnostic(
          .secretOtherKey, at: places.first?.place,
          "(secret) not compared, in \(Words.count(places.count, "field")): \(obstacle.words)",
          why: "a key is made of state.key, else of the account's token; a secret that is not compared is not sent",
          suggestion: obstacle.remedy, notes: notes))
    }
    if let failure = comparer.secrets.failure {
      findings.append(Diagnostic(.secretKey, at: nil, failure.words))
    }
    return findings
  }
}
