import Documents

/// Findings in a file that is not one of the project's: an API profile, or a sandbox's account.
struct Elsewhere {
  private let findings: [Diagnostic]
  private let sources: SourceMap
  /// Whether quoted lines show keys alone, as they do for any file that does not parse.
  private let masksAll: Bool

  init(_ findings: [Diagnostic], _ sources: SourceMap, masksAll: Bool) {
    self.findings = findings
    self.sources = sources
    self.masksAll = masksAll || findings.contains(where: \.isOfReading)
  }

  func render(color: Bool) -> String {
    DiagnosticRenderer(
      sources: sources, secretPlaces: [], unparsed: masksAll ? Set(sources.files.indices.map { Int32($0) }) : [],
      color: color
    ).render(findings)
  }

  /// The findings as findings of a larger map, to which the files are added.
  func findings(in map: inout SourceMap) -> [Diagnostic] {
    let numbers = sources.files.map { map.add($0) }
    func moved(_ place: SourcePlace?) -> SourcePlace? {
      guard var place else { return nil }
      place.file = numbers[Int(place.file)]
      return place
    }
    return findings.map { finding in
      var finding = finding
      finding.place = moved(finding.place)
      for index in finding.notes.indices { finding.notes[index].place = moved(finding.notes[index].place) }
      return finding
    }
  }
}
