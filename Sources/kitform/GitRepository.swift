import Documents
import Foundation
import Provisioning
import Synchronization

/// What git knows of a directory: the commit of the manifests, and whether another is among its ancestors.
///
/// Git is asked for objects and references alone, with a bounded time: no hook, file monitor, pager, prompt or remote is
/// run, whatever the repository's configuration says. Where git is missing or does not answer, nothing is known.
struct GitRepository: Sendable {
  var directory: String
  var environment: [String: String]

  /// How long an answer may take.
  private static let limit = Duration.seconds(5)

  /// The commit that is checked out; nil where there is none.
  func head() async -> String? {
    guard let answer = await ask(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]), answer.status == 0 else {
      return nil
    }
    return GitRepository.commit(answer.output)
  }

  /// Warns when the commit of the last apply is not among the ancestors of what is checked out.
  ///
  /// A state is a file that others write: only what looks like a commit is ever handed to git.
  func warning(of state: State?) async -> Diagnostic? {
    guard let last = state?.history.last(where: { $0.commit != nil }),
      let commit = last.commit.flatMap(GitRepository.commit), let head = await head(), head != commit
    else { return nil }
    guard let answer = await ask(["merge-base", "--is-ancestor", commit, head]), answer.status != 0 else { return nil }
    if answer.status == 1 {
      return Diagnostic(
        .gitBehind, at: nil,
        "your branch lacks \(commit.prefixed), applied on \(SafeText.escape(last.ended))",
        why: "the plan may undo what that commit brought to the account",
        suggestion: "merge or rebase onto the branch that was applied, and plan again")
    }
    let isShallow = await ask(["rev-parse", "--is-shallow-repository"])
    let reason =
      isShallow?.output.hasPrefix("true") == true
      ? "this clone is shallow: fetch the whole history, for example with `fetch-depth: 0`"
      : "this clone does not have it: fetch the branch that was applied"
    return Diagnostic(
      .gitUnknown, at: nil,
      "whether your branch has \(commit.prefixed), applied on \(SafeText.escape(last.ended)), cannot be told",
      suggestion: reason)
  }

  /// A commit's full name, as git writes it; nil for anything else.
  static func commit(_ text: String) -> String? {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let bytes = Hexadecimal.bytes(text), bytes.count == 20 || bytes.count == 32 else { return nil }
    return text
  }

  private struct Answer: Sendable {
    var status: Int32
    var output: String
  }

  /// Runs git, and ends it when it takes too long; nil where it cannot be run.
  private func ask(_ arguments: [String]) async -> Answer? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["git", "-C", directory, "--no-pager", "--no-replace-objects"]
      + ["core.fsmonitor=false", "core.hooksPath=/dev/null", "protocol.allow=never"].flatMap { ["-c", $0] } + arguments
    var own = environment.filter { ["PATH", "HOME", "XDG_CONFIG_HOME"].contains($0.key) }
    own.merge([
      "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "none",
      "LC_ALL": "C",
    ]) { $1 }
    process.environment = own
    let pipe = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    return await withCheckedContinuation { continuation in
      let answered = Mutex(false)
      let answer: @Sendable (Answer?) -> Void = { value in
        let isFirst = answered.withLock { done in
          defer { done = true }
          return !done
        }
        if isFirst { continuation.resume(returning: value) }
      }
      process.terminationHandler = { process in
        // What is asked for is one line, which fits into the pipe.
        let bytes = pipe.fileHandleForReading.availableData
        answer(Answer(status: process.terminationStatus, output: String(decoding: bytes.prefix(1024), as: UTF8.self)))
      }
      do {
        try process.run()
      } catch {
        answer(nil)
        return
      }
      DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(GitRepository.limit.components.seconds))) {
        if process.isRunning { process.terminate() }
        answer(nil)
      }
    }
  }
}
