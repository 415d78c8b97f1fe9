import Documents
import Foundation
import Manifest
import Support
import Testing

/// What YAML reads as something else than people meant, in every place where a value can be: the verdict of the table, at the
/// value's line and column, once, and nothing passed over in silence.
@Suite(.computes) struct TypeTrapTests {
  @Test(arguments: FieldTrapPlaces.all) func `a trap in a field has the verdict of its shape`(_ place: TrapPlace) throws
  {
    try check(place)
  }

  @Test(arguments: SettingTrapPlaces.all) func `a trap in a setting has the verdict of its shape`(
    _ place: TrapPlace
  ) throws {
    try check(place)
  }

  private func check(_ place: TrapPlace) throws {
    for trap in Trap.all {
      let verdict = place.row.verdict(trap)
      guard verdict != .untried else { continue }
      let placed = try place.placed(trap)
      let project =
        place.projectText.map { ProjectFixture.project($0, files: [("channels/a.yaml", placed.text)]) }
        ?? ProjectFixture.project(placed.text)
      var include = Findings()
      _ = Project.include(in: project.documents[0], &include)
      let validation = ProjectFixture.validate(project)
      let found = (validation.findings + include.list).map { Found($0, in: project.sources) }
      let file: Int32 = place.projectText == nil ? 0 : 1
      let wanted = Found(verdict, trap, placed, alias: place.alias, file: file, in: project.sources)
      #expect(found == (wanted.map { [$0] } ?? []), "`\(trap.written)` at \(place.name):\n\(placed.text)")
      guard wanted == nil, let reading = verdict.reading(of: trap), let configuration = validation.configurations.first,
        let read = place.read(configuration)
      else { continue }
      #expect(read == reading, "`\(trap.written)` at \(place.name):\n\(placed.text)")
    }
  }

  /// A finding as the table says it: the rule and the bytes of the file that it is at.
  private struct Found: Equatable, CustomStringConvertible {
    var rule: String
    var file: Int32?
    var start: Int?
    var end: Int?
    var written: String?

    var description: String { "\(rule) at \(start ?? -1)..<\(end ?? -1) `\(written ?? "")`" }

    init(_ finding: Diagnostic, in sources: SourceMap) {
      self.init(
        finding.id, finding.place.map { Int($0.start)..<Int($0.end) }, file: finding.place?.file ?? -1, in: sources)
    }

    init?(
      _ verdict: Verdict, _ trap: Trap, _ placed: TrapPlace.Placed, alias: String?, file: Int32, in sources: SourceMap
    ) {
      var value = placed.value
      if let alias, let range = placed.text.range(of: alias) {
        let start = placed.text.utf8.distance(from: placed.text.startIndex, to: range.lowerBound)
        value = start..<start + alias.utf8.count
      }
      switch verdict {
      case .refused(let rule): self.init(rule, value, file: file, in: sources)
      case .key(let rule): self.init(rule, placed.key, file: file, in: sources)
      case .around(let rule): self.init(rule, placed.around, file: file, in: sources)
      case .inside(let rule, let part):
        guard let range = trap.value.range(of: part) else { return nil }
        let start =
          placed.value.lowerBound + trap.value.utf8.distance(from: trap.value.startIndex, to: range.lowerBound)
        self.init(rule, start..<start + part.utf8.count, file: file, in: sources)
      default: return nil
      }
    }

    private init(_ rule: String, _ range: Range<Int>?, file: Int32, in sources: SourceMap) {
      self.rule = rule
      self.file = file
      start = range?.lowerBound
      end = range?.upperBound
      if let range, file >= 0 {
        written = String(decoding: sources.files[Int(file)].bytes[range], as: UTF8.self)
      }
    }
  }
}

extension Verdict {
  /// How the table calls what is read of a trap that is accepted; nil for what is refused or not looked at.
  fileprivate func reading(of trap: Trap) -> String? {
    switch self {
    case .text: "text \(trap.text)"
    case .title: "title \(trap.text)"
    case .id: "id \(trap.text)"
    case .number: "number \(trap.text)"
    case .flag: "flag \(trap.text)"
    case .cleared: "cleared"
    default: nil
    }
  }
}
