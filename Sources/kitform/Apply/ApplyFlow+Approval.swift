import Basics
import Documents
import FoundationEssentials
import KitformEngine
import Manifest
import Provisioning
import Reports
import Wiring

extension ApplyFlow {
  /// What `--approve` gives.
  enum Approved {
    case digest(String)
    /// What a saved plan or a report shows.
    case file(ReviewedPlan)

    /// Reads a digest, or the file of that name.
    init(_ text: String, _ invocation: Invocation) throws {
      let written = Approved.bare(text)
      guard !written.isEmpty else {
        throw UsageFailure(
          message: "--approve is empty",
          remedy: "give the digest that `kitform plan` printed; a variable that it comes from may not be set")
      }
      guard written.hasPrefix(PlanDigest.prefix) else {
        self = .file(try readReviewedPlan(invocation.surroundings.absolute(text), for: invocation))
        return
      }
      guard PlanDigest.isDigest(written) else {
        let digits = written.dropFirst(PlanDigest.prefix.count).count
        throw UsageFailure(
          message: "`\(SafeText.escape(text))` is not a digest",
          remedy:
            "a digest is \(PlanDigest.prefix) and 40 hexadecimal digits, here are \(digits) characters; a file of such a name is ./\(SafeText.escape(text))"
        )
      }
      self = .digest(written)
    }

    /// A digest as it may be copied out of a plan or a comment, without the text around it and in lower case; any
    /// other text without spaces at its ends.
    static func bare(_ text: String) -> String {
      var text = text.trimmed
      var candidate = text.lowercased()
      if candidate.hasPrefix("plan digest:") { candidate = String(candidate.dropFirst("plan digest:".count)) }
      candidate = candidate.trimmed { $0.isWhitespace || "`'\"*".contains($0) }
      if candidate.hasPrefix(PlanDigest.prefix) { text = candidate }
      return text
    }

    var digest: String {
      switch self {
      case .digest(let digest): digest
      case .file(let plan): plan.approval.digest
      }
    }
  }

  /// A file that `apply` is given.
  enum SavedFile {
    case whole(PlanFile)
    /// It was edited, cut or damaged; `words` say which.
    case damaged(String)

    init(_ path: String, _ invocation: Invocation) throws {
      let path = invocation.surroundings.absolute(path)
      let bytes = try planBytes(path, for: invocation)
      do throws(PlanFileFailure) {
        self = .whole(try PlanFile(decoding: bytes, label: path))
      } catch {
        guard case .damaged = error else { throw LocalFailure(message: error.message, remedy: error.remedy) }
        self = .damaged(error.message)
      }
    }
  }

  /// What a saved plan comes to.
  enum SavedPlanDecision {
    case may(Engine.Planned)
    case ended(RunOutcome)
  }

  /// The digest of the approval; it is spent when the apply ends well.
  var approval: String? {
    switch consent {
    case .approved(let approved): approved.digest
    case .saved(.whole(let file), _): file.plan.digest
    case .saved(.damaged, _), .asked, .given, .accountName: nil
    }
  }

  /// The plan of a saved plan's file.
  var savedPlan: Plan? {
    if case .saved(.whole(let file), _) = consent { file.plan } else { nil }
  }

  /// The commit of the manifests that a saved plan was made of, as it says.
  var savedCommit: String? {
    if case .saved(.whole(let file), _) = consent { file.commit } else { nil }
  }

  /// Why an approval does not hold for a plan that was made now; empty where it does, or where there is none.
  func objections(to planned: Engine.Planned, _ state: State) -> [String] {
    guard case .approved(let approved) = consent else { return [] }
    if let spent = spent(approved, state) { return [spent] }
    switch approved {
    case .digest(let digest):
      guard digest != planned.plan.digest else { return [] }
      let others = [nil, planned.plan.profile?.last].filter { $0 != planned.plan.profile?.digest }
      let wasOther = others.contains { planned.plan.digest(underProfile: $0) == digest }
      return [
        wasOther
          ? "it approves the plan under another API profile than the one in use"
          : "the plan is no longer the one that was approved"
      ]
    case .file(let reviewed):
      return ApprovalCheck(
        reviewed.approval, plan: planned.plan, records: planned.records, state: planned.view ?? state,
        channels: planned.channels
      ).reasons
    }
  }

  /// Whether a file approves changes that have all come true, so that only the approval is left to be spent.
  func approvesMore(than plan: Plan) -> Bool {
    guard case .approved(.file(let reviewed)) = consent else { return false }
    return reviewed.approval.digest != plan.digest
  }

  private func spent(_ approved: Approved, _ state: State) -> String? {
    state.approvals.last { $0.digest == approved.digest }.map {
      "this approval was used on \($0.at) at serial \($0.serial)"
    }
  }

  /// Ends the command: the plan that was made now is shown already, and what is different from the reviewed one is added.
  func stale(_ reasons: [String], _ plan: Plan) -> RunOutcome {
    if case .approved(.file(let reviewed)) = consent, reviewed.approval.digest != plan.digest {
      show(PlanDiff(reviewed, ReviewedPlan(plan)), "the approved plan")
    }
    return tell(reasons, "the approval does not hold", "review the plan shown, and approve its digest")
  }

  private func show(_ diff: PlanDiff, _ old: String) {
    invocation.members.append(.init("difference", PlanDiffJSON.value(diff)))
    if invocation.global.format == .text {
      invocation.text +=
        "\n" + PlanDiffText(color: invocation.terminal.colorsOutput).render(diff, old: old, new: "the plan of now")
    }
  }

  private func tell(_ reasons: [String], _ what: String, _ remedy: String) -> RunOutcome {
    let more = reasons.count > 5 ? "; and \(reasons.count - 5) more" : ""
    invocation.diagnostics.append(
      Diagnostic(
        .approvalStale, at: nil,
        SafeText.escape("\(what): \(reasons.prefix(5).joined(separator: "; "))\(more); nothing was changed"),
        suggestion: remedy))
    return .stale
  }

  /// Holds a saved plan against state and account of now, and shows it; or shows what has become of it.
  func review(
    _ file: SavedFile, approved: Approved?, engine: Engine, state: State
  ) async throws -> SavedPlanDecision {
    switch file {
    case .damaged(let words): return .ended(try await refuse([words], old: nil, engine, state))
    case .whole(let file):
      var reasons: [String] = []
      if let approved {
        if approved.digest != file.plan.digest { reasons.append("it is not the plan that was approved") }
        if let spent = spent(approved, state) { reasons.append(spent) }
      }
      let reviewed = try await engine.review(file, state: state)
      reasons += reviewed.reasons
      guard reasons.isEmpty else { return .ended(try await refuse(reasons, old: file.plan, engine, state)) }
      let checkout = await invocation.repository.checkout()
      if let finding = checkout.finding { invocation.diagnostics.append(finding) }
      noteCommit(file, checkout.commit)
      await invocation.show(reviewed.planned.plan, engine)
      let verdict = reviewed.planned.plan.outcome(detailed: false)
      return verdict == .refused ? .ended(verdict) : .may(reviewed.planned)
    }
  }

  /// Refuses a saved plan, with the plan of now and the difference.
  private func refuse(
    _ reasons: [String], old: Plan?, _ engine: Engine, _ state: State
  ) async throws -> RunOutcome {
    let begun = [ApplyOutcome.interrupted, .partial].map(\.rawValue)
    let isBegun = state.history.contains { $0.digest == old?.digest && begun.contains($0.outcome) }
    let outcome = tell(
      reasons, "the saved plan may not be applied",
      isBegun
        ? "an apply of it has done a part of it: `kitform apply --approve FILE` goes on with the rest"
        : "review a new one: kitform plan --out FILE")
    let targets = old?.targets.compactMap { Target($0) } ?? []
    let planned = try await engine.plan(state, options: PlanOptions(targets: targets), ended: Surroundings.now())
    await invocation.show(planned.plan, engine)
    if let old, old.digest != planned.plan.digest {
      show(PlanDiff(ReviewedPlan(old), ReviewedPlan(planned.plan)), "the saved plan")
    }
    return planned.plan.outcome(detailed: false) == .invalid ? .invalid : outcome
  }

  /// What is applied is the plan in the file, whatever the manifests say by now; that is worth a word.
  private func noteCommit(_ file: PlanFile, _ head: String?) {
    guard let planned = file.commit, let head, planned != head else { return }
    invocation.diagnostics.append(
      Diagnostic(
        .planCommit, at: nil,
        "the plan was made of commit \(SafeText.escape(planned.prefixed)), and the manifests are at \(head.prefixed)",
        why: "a saved plan is applied as it was reviewed, without the manifests of now"))
  }
}

extension String {
  /// The first digits of a commit, enough to find it by.
  var prefixed: String { String(prefix(12)) }
}
