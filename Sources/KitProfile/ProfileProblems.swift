package import Manifest

extension APIProfile {
  /// What keeps the profile from serving a kind: fields without a wire name, or with one of the wrong form.
  ///
  /// Each is one sentence; empty for a kind that the profile serves completely.
  package func problems(for kind: Kind) -> [String] {
    guard let members = channel[kind: kind.name] else {
      return ["the profile \(name) does not have the kind \(kind.name) under channel.kinds"]
    }
    var problems: [String] = []
    for (_, field) in kind.managed {
      guard let wire = channel.field(field.name, of: kind.name) else {
        problems.append("the profile \(name) has no member for \(kind.name).\(field.name)")
        continue
      }
      for path in wire.paths where channel.readOnly.contains(path.write) {
        problems.append(
          "the profile \(name) lists \(path.write.joined(separator: ".")) under readOnly, but \(kind.name).\(field.name) is written there"
        )
      }
      if let wanted = APIProfile.mismatch(field.shape, wire) {
        problems.append("the profile \(name) describes \(kind.name).\(field.name) wrongly: \(wanted)")
      }
    }
    for field in members.fields where kind.index(of: field.name) == nil {
      problems.append("the profile \(name), line \(field.line), names \(kind.name).\(field.name), which does not exist")
    }
    return problems
  }

  /// What the profile should have written for a shape, or nil where its form fits.
  private static func mismatch(_ shape: Shape, _ wire: WireField) -> String? {
    switch (shape, wire) {
    case (.route(let kinds), .route(method: _, let targets)):
      kinds.first { kind in !targets.contains { $0.kind == kind } }.map { "it needs `\($0.rawValue)`" }
    case (.route, _): "it needs `method` and one entry for each kind of objects"
    case (.levels, .levels): nil
    case (.levels, _): "it needs `at`, `id` and `level`"
    case (.reference, .switched), (.reference, .member): nil
    case (.reference, _): "it needs a member, or `switch` and a member"
    case (_, .member): nil
    default: "it needs a member"
    }
  }
}
