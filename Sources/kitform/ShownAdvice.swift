import Documents
import Manifest
import Provisioning
import StateBackends

/// Remarks of a project that its text output has shown: nobody can act on them, and so they are said once.
///
/// JSON and reports have them each time, and so has `-v`. A directory without a `.kitform` of the environment remembers
/// nothing: no command that only reads makes one.
struct ShownAdvice {
  private let path: String
  private let disk = PosixDisk()

  /// - Parameter directory: the environment's own directory, in which its state and its journal are.
  init(directory: String) { path = "\(directory)/advice" }

  /// Findings without the remarks that were shown before, and remembers the others.
  func unshown(_ findings: [Diagnostic]) -> [Diagnostic] {
    let remarks = findings.filter(ShownAdvice.isRemark)
    guard !remarks.isEmpty else { return findings }
    let bytes = (try? disk.read(path)) ?? []
    let known = Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
    let fresh = remarks.map(ShownAdvice.key).filter { !known.contains($0) }
    if !fresh.isEmpty, (try? disk.list(PosixDisk.parent(of: path)))?.isEmpty == false {
      let lines = known.union(fresh).sorted().map { "\($0)\n" }.joined()
      // Where it cannot be written, the remark comes once more.
      try? disk.replace(path, in: PosixDisk.parent(of: path), with: Array(lines.utf8))
    }
    return findings.filter { !ShownAdvice.isRemark($0) || !known.contains(ShownAdvice.key($0)) }
  }

  /// Whether a finding only says what cannot be known.
  private static func isRemark(_ finding: Diagnostic) -> Bool {
    finding.id == Rule.closingUnchecked.id && finding.severity == .info
  }

  /// A line for one remark: its words, unreadable, for they may name what a manifest has.
  private static func key(_ finding: Diagnostic) -> String {
    var digest = FramedDigest()
    for text in [finding.id, finding.message] { digest.add(text) }
    return String(digest.finish().prefix(32))
  }
}
