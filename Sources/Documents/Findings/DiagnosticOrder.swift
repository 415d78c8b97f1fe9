extension [Diagnostic] {
  /// The findings in the order in which people read them: by file, place and id; the same finding once.
  package func sorted(in sources: SourceMap) -> [Diagnostic] {
    var seen: Set<Diagnostic> = []
    let unique = filter { seen.insert($0).inserted }
    func path(_ finding: Diagnostic) -> String { finding.place.map { sources.files[Int($0.file)].path } ?? "" }
    return unique.map { (path: path($0), finding: $0) }.sorted { left, right in
      if left.path != right.path { return left.path.utf8.lexicographicallyPrecedes(right.path.utf8) }
      let (one, other) = (left.finding.place?.start ?? 0, right.finding.place?.start ?? 0)
      if one != other { return one < other }
      if left.finding.id != right.finding.id {
        return left.finding.id.utf8.lexicographicallyPrecedes(right.finding.id.utf8)
      }
      return left.finding.message.utf8.lexicographicallyPrecedes(right.finding.message.utf8)
    }.map(\.finding)
  }
}
