import Foundation
import Glibc
import Support
import Synchronization
import TestServers
import Testing
import Transport

/// Two runs at once, and runs that are cut short: nothing lost, nothing twice.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct InterruptionTests {
  private let many = Manifests.bots(Array(1...12))

  /// The names of the channels of an account file, in order.
  private func names(_ account: String) throws -> [String] {
    try ParsedJSON(account)["channels"].items.compactMap { $0["name"].string }
  }

  /// An apply to which `act` is done once it has made a channel.
  private func applying(
    _ project: TestProject, _ more: String, then act: @escaping @Sendable (BinaryUnderTest.Running) -> Void
  ) async throws -> BinaryUnderTest.Running {
    let running = try BinaryUnderTest.start(
      ["apply", "--auto-approve", "--parallelism", "2"] + more.split(separator: " ").map(String.init),
      in: project.workspace.path, environment: project.environment)
    try await running.wait {
      $0.errors.contains(": done")
    } then: {
      act($0)
    }
    return running
  }

  @Test func `of two applies at once one says who holds the lock, or waits for it`() async throws {
    // A server that never answers: the first run holds the lock until it is ended.
    try await RawServer.with({ _, _ in .silence }) { server in
      let host = "http://127.0.0.1:\(server.port)"
      var project = try TestProject(many.calling(host), options: [])
      project.environment = LocalKitProcess.credentials
      let first = try BinaryUnderTest.start(
        ["apply", "--auto-approve"], in: project.workspace.path, environment: project.environment)
      try await first.wait { _ in !server.log.requests.isEmpty }
      let refused = try await project.json(7, "apply --auto-approve")
      #expect(refused["outcome"].string == "locked")
      let text = try await project.expect(7, "state rm custom.bot-1")
      #expect(text.errors.contains("kitform apply") && text.errors.contains("--lock-timeout"), "\(text.errors)")
      let waiting = try BinaryUnderTest.start(
        ["state", "rm", "custom.bot-1", "--lock-timeout", "5m"], in: project.workspace.path)
      // What only reads is not waited for.
      first.interrupt()
      let stopped = try await first.end()
      #expect(stopped.exitCode == 130, "\(stopped.all)")
      #expect(stopped.errors.contains("interrupted before anything was changed"), "\(stopped.errors)")
      // Past the lock there is no state to change, which is another error than the lock's.
      let ended = try await waiting.end()
      #expect(ended.exitCode == 64 && ended.errors.contains("there is no state yet"), "\(ended.errors)")
    }
  }

  @Test func `who holds standard error holds neither calls nor the lock`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      let project = try kit.project(state: server.section(), Manifests.bots(Array(1...200)))
      let held = Pipe()
      // Less than the lines of 200 channels take. Swift's Glibc leaves F_SETPIPE_SZ out.
      let setPipeSize: Int32 = 1031
      #expect(fcntl(held.fileHandleForWriting.fileDescriptor, setPipeSize, 4096) == 4096)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: try BinaryUnderTest.path("kitform"))
      process.arguments = ["apply", "--auto-approve"]
      process.currentDirectoryURL = URL(fileURLWithPath: project.workspace.path)
      process.environment = BinaryUnderTest.environment(in: project.workspace.path, project.environment)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = held
      try process.run()
      for _ in 0..<12_000 where process.isRunning && (server.bytes == nil || server.holder != nil) {
        try await Task.sleep(for: .milliseconds(10))
      }
      #expect(process.isRunning, "it waits to be read")
      #expect(server.holder == nil && !server.text.contains("\"run\""))
      let lines = String(decoding: try held.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      #expect(Set(lines.matches(of: /create (custom.bot-\d+): done/).map(\.1)).count == 200)
    }
    #expect(try names(try await kit.stop()).count == 200)
  }

  @Test func `two sandboxes of one account do not overwrite each other`() async throws {
    let project = try TestProject(Manifests.two)
    async let one = project.run(["apply", "--auto-approve"])
    async let two = project.run(["apply", "--auto-approve"])
    let codes = [try await one.exitCode, try await two.exitCode].sorted()
    #expect(codes == [0, 7] || codes == [0, 0], "\(codes)")
    let account = try project.workspace.read(".kitform/sandbox/default/account.json")
    #expect(try names(account).sorted() == ["OK community", "Partner bot"])
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
  }

  @Test func `Ctrl-C lets running calls finish, saves the state, and the next apply makes the rest`() async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "1500"])
    let project = try kit.project(many)
    let running = try await applying(project, "--format json") { $0.interrupt() }
    let ended = try await running.end()
    #expect(ended.exitCode == 130, "\(ended.errors)")
    let json = try ParsedJSON(ended.output)
    #expect(json["outcome"].string == "interrupted")
    let results = json["results"].items.compactMap { $0["result"].string }
    let done = results.count { $0 == "done" }
    #expect(results.count == 12 && done > 0 && done < 12)
    #expect(results.allSatisfy { $0 == "done" || $0 == "not-attempted" }, "\(results)")
    #expect(try await project.json(0, "state list")["channels"].items.count == done)
    #expect(try await project.json(0, "plan")["summary"]["create"].int == 12 - done)
    let rest = try await project.json(0, "apply --auto-approve")
    #expect(rest["results"].items.count == 12 - done)
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let names = try names(try await kit.stop())
    #expect(names.count == 12 && Set(names).count == 12, "\(names)")
  }

  @Test func `a second Ctrl-C ends at once, and the next apply finds out what was done`() async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "3000"])
    let project = try kit.project(many)
    let running = try await applying(project, "--settle 1s") { $0.interrupt() }
    try await running.wait {
      $0.errors.contains("Stopping")
    } then: {
      $0.interrupt()
    }
    let ended = try await running.end()
    #expect(ended.exitCode == 130, "\(ended.errors)")
    // The account of an orderly end is missing.
    #expect(!ended.output.contains("Ended"), "\(ended.output)")
    #expect(try await project.json(0, "plan")["interrupted"].items.count > 0)
    try await project.expect(0, "apply --auto-approve --settle 3s")
    let names = try names(try await kit.stop())
    #expect(names.count == 12 && Set(names).count == 12, "\(names)")
  }

  @Test func `a closed terminal ends a run in order, and leaves no lock behind`() async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "1500"])
    try await StateServer.with { server in
      let project = try kit.project(state: server.section(), many)
      let running = try await applying(project, "") { $0.hangUp() }
      // The kernel and the shell both send it, and an impatient user sends it again.
      try await running.wait {
        $0.errors.contains("Stopping")
      } then: {
        $0.hangUp()
        $0.terminate()
      }
      let ended = try await running.end()
      #expect(ended.exitCode == 143, "\(ended.errors)")
      #expect(ended.errors.ranges(of: "Stopping").count == 1, "\(ended.errors)")
      #expect(server.holder == nil)
      #expect(!server.text.contains("\"run\": {"))
    }
    try await kit.stop()
  }

  @Test func `a signal ends a command in order that holds the lock, before it writes`() async throws {
    let kit = try await LocalKitProcess()
    // What takes as long as the test wants it to.
    let held = Mutex("")
    try await StateServer.with(disturb: { request in
      while held.withLock({ $0 == request.method }) { usleep(5000) }
      return nil
    }) { server in
      let project = try kit.project(state: server.section())
      try await project.expect(0, "apply --auto-approve")
      let before = server.bytes
      for (command, method) in [
        ("state rm ok.community", "GET"), ("state mv ok.community ok.people", "GET"), ("doctor", "DELETE"),
      ] {
        for code: Int32 in [130, 143] {
          held.withLock { $0 = method }
          let running = try BinaryUnderTest.start(
            command.split(separator: " ").map(String.init), in: project.workspace.path,
            environment: project.environment)
          try await running.wait { _ in
            server.holder != nil
          } then: {
            if code == 130 { $0.interrupt() } else { $0.terminate() }
          }
          try await running.wait { $0.errors.contains("Stopping") }
          held.withLock { $0 = "" }
          let ended = try await running.end()
          #expect(ended.exitCode == code, "\(command): \(ended.all)")
          #expect(ended.errors.contains("interrupted before anything was changed"), "\(ended.errors)")
          #expect(server.bytes == before && server.holder == nil, "\(command)")
        }
      }
    }
    try await kit.stop()
  }

  @Test func `a run whose start had SIGHUP ignored goes on`() async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "500"])
    let project = try kit.project(many)
    let nohup = try #require(BinaryUnderTest.tool("nohup"))
    let running = try BinaryUnderTest.start(
      [try BinaryUnderTest.path("kitform"), "apply", "--auto-approve"], in: project.workspace.path,
      environment: project.environment, executable: nohup)
    try await running.wait {
      $0.errors.contains(": done")
    } then: {
      $0.hangUp()
    }
    let ended = try await running.end()
    #expect(ended.exitCode == 0, "\(ended.errors)")
    try await kit.stop()
  }

  @Test(arguments: ["sent:3", "answered:4", "answered:1"])
  func `a run that is killed is brought to its end by the next`(_ point: String) async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project(many)
    project.environment["KITFORM_CRASH"] = point
    let killed = try await project.run(["apply", "--auto-approve"])
    #expect(killed.exitCode == 9, "\(killed.exitCode) \(killed.errors)")
    project.environment["KITFORM_CRASH"] = nil
    let plan = try await project.json(0, "plan")
    #expect(plan["interrupted"].items.count > 0)
    try await project.expect(0, "apply --auto-approve --settle 1s")
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let names = try names(try await kit.stop())
    #expect(names.count == 12 && Set(names).count == 12, "\(names)")
  }

  @Test(arguments: ["drop-after@create:2", "500-after@create:1", "half-body@create:3", "reset@create:2"])
  func `a creation whose answer is lost is found, not repeated`(_ fault: String) async throws {
    let kit = try await LocalKitProcess(options: ["--fault", fault])
    let project = try kit.project(Manifests.bots([1, 2, 3, 4]))
    let applied = try await project.json(0, "apply --auto-approve --settle 1s")
    #expect(applied["results"].items.allSatisfy { $0["result"].string == "done" })
    #expect(try await project.json(0, "plan")["outcome"].string == "no-changes")
    let names = try names(try await kit.stop())
    #expect(names.count == 4 && Set(names).count == 4, "\(names)")
  }

  @Test func `a plan after a crash shows what the next apply will find, the journal included`() async throws {
    let kit = try await LocalKitProcess()
    var project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("useTags: true", with: "useTags: false", in: "kitform.yaml")
    project.environment["OK_COMMUNITY_TOKEN"] = "tknOTHER11:yL92"
    // The journal says that the update is done, and the state not yet.
    project.environment["KITFORM_CRASH"] = "noted:1"
    #expect(try await project.run(["apply", "--auto-approve"]).exitCode == 9)
    project.environment["KITFORM_CRASH"] = nil
    let plan = try await project.expect(0, "plan --detailed-exitcode")
    #expect(plan.output.contains("ok.community was updated"))
    let ended = try await project.expect(0, "apply --auto-approve --settle 0s")
    #expect(ended.errors.contains("ok.community was updated") && ended.output.contains("No changes"))
    // Without the journal nobody knows which secret arrived: whichever is wanted by then is sent.
    project.environment["OK_COMMUNITY_TOKEN"] = "tknTHIRD33:zM93"
    project.environment["KITFORM_CRASH"] = "answered:1"
    #expect(try await project.run(["apply", "--auto-approve"]).exitCode == 9)
    project.environment["KITFORM_CRASH"] = nil
    project.environment["OK_COMMUNITY_TOKEN"] = "tknOTHER11:yL92"
    try await project.expect(2, "plan --detailed-exitcode")
    let sent = try await project.json(0, "apply --auto-approve --settle 0s")
    #expect(sent["results"].items.map { $0["address"].string } == ["ok.community"])
    try await kit.stop()
  }

  @Test func `deletions are held back when something before them fails`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project(Manifests.bots([1, 2]))
    try await project.expect(0, "apply --auto-approve")
    // From now on the token may only read: the creation is refused.
    let account = try await kit.stop().replacing("\"role\": \"full\"", with: "\"role\": \"readOnly\"")
    let reading = try await LocalKitProcess(account: account)
    try project.workspace.write(
      reading.manifest(Manifests.bots([2, 3])), to: "kitform.yaml")
    try await project.expect(0, "state rebind --confirm-account acme")
    let ended = try await project.json(1, "apply --auto-approve")
    #expect(ended["results"].items.count == 2)
    let deletion = try #require(ended["results"].items.first { $0["action"].string == "delete" })
    #expect(deletion["result"].string == "not-attempted")
    #expect(deletion["error"]["message"].string?.contains("held back") == true)
    #expect(try names(try await reading.stop()).sorted() == ["Bot 1", "Bot 2"])
  }

  @Test func `a damaged state is an error that names the backup, never no state`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project(Manifests.bots([1]))
    try await project.expect(0, "apply --auto-approve")
    let state = ".kitform/default/state.json"
    let whole = try project.workspace.read(state)
    for damaged in [String(whole.prefix(whole.count / 2)), "", whole.replacing("Bot 1", with: "Bot 2"), "[]"] {
      try project.workspace.write(damaged, to: state)
      for command in ["plan", "apply --auto-approve", "state list", "output"] {
        let ended = try await project.expect(1, command)
        #expect(ended.errors.contains("is damaged") && ended.errors.contains("state.json.backup-"), "\(ended.errors)")
      }
      #expect(try project.workspace.read(state) == damaged)
    }
    try project.workspace.remove(state)
    let gone = try await project.expect(1, "plan")
    #expect(gone.errors.contains("backup-"), "\(gone.errors)")
    try await kit.stop()
  }
}
