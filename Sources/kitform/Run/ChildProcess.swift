import Dispatch
import Glibc

/// A program that runs beside this one, without input, and whose first kilobyte of output is kept.
///
/// It gets no open file of this process, and a process group of its own, so that Ctrl-C does not reach it.
struct ChildProcess: Sendable {
  /// The program's absolute path.
  var path: String
  var arguments: [String]
  var environment: [String: String]

  /// How the program ended.
  struct Ended: Sendable {
    /// The exit code, or 128 and the number of the signal that ended it.
    var status: Int32
    var output: String
    var errors: String
  }

  /// How much of each output is kept, in bytes.
  fileprivate static let kept = 1024
  /// The longest pause between two looks at the program.
  private static let step: Int32 = 20

  /// Runs the program, and kills its group when it takes longer than `limit`; nil for that, and where it cannot be run.
  func run(atMost limit: Duration) async -> Ended? {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: runAndWait(limit)) }
    }
  }

  private func runAndWait(_ limit: Duration) -> Ended? {
    guard let output = Outlet(), let errors = Outlet() else { return nil }
    guard let process = start(output, errors) else { return nil }
    output.closeWritingEnd()
    errors.closeWritingEnd()
    let deadline = ContinuousClock.now + limit
    var status: Int32 = 0
    while true {
      // Looked for first: what it wrote before its end is then there to be read.
      let ended = unsafe waitpid(process, &status, WNOHANG)
      let isOpen = Outlet.wait(for: output, errors, milliseconds: ended == 0 ? ChildProcess.step : 0)
      if ended == process { break }
      guard ended == 0 || errno == EINTR else { return nil }
      guard ContinuousClock.now < deadline else {
        kill(-process, SIGKILL)
        _ = unsafe waitpid(process, &status, 0)
        return nil
      }
      // Both outputs are closed, and the program is about to end.
      if !isOpen { usleep(1000) }
    }
    let signal = status & 0x7f
    return Ended(
      status: signal == 0 ? status >> 8 & 0xff : 128 + signal, output: output.text, errors: errors.text)
  }

  /// Starts the program; nil where the system refuses.
  private func start(_ output: Outlet, _ errors: Outlet) -> pid_t? {
    var actions = unsafe posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawnattr_init(&attributes)
    defer {
      unsafe posix_spawn_file_actions_destroy(&actions)
      unsafe posix_spawnattr_destroy(&attributes)
    }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.writingEnd, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, errors.writingEnd, 2)
    // What this process ignores, the program does not.
    var signals = sigset_t()
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    let words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    let variables = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
    defer { unsafe (words + variables).forEach { unsafe free($0) } }
    var process: pid_t = 0
    return unsafe posix_spawn(&process, path, &actions, &attributes, words, variables) == 0 ? process : nil
  }
}

/// A pipe that a program writes to, and the beginning of what came through it.
private final class Outlet {
  private let readingEnd: Int32
  private(set) var writingEnd: Int32
  private var bytes: [UInt8] = []
  private var isOpen = true

  init?() {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    (readingEnd, writingEnd) = (ends[0], ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    _ = fcntl(readingEnd, F_SETFL, O_NONBLOCK)
  }

  deinit {
    closeWritingEnd()
    close(readingEnd)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  func closeWritingEnd() {
    if writingEnd >= 0 { close(writingEnd) }
    writingEnd = -1
  }

  /// Waits until one of two outlets has something, and reads it; false once both are closed.
  static func wait(for one: Outlet, _ other: Outlet, milliseconds: Int32) -> Bool {
    let open = [one, other].filter(\.isOpen)
    guard !open.isEmpty else { return false }
    var polled = open.map { pollfd(fd: $0.readingEnd, events: Int16(POLLIN), revents: 0) }
    if unsafe poll(&polled, nfds_t(polled.count), milliseconds) > 0 { for outlet in open { outlet.read() } }
    return true
  }

  /// Takes what is there; what is too much is read and dropped, so that the program can go on.
  private func read() {
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe Glibc.read(readingEnd, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count == 0 { isOpen = false }
      guard count > 0 else { return }
      bytes += chunk.prefix(min(count, ChildProcess.kept - bytes.count))
    }
  }
}
