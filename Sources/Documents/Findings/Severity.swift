/// How grave a finding is.
package enum Severity: String, Sendable, Comparable, CaseIterable {
  case error, warning, info

  package static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .error: 0
    case .warning: 1
    case .info: 2
    }
  }
}
