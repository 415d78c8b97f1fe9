import Basics
import Glibc
import Provisioning
import StateBackends
import Synchronization
import Wiring

/// Standard output and error: results on the one, everything else on the other.
///
/// A build's runner takes some lines of a log for commands to itself. Here, and here alone, text of ours is kept from being one,
/// with any data in it: everything but `annotate`, whose lines are meant to be. `CanonicalJSON` and `ScalarText` write nothing
/// that has to be kept from it, so a document reaches standard output byte by byte.
struct Terminal: Sendable {
  /// When output is coloured.
  enum Color: String, Sendable, CaseIterable {
    case auto, always, never
  }

  let color: Color
  /// `NO_COLOR` is set.
  let noColor: Bool
  /// What no line may show.
  var known = KnownSecrets()

  var isOutputTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  var isErrorTerminal: Bool { isatty(STDERR_FILENO) == 1 }
  /// Whether a user can answer a question.
  var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isErrorTerminal }

  var colorsOutput: Bool { colors(isOutputTerminal) }
  var colorsErrors: Bool { colors(isErrorTerminal) }

  private func colors(_ isTerminal: Bool) -> Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto: isTerminal && !noColor && Terminal.movesCursor
    }
  }

  /// Whether the terminal says that it understands more than plain lines: `TERM` is neither unset nor `dumb`.
  private static let movesCursor = !["", "dumb"].contains(Surroundings.current.environment["TERM"] ?? "")

  /// How wide the terminal behind standard output is; nil where there is none.
  var outputColumns: Int? { isOutputTerminal ? Terminal.size(STDOUT_FILENO).width : nil }
  /// The same for standard error.
  var errorColumns: Int? { isErrorTerminal ? Terminal.size(STDERR_FILENO).width : nil }

  /// Puts something in the place of standard input, output and error where the caller closed them.
  ///
  /// Otherwise the next file or connection would get the number, and results would be written into it. What is there
  /// refuses what the descriptor is for, as a closed one does.
  static func occupyStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
      // The lowest free number is taken, and all below are in use.
      _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// Writes a result, with known secrets masked unless it is `exact`.
  ///
  /// - Throws: `WriteFailure` when the output cannot be written, a full disk for example; nothing is lost silently.
  func write(_ text: String, exact: Bool = false) throws(WriteFailure) {
    try say(exact ? text : known.redact(text), to: STDOUT_FILENO)
  }

  /// Writes a result that is canonical JSON, with a line break behind it.
  func writeLine(_ json: [UInt8]) throws(WriteFailure) {
    try write(json + [UInt8(ascii: "\n")], to: STDOUT_FILENO)
  }

  /// Writes a message, above the lines that are shown live; a closed standard error stops nothing.
  func note(_ text: String) {
    let text = known.redact(text)
    Terminal.block.withLock { block in draw(block.lines, above: text + "\n", &block) }
  }

  /// Whether lines can be shown live: on a terminal that moves its cursor, with a person before it.
  var showsLive: Bool {
    guard isErrorTerminal else { return false }
    return Terminal.movesCursor && (Surroundings.current.environment["CI"] ?? "").isEmpty
  }

  /// Writes workflow commands, whole lines of which none may share its line with anything else.
  func annotate(_ lines: String) {
    try? write(Array(known.redact(lines).utf8), to: STDERR_FILENO)
  }

  /// Shows lines below everything else until others take their place, with a message above them; who asks has seen that
  /// `showsLive`.
  ///
  /// A process in the background leaves the terminal to its present user.
  func live(_ lines: [String], above text: String? = nil) {
    let text = text.map { known.redact($0) }
    Terminal.block.withLock { block in
      if text != nil || block.lines != lines { draw(lines, above: text.map { $0 + "\n" } ?? "", &block) }
    }
  }

  /// Removes the live lines before the process ends at once, without waiting.
  static func endLive() {
    _ = block.withLockIfAvailable { block in
      if !block.lines.isEmpty { Terminal(color: .never, noColor: true).draw([], above: "", &block) }
    }
  }

  /// What is shown live on standard error, of which a process has one.
  private static let block = Mutex(LiveBlock())

  private func draw(_ lines: [String], above text: String, _ block: inout LiveBlock) {
    var lines = lines
    let (width, height) = lines.isEmpty && block.lines.isEmpty ? (1, 1) : Terminal.size(STDERR_FILENO)
    if !(lines.isEmpty && block.lines.isEmpty), tcgetpgrp(STDERR_FILENO) != getpgrp() {
      // The last rows belong to another program by now.
      block = LiveBlock()
      lines = []
    }
    try? say(block.redraw(lines, above: text, width: width, height: height), to: STDERR_FILENO)
  }

  /// Columns and rows of the terminal behind a descriptor.
  private static func size(_ descriptor: Int32) -> (width: Int, height: Int) {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Asks a question on standard error and returns the answer without its line break; nil at the end of the input, and
  /// once the command is to stop.
  func ask(_ question: String, unless stop: Stop) -> String? {
    try? say(known.redact(question), to: STDERR_FILENO)
    var answer: [UInt8] = []
    while stop.reason == nil {
      var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      // Each wait is short, so that the wish to stop is seen soon.
      guard unsafe poll(&input, 1, 100) > 0 else { continue }
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      answer += bytes.prefix(max(count, 0))
      let end = answer.firstIndex(of: UInt8(ascii: "\n"))
      if count <= 0, answer.isEmpty { return nil }
      if end != nil || count <= 0 { return String(decoding: answer[..<(end ?? answer.endIndex)], as: UTF8.self) }
    }
    return nil
  }

  private func say(_ text: String, to descriptor: Int32) throws(WriteFailure) {
    try write(Array(SafeText.neutralizingCommands(text).utf8), to: descriptor)
  }

  /// Writes all bytes to a descriptor, in as many calls as it takes.
  private func write(_ bytes: [UInt8], to descriptor: Int32) throws(WriteFailure) {
    var offset = 0
    while offset < bytes.count {
      let count = unsafe bytes[offset...].withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        throw WriteFailure(code: errno, wasTerminal: Terminal.isDevice(descriptor))
      }
      offset += count
    }
  }

  /// Whether a descriptor is a terminal's or another device's; one that was hung up is no terminal to `isatty` any more.
  private static func isDevice(_ descriptor: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
  }

  /// The output could not be written.
  struct WriteFailure: Error {
    var code: Int32
    var wasTerminal = false
    /// Whether the reader is gone: a pipe was closed, or the window of a terminal.
    var isClosed: Bool { code == EPIPE || code == EIO && wasTerminal }
    /// What failed, and why.
    var words: String {
      "the result could not be written to standard output: \(DiskFailure("write", "standard output", code: code).reason)"
    }
  }
}
