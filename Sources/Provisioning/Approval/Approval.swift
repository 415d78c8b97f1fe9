package import Basics
import Manifest

/// The part of a plan that a reviewer approves: where it applies, and every change by its hash.
///
/// See Plans.md, "The saved plan and the digest".
///
/// A saved plan is one, a JSON report has one in its member `approval`, and a Markdown report hides one in a comment.
/// It holds no value of any field, so that it may be published wherever the digest may.
package struct Approval: Sendable, Equatable {
  /// What the member `format` says.
  package static let format = "kitform.approval/v1"

  package var account: State.AccountBinding
  package var environment: String
  /// The plan's targets, sorted; empty for a whole plan.
  package var targets: [String]
  /// The digest of the API profile that the plan was made under; nil for the built-in one.
  package var profile: String?
  /// In the plan's order; loosened limits come last, at the address `guards`. None in an approval of a whole plan.
  package var changes: [ApprovedChange]
  package var digest: String
  /// Whether it holds the digest alone, and so approves exactly this plan: what a report has that was too long for more.
  package var isWhole = false

  /// One change of the plan.
  package struct ApprovedChange: Sendable, Equatable {
    /// The channel's address, or `guards`.
    package var address: String
    package var action: Action
    /// See `PlanDigest.hash(of:in:)`.
    package var hash: String
    /// The channel's UUID; nil for a create.
    package var uuid: String?
    /// The fields that count, sorted by their bytes.
    package var fields: [String]
    /// A hash of the planned values: it shows later whether the account has them already.
    package var after: String

    /// What people call the change.
    package var words: String { "\(action.rawValue) \(address)" }
  }

  /// The approval that a plan asks for.
  package init(plan: Plan) {
    account = plan.account
    environment = plan.environment
    targets = plan.targets
    profile = plan.profile?.digest
    changes = plan.changes.map { change in
      let fields = PlanDigest.counted(change.fields)
      return ApprovedChange(
        address: change.address.description, action: change.action, hash: PlanDigest.hash(of: change, in: plan),
        uuid: change.uuid, fields: fields.map(\.name), after: PlanDigest.hash(after: fields.map { ($0.name, $0.after) })
      )
    }
    if let last = plan.loosenedGuards {
      let fields = plan.guards.differences(from: last)
      changes.append(
        ApprovedChange(
          address: GuardLimits.address, action: .update, hash: PlanDigest.hash(of: plan.guards, after: last), uuid: nil,
          fields: fields.map(\.name), after: PlanDigest.hash(after: fields.map { ($0.name, .value($0.after)) })))
    }
    digest = plan.digest
  }

  /// The same plan, approved by its digest alone; it takes the same room however many changes there are.
  package var asWhole: Approval {
    var approval = self
    approval.changes = []
    approval.targets = []
    approval.isWhole = true
    return approval
  }

  /// The approval as JSON, members in the order of their keys.
  package var json: JSONValue {
    var members: [JSONValue.Member] = [.init("account", .string(account.name))]
    if !isWhole { members.append(.init("changes", .array(changes.map(\.json)))) }
    members += [
      .init("digest", .string(digest)), .init("environment", .string(environment)),
      .init("format", .string(Approval.format)), .init("host", .string(account.host)),
    ]
    if let profile { members.append(.init("profile", .string(profile))) }
    members.append(.init("sandbox", .bool(account.isSandbox)))
    members.append(isWhole ? .init("whole", true) : .init("targets", .array(targets.map { .string($0) })))
    return .object(members)
  }

  /// The hidden block of a Markdown report: three lines, the last with its line break.
  ///
  /// It is ASCII, and no data can end the comment or mean anything to Markdown: what could is escaped inside its string.
  package var markdownBlock: String {
    var line = ""
    for scalar in CanonicalJSON.text(json).unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", "{", "}", "[", "]", "\"", ":", ",", "\\", ".", "/", " ":
        line.unicodeScalars.append(scalar)
      default:
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
          let digits = String(unit, radix: 16)
          line += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
        }
      }
    }
    return "\(ApprovalBlock.start)\n\(line)\n\(ApprovalBlock.end)\n"
  }
}

extension Approval.ApprovedChange {
  fileprivate var json: JSONValue {
    var members: [JSONValue.Member] = [
      .init("address", .string(address)), .init("action", .string(action.rawValue)), .init("hash", .string(hash)),
    ]
    if let uuid { members.append(.init("uuid", .string(uuid))) }
    members.append(.init("fields", .array(fields.map { .string($0) })))
    members.append(.init("after", .string(after)))
    return .object(members)
  }
}

extension Approval {
  /// Reads what `json` wrote; the digest must be that of the rest.
  init(block: JSONValue, _ label: String) throws(ApprovalFailure) {
    do throws(StateDamage) {
      let reader = try StateReader(block)
      let format = try reader.text("format")
      guard format == Approval.format else { throw reader.damage("format") }
      account = State.AccountBinding(
        host: try reader.text("host"), name: try reader.text("account"), isSandbox: try reader.flag("sandbox"))
      environment = try reader.text("environment")
      profile = reader.value["profile"] == nil ? nil : try reader.text("profile")
      isWhole = block["whole"] == true
      targets = isWhole ? [] : try reader.texts("targets")
      changes = []
      if !isWhole {
        for item in try reader.array("changes") { changes.append(try ApprovedChange(item)) }
      }
      digest = try reader.text("digest")
    } catch {
      throw .damaged(label: label, reason: error.words)
    }
    if isWhole {
      guard PlanDigest.isDigest(digest) else {
        throw .damaged(label: label, reason: "it has no digest: it was edited")
      }
      return
    }
    guard
      digest
        == PlanDigest.digest(
          account, environment: environment, targets: targets, profile: profile, hashes: changes.map(\.hash))
    else {
      throw .damaged(label: label, reason: "its digest is not that of its changes: it was edited")
    }
  }
}

extension Approval.ApprovedChange {
  fileprivate init(_ reader: StateReader) throws(StateDamage) {
    guard let action = Action(rawValue: try reader.text("action")) else { throw reader.damage("action") }
    self.init(
      address: try reader.text("address"), action: action, hash: try reader.text("hash"),
      uuid: reader.value["uuid"] == nil ? nil : try reader.text("uuid"), fields: try reader.texts("fields"),
      after: try reader.text("after"))
  }
}

/// Why a file is no approval.
package enum ApprovalFailure: Error, Sendable, Equatable {
  /// There is none in it.
  case none(label: String)
  /// Cut, edited or doubled.
  case damaged(label: String, reason: String)
  /// A saved plan that cannot be read.
  case plan(PlanFileFailure)

  /// What is wrong, one sentence.
  package var message: String {
    switch self {
    case .none(let label): "\(label) holds no approval"
    case .damaged(let label, let reason): "the approval in \(label) cannot be used: \(reason)"
    case .plan(let failure): failure.message
    }
  }

  /// What to do about it.
  package var remedy: String {
    switch self {
    case .none, .damaged:
      "give a digest, or the whole file that `kitform plan` wrote: --out FILE, --report json=FILE or --report markdown=FILE"
    case .plan(let failure): failure.remedy
    }
  }
}
