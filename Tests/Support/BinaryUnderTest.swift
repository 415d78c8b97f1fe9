import Foundation

/// The `kitform` executable as it was built beside the tests, run the way a shell would run it.
package enum BinaryUnderTest {
  /// What a run came to.
  package struct Ended: Sendable {
    package var exitCode: Int32
    package var output: String
    package var errors: String

    /// Both streams, for what must be in neither or in either.
    package var all: String { output + errors }
  }

  /// Why there is no result.
  package struct Problem: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  /// Runs the binary to its end; after so many `seconds` it is killed, and the run is a problem.
  ///
  /// `environment` is all that the process sees beside `PATH` and `HOME`.
  package static func run(
    _ arguments: [String], in directory: String, environment: [String: String] = [:], seconds: Int = 240,
    executable: String = "kitform"
  ) async throws -> Ended {
    try await start(arguments, in: directory, environment: environment, executable: executable).end(seconds: seconds)
  }

  /// Runs a script as a pipeline's machine does, with the binary on its `PATH`.
  package static func bash(
    _ script: String, in directory: String, environment: [String: String] = [:], seconds: Int = 240
  ) async throws -> Ended {
    let binary = URL(fileURLWithPath: try path("kitform")).deletingLastPathComponent().path
    let own = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return try await start(
      ["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script], in: directory,
      environment: ["PATH": "\(binary):\(own)"].merging(environment) { $1 }, executable: "/bin/bash"
    ).end(seconds: seconds)
  }

  /// Starts the binary, or another `executable` by its name or its absolute path, and leaves it running; the caller ends it.
  package static func start(
    _ arguments: [String], in directory: String, environment: [String: String] = [:], executable: String = "kitform"
  ) throws -> Running {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try path(executable))
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = self.environment(in: directory, environment)
    let streams = try Streams()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = streams.output.handle
    process.standardError = streams.errors.handle
    try process.run()
    return Running(process: process, streams: streams, words: ([executable] + arguments).joined(separator: " "))
  }

  /// All that a process sees which is started in a directory: `PATH`, `HOME`, and `more`.
  package static func environment(in directory: String, _ more: [String: String]) -> [String: String] {
    let own = ProcessInfo.processInfo.environment
    var seen = ["PATH": own["PATH"] ?? "/usr/bin:/bin", "HOME": directory]
    // Under a sanitizer, what holds for the tests holds for what they start.
    for name in ["ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "LD_PRELOAD"] { seen[name] = own[name] }
    return seen.merging(more) { $1 }
  }

  /// A program of the machine's by its name; nil where there is none.
  package static func tool(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// An executable of the package: it is in the directory of the test bundle.
  package static func path(_ name: String) throws -> String {
    guard !name.hasPrefix("/") else { return name }
    let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let arguments = CommandLine.arguments.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
    for directory in [bundle] + arguments {
      let path = directory.appendingPathComponent(name).path
      if FileManager.default.isExecutableFile(atPath: path) { return path }
    }
    throw Problem(description: "there is no \(name) beside \(bundle.path)")
  }

  /// A process that was started; the test that started it alone speaks to it.
  package final class Running: @unchecked Sendable {
    private let process: Process
    private let streams: Streams
    private let words: String

    fileprivate init(process: Process, streams: Streams, words: String) {
      self.process = process
      self.streams = streams
      self.words = words
    }

    package var output: String { streams.output.text }
    package var errors: String { streams.errors.text }

    /// Waits until a condition holds of what the process has written, and does `act` at that moment.
    ///
    /// A thread of its own waits: the tests' tasks share few threads, and one that computes would let the moment pass.
    package func wait(
      seconds: Int = 120, until condition: @escaping @Sendable (Running) -> Bool,
      then act: @escaping @Sendable (Running) -> Void = { _ in }
    ) async throws {
      let came = await withCheckedContinuation { continuation in
        Thread.detachNewThread {
          let end = ContinuousClock.now + .seconds(seconds)
          while !condition(self) {
            guard self.process.isRunning, ContinuousClock.now < end else {
              // What was written last may be what was waited for.
              return continuation.resume(returning: condition(self))
            }
            usleep(5000)
          }
          act(self)
          continuation.resume(returning: true)
        }
      }
      guard came else { throw Problem(description: "`\(words)` never came so far:\n\(output)\n\(errors)") }
    }

    /// Sends SIGTERM, as a server does that stops a job.
    package func terminate() { process.terminate() }

    /// Sends SIGINT, as Ctrl-C does.
    package func interrupt() { process.interrupt() }

    /// Sends SIGHUP, as a terminal does that is closed.
    package func hangUp() { kill(process.processIdentifier, SIGHUP) }

    /// Holds the process where it is, as a machine does that is paused, and lets it go on.
    package func pause() { kill(process.processIdentifier, SIGSTOP) }
    package func resume() { kill(process.processIdentifier, SIGCONT) }

    /// Waits for the end; kills the process when that takes too long.
    package func end(seconds: Int = 240) async throws -> Ended {
      let end = ContinuousClock.now + .seconds(seconds)
      while process.isRunning {
        guard ContinuousClock.now < end else {
          kill(process.processIdentifier, SIGKILL)
          throw Problem(description: "`\(words)` did not end in \(seconds) s:\n\(output)\n\(errors)")
        }
        try await Task.sleep(for: .milliseconds(10))
      }
      return Ended(exitCode: process.terminationStatus, output: output, errors: errors)
    }

    /// Ends the process whatever it does.
    package func stop() async throws {
      if process.isRunning { process.terminate() }
      _ = try await end(seconds: 30)
    }
  }
}

/// Where a process writes: files, so that neither side ever waits for the other.
private struct Streams {
  let output: Stream
  let errors: Stream

  init() throws {
    output = try Stream()
    errors = try Stream()
  }

  /// A file of the temporary directory, removed with the value.
  final class Stream {
    let handle: FileHandle
    private let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("kitform-\(UUID().uuidString)").path
      guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
        let handle = FileHandle(forWritingAtPath: path)
      else { throw BinaryUnderTest.Problem(description: "no file for the output at \(path)") }
      self.handle = handle
    }

    deinit {
      try? handle.close()
      try? FileManager.default.removeItem(atPath: path)
    }

    var text: String { String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self) }
  }
}
