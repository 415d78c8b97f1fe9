import Channels
import Documents
import KitProfile

/// What holds for every profile of the API that a project brings along.
enum ProfilePromises {
  static func hold(_ bytes: [UInt8]) throws(BrokenPromise) {
    let source = SourceFile(path: "kit-profile.yaml", bytes: bytes)
    let (profile, findings) = ProfileLoader.load(source, file: 0)
    try ReaderPromises.areInPlace(findings, [source])
    try require(
      (profile == nil) == findings.contains { $0.severity == .error }, "a profile is read, or something is wrong")
    if let profile { for kind in Kinds.all { _ = profile.problems(for: kind) } }
  }
}
