package import Documents

extension Rule {
  // What a drift shows.
  package static let driftMissing = Rule(
    "drift.missing", .warning, .conduct, summary: "A managed channel is in the account.",
    example: "kitform apply --recreate ok.community")
  package static let driftChanged = Rule(
    "drift.changed", .warning, .conduct, summary: "A managed field has the value in Kit that the last apply wrote.",
    example: "kitform drift --write")

  /// Every rule of drifts, in the order of the reference.
  package static let drift: [Rule] = [driftMissing, driftChanged]
}
