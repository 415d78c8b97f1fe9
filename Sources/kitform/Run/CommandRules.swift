import Channels
import Documents
import KitProfile
import KitSandbox
import KitformEngine
import Manifest
import Provisioning
import Reports
import Wiring

extension Rule {
  // What a command may do, and what it needs.
  static let usage = Rule(
    "usage", .error, .conduct, summary: "A command is called as its help says.", example: "kitform plan --env staging")
  static let optionIdle = Rule(
    "option.idle", .warning, .conduct, summary: "An option that allows something changes the plan.",
    example: "kitform apply --allow-delete ok.archive")
  static let failed = Rule(
    "failed", .error, .conduct,
    summary: "The files, the network, the account and the credentials that a command needs are there.",
    example: "export KIT_API_TOKEN=…")
  static let invalid = Rule(
    "invalid", .error, .conduct, summary: "The files that a command reads have no errors.",
    example: "kitform profile show")
  static let refused = Rule(
    "refused", .error, .conduct, summary: "Credentials and writes go only to allowed hosts.",
    example: "export KITFORM_ALLOW_HOSTS=kit.example.com")
  static let locked = Rule(
    "locked", .error, .conduct, summary: "One command at a time changes a state.",
    example: "kitform apply --lock-timeout 5m")
  static let interrupted = Rule(
    "interrupted", .error, .conduct, summary: "A command runs to its end.", example: "kitform apply --timeout 30m")
  static let approvalStale = Rule(
    "approval.stale", .error, .conduct, summary: "An apply makes the approved changes and no others.",
    example: "kitform apply --approve DIGEST")
  static let planCommit = Rule(
    "plan.commit", .info, .conduct,
    summary: "A saved plan is applied as it was reviewed, without the manifests of now.",
    example: "kitform show plan.json")
  static let sandboxUnsaved = Rule(
    "sandbox.unsaved", .error, .conduct, summary: "The sandbox's account is saved when the command ends.",
    example: "df .kitform"
  )
  static let destroyAccount = Rule(
    "destroy.account", .error, .conduct, summary: "A command that deletes everything is given the account's name.",
    example: "kitform destroy --confirm-account acme")
  static let stateEphemeral = Rule(
    "state.ephemeral", .warning, .conduct, summary: "A pipeline keeps its state beyond its runner.",
    example: "cache: {paths: [.kitform]}")
  static let reportUnwritten = Rule(
    "report.unwritten", .error, .conduct, summary: "Every report that was asked for is written.",
    example: "kitform plan --report json=plan.json")
  static let formatLeftAlone = Rule(
    "fmt.left-alone", .error, .conduct, summary: "`fmt` writes a file only where it proves that its meaning stays.",
    example: "kitform fmt --check")
  static let gitBehind = Rule(
    "git.behind", .warning, .conduct, summary: "A plan is made on a branch that contains the commit of the last apply.",
    example: "git rebase origin/main")
  static let gitUnknown = Rule(
    "git.unknown", .info, .conduct,
    summary: "A pipeline's clone is deep enough to show whether it contains the last apply's commit.",
    example: "git fetch --unshallow")
  static let gitRefused = Rule(
    "git.refused", .warning, .conduct, summary: "Git reads the repository that holds the project.",
    example: "git config --global --add safe.directory /builds/channels")
  static let planRecorded = Rule(
    "plan.recorded", .info, .conduct, summary: "A plan against a recorded account is read, and not applied.",
    example: "kitform plan --report steps=steps.md")
  static let planUnconfirmed = Rule(
    "plan.unconfirmed", .info, .conduct,
    summary: "A plan under an unconfirmed API profile is applied only with --accept-unconfirmed-profile.",
    example: "status: confirmed")
  static let accountMember = Rule(
    "account.member", .warning, .conduct,
    summary: "The account's answers have every member that the API profile names.",
    example: "title: acd_queue_title")
  static let driftNoState = Rule(
    "drift.no-state", .warning, .conduct, summary: "Drift is a difference from the values that a state keeps.",
    example: "kitform apply")
  static let statePush = Rule(
    "state.push", .error, .conduct, summary: "A pushed state is a later version of the present one.",
    example: "kitform state pull")
  static let stateMigrate = Rule(
    "state.migrate", .error, .conduct,
    summary: "A state moves to a location that has no state, or an older version of the same one.",
    example: "kitform state pull")
  static let importInclude = Rule(
    "import.include", .warning, .conduct,
    summary: "A file that import or export writes into the project is one that `include` matches.",
    example: "include: [\"channels/**/*.yaml\"]")
  static let importField = Rule(
    "import.field", .warning, .conduct, summary: "An imported channel has every field that Kit shows.",
    example: "redirect: {queue: Support}")
  static let exportQuery = Rule(
    "export.query", .warning, .conduct, summary: "A callback URL with a key in its query is a secret reference.",
    example: "callbackURL: {env: PARTNER_CALLBACK_URL}")
  static let exportChannel = Rule(
    "export.channel", .warning, .conduct, summary: "A channel that is exported can be described in a manifest.",
    example: "rules: {callbackURL.https: warning}")
  static let exportField = Rule(
    "export.field", .warning, .conduct, summary: "An exported channel has every field that Kit shows.",
    example: "redirect: {queue: Support}")
  static let exportKind = Rule(
    "export.kind", .warning, .conduct, summary: "A channel that is exported is of a kind that Kitform knows.",
    example: "kitform export --kind custom")
  static let exportChange = Rule(
    "export.change", .warning, .conduct, summary: "`defaults` do not change an exported channel.",
    example: "kitform plan")
  static let exportManaged = Rule(
    "export.managed", .info, .conduct, summary: "A channel that has an address already is not exported again.",
    example: "kitform state show ok.community")
  static let channelEvent = Rule(
    "channel.event", .error, .documented("Custom channel"),
    summary: "An event that is sent has what Kit requires of it.",
    example: "kitform channel send custom.partner-bot --help")
  static let channelSignature = Rule(
    "channel.signature", .error, .documented("Custom channel"),
    summary: "A signature is the MD5 of salt, token and event id, joined by colons.",
    example: "kitform channel check-signature --help")

  /// The rules of the commands themselves, in the order of the reference.
  static let commands: [Rule] = [
    usage, optionIdle, failed, invalid, refused, locked, interrupted, approvalStale, planCommit, sandboxUnsaved,
    destroyAccount, stateEphemeral,
    reportUnwritten, formatLeftAlone, variableUnused, envUnknown, secretEnvOpen, gitBehind, gitUnknown, gitRefused,
    planRecorded,
    planUnconfirmed, accountMember, driftNoState, statePush,
    stateMigrate,
    importInclude, importField,
    exportQuery, exportChannel, exportField, exportKind, exportChange, exportManaged, channelEvent, channelSignature,
  ]

  /// Every rule that a finding of any command can name, in the order of the reference.
  static let known: [Rule] = manifest + reading + profile + accountFile + planning + drift + commands
}

extension ReferencePage {
  /// The reference of this version: its kinds, its sections and every rule.
  static let standard = ReferencePage(kinds: Kinds.all, rules: Rule.known)
}

extension EngineFailure {
  /// The rule that a failure of the world breaks.
  var rule: Rule {
    switch outcome {
    case .invalid: .invalid
    case .refused: .refused
    case .locked: .locked
    case .interrupted, .terminated: .interrupted
    default: .failed
    }
  }
}
