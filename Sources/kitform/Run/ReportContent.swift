import Manifest
import Provisioning

/// What reports show of a run besides its findings.
struct ReportContent {
  /// The plan that the command made.
  var plan: Plan?
  /// The outcome of an apply of that plan.
  var result: ApplyResult?
  /// The differences that `drift` found (see `RunReport.drift`); nil for every other command.
  var drift: [Change]?
  /// The channels of the manifests, for the routes of those that a plan leaves alone.
  var records: [Record] = []
  /// How fast calls are sent; nil where nothing limits them.
  var callsPerSecond: Double?
}
