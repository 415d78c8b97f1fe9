import Documents
import Manifest
import Provisioning
import Workload

/// Figures of the parts that need no process, no network and no clock of their own: `Benchmarks`, or one part by its name.
///
/// `Benchmarks manifest COUNT [HOST]` prints the project that `run.py` measures whole processes with.
@main
struct Benchmarks {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    if arguments.first == "manifest", let count = arguments.dropFirst().first.flatMap({ Int($0) }) {
      print(Workload(count: count).manifest(host: arguments.dropFirst(2).first), terminator: "")
      return
    }
    let parts = arguments.isEmpty ? ["reading", "environments", "planning"] : Array(arguments)
    if parts.contains("reading") { reading() }
    if parts.contains("environments") { environments() }
    if parts.contains("planning") { planning() }
  }

  /// The cost of a channel must not grow with their number.
  private static func reading() {
    print("read, decode and check, one environment")
    var first: Double?
    for count in [100, 1_000, 10_000, 100_000] {
      let workload = Workload(count: count)
      let files = workload.files()
      let time = Stopwatch.median(count > 10_000 ? 3 : 7) { validate(workload.project(files), [nil]) }
      let each = time / Double(count)
      first = first ?? each
      line("\(count) channels", time, "\(Stopwatch.microseconds(each)) a channel", each / (first ?? each))
    }
  }

  /// Environments share what is read, so that three cost at most three times one.
  private static func environments() {
    print("decode and check 20,000 channels")
    let workload = Workload(count: 20_000)
    var first: Double?
    for names in [["one"], ["one", "two", "three"]] {
      let project = workload.project(workload.files(environments: names))
      let time = Stopwatch.median(5) { validate(project, names) }
      first = first ?? time
      line("\(names.count) environment(s)", time, "", time / (first ?? time))
    }
  }

  /// The planner alone: manifests, state and account are in memory.
  private static func planning() {
    print("plan, state and account in memory")
    var first: Double?
    for (count, every) in [(100, 10), (1_000, 10), (10_000, 10), (100_000, 10), (10_000, 0)] {
      let input = Workload(count: count).planInput(changedEvery: every)
      var changes = 0
      let time = Stopwatch.median(count > 10_000 ? 3 : 7) { changes = Planner.plan(input).changes.count }
      let each = time / Double(count)
      first = first ?? each
      line(
        "\(count) channels, \(changes) changes", time, "\(Stopwatch.microseconds(each)) a channel",
        each / (first ?? each))
    }
  }

  private static func validate(_ project: Project, _ environments: [String?]) {
    let validation = Validation(project, environments: environments, options: DecodingOptions())
    precondition(!validation.hasErrors, "the workload is not valid")
  }

  private static func line(_ label: String, _ time: Double, _ detail: String, _ ratio: Double) {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(width - text.count, 1))
    }
    let hundredths = Int((ratio * 100).rounded())
    let fraction = hundredths % 100
    print(
      "  " + padded(label, 32) + padded(Stopwatch.milliseconds(time), 14) + padded(detail, 22)
        + "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) times the first")
  }
}
