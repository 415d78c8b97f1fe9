import Foundation
import Support
import Testing

/// A run of a page's commands, one shell for the whole page, in a directory of its own.
struct GuideRun {
  /// A result of one block of commands.
  struct Result {
    var output: String
    var statuses: [String]
  }

  /// The home directory that pages show in place of the temporary one.
  private static let home = "~/kit"

  private let workspace: Workspace
  private var directory: String { "\(workspace.path)/kit" }

  init() throws {
    workspace = try Workspace()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    for (name, text) in StandIns.all {
      try workspace.write(text, to: "bin/\(name)")
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: "\(workspace.path)/bin/\(name)")
    }
  }

  /// Runs the parts in order and returns the result of each.
  func run(_ page: GuidePage) async throws -> [Result] {
    var script = """
      set +e
      PATH="$STAND_INS:$PATH"
      trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
      trap 'echo $? >>"$RESULTS/statuses"' ERR

      """
    for (number, part) in page.parts.enumerated() {
      let commands =
        switch part {
        case .hidden(let text): text
        case .commands(let commands): commands.text
        case .file(let name, let text): "mkdir -p \"$(dirname '\(name)')\"\ncat >'\(name)' <<'END'\n\(text)END"
        }
      script += """
        {
        \(commands)
        } >"$RESULTS/\(number)" 2>&1
        [ ! -e "$RESULTS/statuses" ] || mv "$RESULTS/statuses" "$RESULTS/\(number).statuses"

        """
    }
    try workspace.write("", to: "results/began")
    let ended = try await BinaryUnderTest.bash(
      script, in: directory,
      environment: [
        "HOME": workspace.path, "RESULTS": "\(workspace.path)/results", "STAND_INS": "\(workspace.path)/bin",
        "REPOSITORY": GeneratedFile.root.path,
      ])
    return page.parts.indices.map { number in
      let statuses = (try? workspace.read("results/\(number).statuses"))?.split(separator: "\n").map(String.init)
      return Result(
        output: shown((try? workspace.read("results/\(number)")) ?? "not reached: \(ended.all)"),
        statuses: statuses ?? [])
    }
  }

  /// An output without the paths of this run, and without spaces that a page cannot show.
  private func shown(_ output: String) -> String {
    let lines = output.replacing(directory, with: GuideRun.home).components(separatedBy: "\n").map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    return lines.joined(separator: "\n").trimmingCharacters(in: .newlines)
  }

  /// Whether a run's output is the shown one, but for lines that are left out and for what differs with each run.
  static func matches(_ output: String, shown: String) -> Bool {
    let pieces = GuideRun.normalised(shown).components(separatedBy: "\n").split(
      separator: "…", omittingEmptySubsequences: false)
    let lines = GuideRun.normalised(output).components(separatedBy: "\n")[...]
    guard pieces.count > 1 else { return pieces.first.map { $0.elementsEqual(lines) } ?? lines.isEmpty }
    guard let first = pieces.first, let last = pieces.last, lines.starts(with: first) else { return false }
    var rest = lines.dropFirst(first.count)
    for piece in pieces.dropFirst().dropLast() {
      guard let start = rest.indices.first(where: { rest[$0...].starts(with: piece) }) else { return false }
      rest = rest[(start + piece.count)...]
    }
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }

  /// A string with times, identifiers, ports and digests replaced by one word each.
  private static func normalised(_ text: String) -> String {
    text
      .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "UUID")
      .replacing(/k[fp]1-[0-9a-f]{40,64}/, with: "DIGEST")
      .replacing(/20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?( ?UTC|Z)?/, with: "TIME")
      .replacing(/\d+(\.\d+)? m?s\b/, with: "DURATION")
      .replacing(/127\.0\.0\.1:\d+/, with: "HOST")
      .replacing(/\b[0-9a-f]{32,64}\b/, with: "HASH")
  }
}
