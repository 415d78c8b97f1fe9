import Basics
package import Documents
package import Manifest
package import Provisioning

/// What reports show, without secrets: a title or a name of the account may hold one.
///
/// None of this is for a plan that is saved, applied or counted in a digest.
extension Redactor {
  /// A plan as it is shown; its digest is no longer the plan's.
  package func redact(_ plan: Plan) -> Plan {
    guard !isEmpty else { return plan }
    var plan = plan
    plan.account.name = redact(plan.account.name)
    plan.changes = plan.changes.map { redact($0) }
    plan.diagnostics = plan.diagnostics.map { redact($0) }
    plan.interrupted = plan.interrupted.map { redact($0) }
    plan.refusals = plan.refusals.map { refusal in
      var refusal = refusal
      refusal.message = redact(refusal.message)
      refusal.remedy = redact(refusal.remedy)
      return refusal
    }
    for index in plan.uncertain.indices {
      for place in plan.uncertain[index].candidates.indices {
        let uuid = plan.uncertain[index].candidates[place].uuid
        plan.uncertain[index].candidates[place].uuid = uuid.map { redact($0) }
      }
    }
    return plan
  }

  /// A change as it is shown.
  package func redact(_ change: Change) -> Change {
    var change = change
    change.uuid = change.uuid.map { redact($0) }
    change.name = redact(change.name)
    change.impact = change.impact.map { redact($0) }
    change.named = change.named.map { redact($0) }
    for index in change.wanted.indices { change.wanted[index].value = redact(change.wanted[index].value) }
    for index in change.fields.indices {
      change.fields[index].before = redact(change.fields[index].before)
      change.fields[index].after = redact(change.fields[index].after)
      change.fields[index].applied = change.fields[index].applied.map { redact($0) }
      change.fields[index].note = change.fields[index].note.map { redact($0) }
    }
    return change
  }

  private func redact(_ value: FieldValue) -> FieldValue {
    if case .value(let json) = value { .value(redact(json)) } else { value }
  }

  /// The account of an apply as it is shown.
  package func redact(_ result: ApplyResult) -> ApplyResult {
    guard !isEmpty else { return result }
    var result = result
    for index in result.changes.indices {
      result.changes[index].uuid = result.changes[index].uuid.map { redact($0) }
      guard var error = result.changes[index].error else { continue }
      error.message = redact(error.message)
      error.remedy = error.remedy.map { redact($0) }
      result.changes[index].error = error
    }
    for index in result.unverified.indices { result.unverified[index].reason = redact(result.unverified[index].reason) }
    return result
  }

  /// A finding as it is shown.
  package func redact(_ diagnostic: Diagnostic) -> Diagnostic {
    var diagnostic = diagnostic
    diagnostic.message = redact(diagnostic.message)
    diagnostic.why = diagnostic.why.map { redact($0) }
    diagnostic.suggestion = diagnostic.suggestion.map { redact($0) }
    diagnostic.notes = diagnostic.notes.map { .init(redact($0.message), at: $0.place) }
    return diagnostic
  }

  /// A channel of the manifests as a routing map shows it: its name, and where it leads.
  package func redact(_ record: Record) -> Record {
    var record = record
    for index in record.slots.indices {
      switch record.slots[index]?.value {
      case .text(let text)?: record.slots[index]?.value = .text(redact(text))
      case .route(let kind, var reference)?:
        reference.title = reference.title.map { redact($0) }
        record.slots[index]?.value = .route(kind, reference)
      default: break
      }
    }
    return record
  }
}
