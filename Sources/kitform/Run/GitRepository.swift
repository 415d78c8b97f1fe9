import Basics
import Documents
import FoundationEssentials
import Provisioning

/// What git knows of a directory: the commit of the manifests, and whether another is among its ancestors.
///
/// Git is asked for objects and references alone, with a bounded time: no hook, file monitor, pager, prompt or remote is
/// run, whatever the repository's configuration says. If there is a repository and git does not read it, a finding reports why.
struct GitRepository: Sendable {
  var directory: String
  var environment: [String: String]

  /// How long an answer may take.
  private static let limit = Duration.seconds(5)

  /// The commit that is checked out, or why git does not name it.
  func checkout() async -> Checkout {
    let answer = await ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])
    if let answer, answer.status == 0 { return Checkout(commit: GitRepository.commit(answer.output)) }
    guard isInRepository else { return Checkout() }
    guard answer?.status == 1 else { return Checkout(finding: refusal(answer)) }
    // There is no commit yet, or the commit is there and cannot be read: `git log` says which.
    let log = await ask(["log", "-1", "--format=%H", "--no-show-signature"])
    if log?.errors.contains("does not have any commits yet") == true { return Checkout() }
    return Checkout(finding: refusal(log))
  }

  /// The checked-out commit; without one, `finding` explains an error of git.
  struct Checkout: Sendable {
    var commit: String?
    var finding: Diagnostic?
  }

  /// Whether the directory or one above it has a `.git`: then an error of git does not mean "no repository".
  private var isInRepository: Bool {
    var place = URL(fileURLWithPath: directory).standardizedFileURL
    while true {
      if FileManager.default.fileExists(atPath: place.appendingPathComponent(".git").path) { return true }
      let parent = place.deletingLastPathComponent()
      guard parent.path != place.path, place.path != "/" else { return false }
      place = parent
    }
  }

  /// The finding for a git that cannot be run, does not answer in time, or refuses the repository.
  private func refusal(_ answer: Answer?) -> Diagnostic {
    let why =
      "without git, plans do not name their commit, and a branch that lacks the last applied commit is not noticed"
    func finding(_ message: String, _ suggestion: String) -> Diagnostic {
      Diagnostic(.gitRefused, at: nil, message, why: why, suggestion: suggestion)
    }
    guard let answer else {
      return finding(GitRepository.silence, "run `git status` in the project's directory to see why")
    }
    if answer.status == 127 {
      return finding("the project is in a git repository, and git is not installed", "install git, or add it to PATH")
    }
    if answer.errors.contains("dubious ownership") {
      return finding(
        "git refuses to read the repository, because another user owns it",
        "if you trust it, run `git config --global --add safe.directory '\(SafeText.escape(directory))'`")
    }
    return finding(
      "git cannot read the repository: \(answer.firstError)",
      "run `git status` in the project's directory, and correct what it reports")
  }

  /// Warns when the commit of the last apply is not among the ancestors of the checked-out commit, or cannot be compared.
  ///
  /// A state is a file that others write: only what looks like a commit is ever handed to git.
  func warning(of state: State?, _ checkout: Checkout) async -> Diagnostic? {
    if let finding = checkout.finding { return finding }
    guard let last = state?.history.last(where: { $0.commit != nil }),
      let commit = last.commit.flatMap(GitRepository.commit), let head = checkout.commit, head != commit
    else { return nil }
    let answer = await ask(["merge-base", "--is-ancestor", commit, head])
    if answer?.status == 0 { return nil }
    if answer?.status == 1 {
      return Diagnostic(
        .gitBehind, at: nil,
        "your branch lacks \(commit.prefixed), applied on \(SafeText.escape(last.ended))",
        why: "the plan may undo that commit's changes to the account",
        suggestion: "merge or rebase onto the branch that was applied, and plan again")
    }
    var why: String?
    var suggestion = "this clone does not have it: fetch the branch that was applied"
    if await ask(["rev-parse", "--is-shallow-repository"])?.output.hasPrefix("true") == true {
      suggestion = "this clone is shallow: fetch the whole history, for example with `fetch-depth: 0`"
    } else if answer?.errors.contains("Not a valid commit name") != true {
      why = answer.map { "git ended with an error: \($0.firstError)" } ?? GitRepository.silence
      suggestion = "run `git fsck` in the project's directory, and correct what it reports"
    }
    return Diagnostic(
      .gitUnknown, at: nil,
      "whether your branch has \(commit.prefixed), applied on \(SafeText.escape(last.ended)), is unknown",
      why: why, suggestion: suggestion)
  }

  private static let silence = "git did not answer within \(limit.components.seconds) s"

  /// A commit's full name, as git writes it; nil for anything else.
  static func commit(_ text: String) -> String? {
    let text = text.trimmed
    guard let bytes = Hexadecimal.bytes(text), bytes.count == 20 || bytes.count == 32 else { return nil }
    return text
  }

  private struct Answer: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// The first line of what git reports, or its status.
    var firstError: String {
      errors.split(separator: "\n").first.map { SafeText.escape(String($0.prefix(200))) } ?? "it ended with \(status)"
    }
  }

  /// The directories that the user trusts by variables, as pipelines do it: GIT_CONFIG_COUNT with its keys and values.
  ///
  /// No other setting of these variables is passed on.
  private var trustedDirectories: [String: String] {
    guard let count = environment["GIT_CONFIG_COUNT"].flatMap({ Int($0) }), (1...100).contains(count) else {
      return [:]
    }
    let values = (0..<count).filter { environment["GIT_CONFIG_KEY_\($0)"]?.lowercased() == "safe.directory" }
      .compactMap { environment["GIT_CONFIG_VALUE_\($0)"] }
    var own = ["GIT_CONFIG_COUNT": "\(values.count)"]
    for (index, value) in values.enumerated() {
      own["GIT_CONFIG_KEY_\(index)"] = "safe.directory"
      own["GIT_CONFIG_VALUE_\(index)"] = value
    }
    return own
  }

  /// Runs git, and ends it when it takes too long; nil where it cannot be run.
  private func ask(_ arguments: [String]) async -> Answer? {
    var own = environment.filter { ["PATH", "HOME", "XDG_CONFIG_HOME"].contains($0.key) }
    own.merge([
      "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "none",
      "LC_ALL": "C",
    ]) { $1 }
    own.merge(trustedDirectories) { $1 }
    let words =
      ["git", "-C", directory, "--no-pager", "--no-replace-objects"]
      + ["core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never"].flatMap { ["-c", $0] } + arguments
    let ended = await ChildProcess(path: "/usr/bin/env", arguments: words, environment: own)
      .run(atMost: GitRepository.limit)
    return ended.map { Answer(status: $0.status, output: $0.output, errors: $0.errors) }
  }
}
