package import Documents

extension Rule {
  // What a drift shows.
  package static let driftMissing = Rule(
    "drift.missing", .warning, .conduct, "A managed channel is in the account.",
    example: "kitform apply --recreate ok.community")
  package static let driftChanged = Rule(
    "drift.changed", .warning, .conduct, "A managed field is in Kit as the last apply left it.",
    example: "kitform drift --write")

  /// Every rule of drifts, in the order of the reference.
  package static let drift: [Rule] = [driftMissing, driftChanged]
}
