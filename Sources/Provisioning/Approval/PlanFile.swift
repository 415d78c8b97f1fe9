import Basics
import Documents
import Manifest

/// A saved plan: the plan with the tool and commit that made it, as bytes from which it comes back whole or not at all.
///
/// It holds names, URLs and ids for all who can read it, and secrets as references and keyed fingerprints. Findings and
/// refusals are not saved: a plan that is refused or has errors is written to no file. The checksum finds accidents, not forgery.
package struct PlanFile: Sendable, Equatable {
  /// What the first member of every saved plan says.
  package static let format = "kitform.plan/v1"
  /// The most that a saved plan may take, in bytes.
  package static let byteLimit = 64 << 20

  package var plan: Plan
  /// The version of Kitform that made it.
  package var tool: String
  /// The commit of the manifests, where there is one.
  package var commit: String?

  package init(_ plan: Plan, tool: String, commit: String? = nil) {
    self.plan = plan
    self.plan.refusals = []
    self.plan.diagnostics = []
    self.plan.uncertain = []
    self.plan.canaries = []
    self.tool = tool
    self.commit = commit
  }

  /// Canonical JSON whose last member is a SHA-256 over the compact form of those before it.
  package func encode() -> [UInt8] { PlanFile.seal(members) }

  /// The bytes of a saved plan with these members.
  static func seal(_ members: [JSONValue.Member]) -> [UInt8] { ChecksummedJSON(members).encode() }

  /// Reads the bytes of a saved plan; `label` is the file's path, for messages.
  package init(decoding bytes: [UInt8], label: String) throws(PlanFileFailure) {
    let composed = JSONComposer.compose(
      SourceFile(path: label, bytes: bytes), file: 0,
      budget: DocumentBudget(
        bytes: PlanFile.byteLimit, scalarBytes: PlanFile.byteLimit, nodes: PlanFile.byteLimit / 8))
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else {
      guard bytes.firstRange(of: Array(ApprovalBlock.start.utf8)) == nil else { throw .report(label: label) }
      throw .damaged(label: label, reason: "it is cut, or it is not JSON")
    }
    let json = composed.document.json(root)
    guard json["approval"] == nil else { throw .report(label: label) }
    guard case .object(var members) = json, case .string(let format)? = members.first?.value,
      members.first?.key == "format", format.hasPrefix("kitform.plan/v")
    else {
      throw .foreign(label: label)
    }
    guard format == PlanFile.format else { throw .newer(label: label, format: format) }
    guard let last = members.popLast(), last.key == "sha256" else {
      throw .foreign(label: label)
    }
    guard last.value == .string(ChecksummedJSON(members).checksum) else {
      throw .damaged(label: label, reason: "its checksum differs: it was changed or damaged after Kitform wrote it")
    }
    // `DocumentSealer` opens an encrypted plan unless its text is another one than Kitform writes.
    guard !members.contains(where: { $0.key == "encryption" }) else {
      throw .damaged(label: label, reason: ChecksummedJSON.difference(of: bytes))
    }
    do throws(StateDamage) {
      try self.init(StateReader(.object(members)))
    } catch {
      throw .damaged(label: label, reason: error.words)
    }
    guard ChecksummedJSON(self.members).encodes(to: bytes) else {
      throw .damaged(label: label, reason: ChecksummedJSON.difference(of: bytes))
    }
  }

  private var members: [JSONValue.Member] {
    var members: [JSONValue.Member] = [
      .init("format", .string(PlanFile.format)), .init("tool", .string(tool)), .init("commit", .text(commit)),
      .init("environment", .string(plan.environment)),
      .init(
        "account",
        [
          "name": .string(plan.account.name), "host": .string(plan.account.host),
          "sandbox": .bool(plan.account.isSandbox),
        ]),
    ]
    if let profile = plan.profile { members.append(.init("profile", profile.json)) }
    members += [
      .init("lineage", .text(plan.lineage)), .init("serial", .count(plan.serial)),
      .init("digest", .string(plan.digest)),
      .init("targets", .array(plan.targets.map { .string($0) })),
      .init("deleteFirst", .array(plan.deleteFirst.map { .string($0.description) })),
    ]
    if let scope = plan.scope {
      members.append(.init("partial", ["channels": .integer(scope.channels), "of": .integer(scope.total)]))
    }
    let counts = [
      ("unchanged", plan.unchanged), ("unmanaged", plan.unmanaged), ("managed", plan.managed), ("calls", plan.calls),
      ("reads", plan.reads),
    ]
    members.append(.init("counts", .object(counts.map { .init($0.0, .integer($0.1)) })))
    members.append(.init("guards", plan.guards.json))
    if let last = plan.loosenedGuards { members.append(.init("loosenedGuards", last.json)) }
    members.append(.init("interrupted", .array(plan.interrupted.map { .string($0) })))
    members.append(.init("changes", .array(plan.changes.map(\.json))))
    members.append(.init("refreshed", .object(plan.refreshed.map { .init($0.address.description, $0.json) })))
    return members
  }

  private init(_ reader: StateReader) throws(StateDamage) {
    let account = try reader.object("account")
    let counts = try reader.object("counts")
    plan = Plan(
      environment: try reader.text("environment"),
      account: State.AccountBinding(
        host: try account.text("host"), name: try account.text("name"), isSandbox: try account.flag("sandbox")),
      lineage: try reader.optionalText("lineage"), serial: try reader.optionalInteger("serial"),
      targets: try reader.texts("targets"),
      unchanged: try counts.integer("unchanged"), unmanaged: try counts.integer("unmanaged"),
      managed: try counts.integer("managed"), calls: try counts.integer("calls"), reads: try counts.integer("reads"),
      guards: try GuardLimits(reader.object("guards")), interrupted: try reader.texts("interrupted"))
    for text in try reader.texts("deleteFirst") { plan.deleteFirst.append(try reader.address(text, "deleteFirst")) }
    if let scope = try reader.optional("partial") {
      plan.scope = Plan.Scope(channels: try scope.integer("channels"), total: try scope.integer("of"))
    }
    if let profile = try reader.optional("profile") { plan.profile = try PlanProfile(profile) }
    if let last = try reader.optional("loosenedGuards") { plan.loosenedGuards = try GuardLimits(last) }
    for change in try reader.array("changes") { plan.changes.append(try Change(change)) }
    for (name, entry) in try reader.objects("refreshed") { plan.refreshed.append(try State.Entry(name, entry)) }
    tool = try reader.text("tool")
    commit = try reader.optionalText("commit")
    guard try reader.text("digest") == plan.digest else { throw reader.damage("digest") }
  }
}

/// Why a saved plan cannot be used.
package enum PlanFileFailure: Error, Sendable, Equatable {
  /// Some other file.
  case foreign(label: String)
  /// A JSON or Markdown report of a plan.
  case report(label: String)
  /// A form that this version does not know.
  case newer(label: String, format: String)
  /// Cut, edited or damaged.
  case damaged(label: String, reason: String)

  /// What is wrong, one sentence.
  package var message: String {
    switch self {
    case .foreign(let label): "\(label) is not a saved plan"
    case .report(let label): "\(label) is a report of a plan, and no saved plan"
    case .newer(let label, let format): "\(label) was written by another version of Kitform, in the form \(format)"
    case .damaged(let label, let reason): "the saved plan \(label) cannot be used: \(reason)"
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .foreign: "give the file that `kitform plan --out FILE` wrote"
    case .report:
      "`kitform apply --approve FILE` makes the plan anew and applies it while it is what the report shows; `kitform plan-diff` compares it; a saved plan is a file that `kitform plan --out FILE` wrote"
    case .newer: "plan and apply with the same version"
    case .damaged: "make a new one with `kitform plan --out FILE`"
    }
  }
}
