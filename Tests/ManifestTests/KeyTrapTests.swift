import Documents
import Manifest
import Support
import Testing

/// Keys that a reader of YAML takes for a number, a boolean, a date or nothing: the verdict of the table, at the key.
@Suite(.computes) struct KeyTrapTests {
  /// A place where a key is, with what may be there and the rule for what may not.
  struct Place: Sendable, CustomTestStringConvertible {
    var name: String
    /// The project with `@key@` in the place of the key.
    var text: String
    /// The rule that refuses a key; nil where a key of every sort is right.
    var rule: String
    /// The traps that are right here.
    var accepts: @Sendable (Trap) -> Bool

    var testDescription: String { name }
  }

  private static let project = "kitform: 1\naccount: {name: acme, region: eu, token: {env: T}}\n"
  private static let channel = "    a:\n      name: A\n      accessToken: {env: A}\n      redirect: {queue: 1}\n"
  private static let channels = "channels:\n  ok:\n\(channel)"

  /// Titles and ids: what is a number or a date to some reader, but no id, is quoted.
  private static let isReference: @Sendable (Trap) -> Bool = { $0.sort != .number }
  /// Lower-case letters, digits and inner hyphens, whatever YAML reads.
  private static let isName: @Sendable (Trap) -> Bool = { trap in
    trap.text.allSatisfy { $0.isNumber || $0.isLowercase || $0 == "-" } && !trap.text.hasPrefix("-")
  }
  /// A letter, then letters and digits.
  private static let isVariable: @Sendable (Trap) -> Bool = { trap in
    trap.text.allSatisfy { $0.isNumber || $0.isLetter } && trap.text.first?.isLetter == true
  }
  private static let isNever: @Sendable (Trap) -> Bool = { _ in false }

  static let places = [
    Place(
      name: "a skill", text: project + channels + "      skills:\n        @key@: 3\n", rule: "reference.format",
      accepts: isReference),
    Place(
      name: "a queue of assume", text: project + "assume:\n  queues:\n    @key@: {maxWaitingTime: 10m}\n",
      rule: "reference.format", accepts: isReference),
    Place(name: "a variable", text: project + "variables:\n  @key@: 1\n", rule: "variable.name", accepts: isVariable),
    Place(
      name: "an environment", text: project + "environments:\n  @key@: {}\n", rule: "environment.name", accepts: isName),
    Place(
      name: "a channel", text: project + channels.replacing("    a:", with: "    @key@:"), rule: "channel.key",
      accepts: isName),
    Place(name: "a kind", text: project + "channels:\n  @key@: {}\n", rule: "channel.kind", accepts: isNever),
    Place(name: "an address", text: project + "adopt:\n  @key@: {id: 1}\n", rule: "channel.key", accepts: isNever),
    Place(name: "a section", text: project + "@key@: {}\n", rule: "field.unknown", accepts: isNever),
    Place(name: "a field", text: project + channels + "      @key@: 1\n", rule: "field.unknown", accepts: isNever),
    Place(
      name: "a setting", text: project + "guards:\n  @key@: 1\n", rule: "field.unknown", accepts: isNever),
    Place(name: "a rule", text: project + "rules:\n  @key@: off\n", rule: "rules.unknown", accepts: isNever),
    Place(
      name: "a key of the user's own", text: project + "x-mine:\n  @key@: 1\n", rule: "", accepts: { _ in true }),
  ]

  @Test(arguments: places) func `a trap in a key has the verdict of its place`(_ place: Place) throws {
    for trap in Trap.all where !trap.written.isEmpty {
      let start = try #require(place.text.utf8.firstRange(of: "@key@".utf8)).lowerBound
      let offset =
        place.text.utf8.distance(from: place.text.startIndex, to: start) + trap.written.utf8.count
        - trap.value.utf8.count
      let text = place.text.replacing("@key@", with: trap.written)
      let rule: String? =
        switch trap.sort {
        case .nothing, .emptyList, .list, .emptyMapping, .mapping: "yaml.key"
        default: place.accepts(trap) ? nil : place.rule
        }
      let findings = ProjectFixture.validate(ProjectFixture.project(text)).findings
      let found = findings.map { "\($0.id) \($0.place?.start ?? 0)..<\($0.place?.end ?? 0)" }
      let wanted = rule.map { ["\($0) \(offset)..<\(offset + trap.value.utf8.count)"] } ?? []
      #expect(found == wanted, "`\(trap.written)` as \(place.name)")
    }
  }
}
