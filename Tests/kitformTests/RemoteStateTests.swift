import Documents
import Provisioning
import Support
import Testing
import Transport

/// States on a server, as users meet them.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct RemoteStateTests {
  @Test func `an apply keeps its state on the server, and another directory goes on from there`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with(authorization: "Basic Y2k6c3RhdGUtcGFzc3dvcmQtMQ==") { server in
      var project = try kit.project(state: server.section(", username: ci, password: {env: STATE_PASSWORD}"))
      project.environment["STATE_PASSWORD"] = "state-password-1"
      try await project.expect(0, "apply --auto-approve")
      #expect(server.holder == nil)
      #expect(!project.workspace.exists(".kitform/default/state.json"))
      var elsewhere = try kit.project(state: server.section(", username: ci, password: {env: STATE_PASSWORD}"))
      elsewhere.environment["STATE_PASSWORD"] = "state-password-1"
      try await elsewhere.expect(0, "plan --detailed-exitcode")
      let listed = try await elsewhere.expect(0, "state list")
      #expect(listed.output == "custom.partner-bot\nok.community\n")
      let pulled = try await elsewhere.expect(0, "state pull")
      #expect(pulled.output == server.text)
      let shown = try await elsewhere.expect(0, "state show")
      #expect(shown.output.contains(server.address))
      // Nothing that was sent to the server, and nothing that was said, holds a secret.
      let sent = server.model.log.map { String(decoding: $0.body, as: UTF8.self) }.joined()
      for secret in Array(LocalKitProcess.credentials.values) + ["state-password-1"] {
        #expect(!sent.contains(secret))
        #expect(!(listed.all + pulled.all + shown.all).contains(secret))
      }
      elsewhere.environment["STATE_PASSWORD"] = "wrong"
      let refused = try await elsewhere.expect(1, "plan")
      #expect(refused.errors.contains("the server wants other credentials (401)"))
    }
    try await kit.stop()
  }

  @Test func `the variables of Terraform's http backend are enough`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with(.plain) { server in
      var project = try kit.project(state: "state: {backend: http}\n")
      let none = try await project.expect(1, "plan")
      #expect(none.errors.contains("write `state.address`, or set TF_HTTP_ADDRESS"))
      project.environment.merge([
        "TF_HTTP_ADDRESS": server.address, "TF_HTTP_LOCK_ADDRESS": server.address,
        "TF_HTTP_UNLOCK_ADDRESS": server.address,
      ]) { $1 }
      try await project.expect(0, "apply --auto-approve")
      #expect(server.bytes != nil)
      let methods = Set(server.model.log.map(\.method))
      #expect(methods == ["GET", "POST", "LOCK", "UNLOCK"])
    }
    try await kit.stop()
  }

  @Test func `a lock that somebody holds is shown with its id, and can be freed by it alone`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with(.plain) { server in
      let project = try kit.project(state: server.section())
      server.lockByAnother()
      let held = try await project.expect(7, "apply --auto-approve")
      #expect(held.errors.contains("is locked by ann@laptop since 2026-05-04T12:04:00Z"))
      #expect(held.errors.contains("`kitform state unlock lock-77`"))
      try await project.expect(2, "plan --detailed-exitcode")
      try await project.expect(7, "state unlock lock-78")
      #expect(server.holder == "lock-77")
      let freed = try await project.expect(0, "state unlock lock-77")
      #expect(freed.output.contains("of ann@laptop"))
      let free = try await project.expect(0, "state unlock lock-77")
      #expect(free.output.contains("is not locked"))
      try await project.expect(0, "apply --auto-approve")
    }
    try await kit.stop()
  }

  @Test func `a server that names no holder is said to, with what frees the lock`() async throws {
    try await StateServer.with(disturb: { request in
      request.path.hasSuffix("/lock") ? HTTPResponse(status: 423) : nil
    }) { server in
      let project = try TestProject(
        Manifests.bots([], top: server.section()), options: [])
      let held = try await project.expect(7, "state unlock lock-1")
      #expect(held.errors.contains("is locked, and the server does not say by whom"), "\(held.errors)")
      #expect(held.errors.contains("`kitform state unlock` and the id of the lock, as the server's own pages show it"))
    }
  }

  @Test func `a later attempt of the same job takes over what a killed runner left`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      var project = try kit.project(state: server.section())
      project.environment.merge([
        "CI_SERVER_HOST": "gitlab.example.com", "CI_PROJECT_ID": "7", "CI_PIPELINE_ID": "100",
        "CI_JOB_NAME": "apply", "CI_JOB_ID": "5000", "CI_JOB_URL": "https://gitlab.example.com/jobs/5000",
        "KITFORM_CRASH": "answered:1",
      ]) { $1 }
      let crashed = try await project.run(["apply", "--auto-approve", "--settle", "1s"])
      #expect(crashed.exitCode != 0)
      #expect(server.holder != nil)
      // Another runner: no working directory, the same job, tried again.
      var again = try kit.project(state: server.section())
      again.environment = project.environment
      again.environment["KITFORM_CRASH"] = nil
      let same = try await again.expect(7, "apply --auto-approve --settle 0s")
      #expect(same.errors.contains("is locked by gitlab-user"))
      again.environment["CI_JOB_ID"] = "5001"
      let ended = try await again.expect(0, "apply --auto-approve --settle 0s")
      #expect(ended.errors.contains("Took over the lock on \(server.address) that an earlier attempt"))
      #expect(server.holder == nil)
      try await again.expect(0, "plan --detailed-exitcode")
    }
    let account = try await kit.stop()
    #expect(account.ranges(of: "OK community").count == 1)
  }

  /// When a machine goes on that was paused while it held the lock.
  enum WakeUp: CaseIterable {
    /// Another attempt has its lock.
    case beside
    /// That attempt has ended.
    case after
    /// Another command has taken its lock away and given it back, and the attempt begins.
    case besideFreeLock
  }

  /// The later attempt settles for a shorter time than the one before it, and waits for that one's calls all the same.
  @Test(arguments: WakeUp.allCases)
  func `a holder that wakes up after its lock was taken over makes nothing twice`(_ wakeUp: WakeUp) async throws {
    let kit = try await LocalKitProcess(options: ["--latency", "200"])
    try await StateServer.with { server in
      var project = try kit.project(state: server.section(), Manifests.bots(Array(1...20)))
      project.environment.merge([
        "CI_SERVER_HOST": "gitlab.example.com", "CI_PROJECT_ID": "7", "CI_PIPELINE_ID": "100",
        "CI_JOB_NAME": "apply", "CI_JOB_ID": "5000",
      ]) { $1 }
      let arguments = ["apply", "--auto-approve", "--parallelism", "1", "--settle"]
      let first = try BinaryUnderTest.start(
        arguments + ["7s"], in: project.workspace.path, environment: project.environment)
      try await first.wait {
        $0.errors.contains("bot-1: done")
      } then: {
        $0.pause()
      }
      var later = try kit.project(state: server.section(), Manifests.bots(Array(1...20)))
      later.environment = project.environment.merging(["CI_JOB_ID": "5001"]) { $1 }
      if wakeUp == .besideFreeLock {
        #expect(try await later.run(["doctor"]).all.contains("Took over the lock"))
        #expect(server.holder == nil)
      }
      let second = try BinaryUnderTest.start(
        arguments + ["1s"], in: later.workspace.path, environment: later.environment)
      try await second.wait {
        $0.errors.contains("may still be in progress: Kitform waits")
      } then: { _ in
        if wakeUp != .after { first.resume() }
      }
      let ended = try await second.end()
      #expect(ended.exitCode == 0, "\(ended.all)")
      #expect(ended.errors.contains("Took over the lock") == (wakeUp != .besideFreeLock), "\(ended.errors)")
      if wakeUp == .after { first.resume() }
      let woken = try await first.end()
      #expect(woken.exitCode == 6, "\(woken.all)")
      #expect(woken.all.contains("the lock on \(server.address) was lost"))
      try await later.expect(0, "plan --detailed-exitcode")
      #expect(server.holder == nil)
    }
    let account = try await kit.stop()
    for number in 1...20 { #expect(account.ranges(of: "\"Bot \(number)\"").count == 1) }
  }

  @Test func `no credential goes to a host that nothing allows, and nothing is dialled`() async throws {
    var project = try TestProject(
      Manifests.header + "state: {backend: http, address: https://state.invalid/x, password: {env: P}}\n", options: [])
    project.environment = ["KIT_API_TOKEN": "t", "P": "p"]
    let refused = try await project.expect(4, "plan")
    #expect(refused.errors.contains("`state.address` is state.invalid, and the password of P may not go there"))
    #expect(refused.errors.contains("kitform.yaml:3"))
    for command in ["state list", "state pull", "state unlock x", "apply --auto-approve"] {
      try await project.expect(4, command)
    }
    // GitLab's own host is allowed for states on GitLab, and then the connection is tried.
    project.environment["CI_SERVER_HOST"] = "state.invalid"
    let tried = try await project.expect(1, "state list")
    #expect(tried.errors.contains("the state https://state.invalid/x cannot be used"))
    let s3 = try TestProject(
      Manifests.header + "state: {backend: s3, bucket: acme-kitform, key: a.json, endpoint: s3.invalid}\n", options: [])
    let other = try await s3.expect(4, "state list")
    #expect(other.errors.contains("`state.endpoint` is s3.invalid"))
  }

  @Test func `an encrypted state and plan are unreadable without the key, and nobody notices with it`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      var project = try kit.project(state: server.section(", key: {env: STATE_KEY}"))
      project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
      try await project.expect(0, "apply --auto-approve")
      #expect(server.text.contains("Partner bot"))
      // Switched on, the next write encrypts.
      try project.workspace.replace(
        "key: {env: STATE_KEY}", with: "key: {env: STATE_KEY}, encrypt: true", in: "kitform.yaml")
      try project.workspace.replace("name: Partner bot", with: "name: Partner bot two", in: "kitform.yaml")
      let planned = try await project.expect(0, "plan --out plan.json")
      #expect(planned.errors.contains("the state is not encrypted yet"))
      let plan = try project.workspace.read("plan.json")
      #expect(!plan.contains("Partner bot"))
      #expect(plan.contains("\"digest\": \"kf1-"))
      let shown = try await project.expect(0, "show plan.json")
      #expect(shown.output.contains("Partner bot two"))
      try await project.expect(0, "apply plan.json")
      #expect(!server.text.contains("Partner bot"))
      #expect(try ParsedJSON(server.text).names == ["encryption", "lineage", "serial", "sha256", "version"])
      let pulled = try await project.expect(0, "state pull")
      #expect(pulled.output.contains("Partner bot two"))
      try await project.expect(0, "plan --detailed-exitcode")
      project.environment["STATE_KEY"] = "another-state-key-of-thirty-two-bytes"
      let wrong = try await project.expect(1, "plan")
      #expect(wrong.errors.contains("it is encrypted under another key than that of `state.key`"))
      project.environment["STATE_KEY"] = nil
      let missing = try await project.expect(1, "state list")
      #expect(missing.errors.contains("STATE_KEY"))
      let unread = try await project.expect(1, "show plan.json")
      #expect(unread.errors.contains("the saved plan") && unread.errors.contains("STATE_KEY"))
      // The other way round is said before it happens.
      project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
      try project.workspace.replace(", encrypt: true", with: "", in: "kitform.yaml")
      let plain = try await project.expect(0, "plan --detailed-exitcode")
      #expect(plain.errors.contains("the next write leaves it in plain text"))
    }
    try await kit.stop()
  }

  @Test func `the key of an encrypted state is changed by way of a copy`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      var project = try kit.project(state: server.section(", key: {env: STATE_KEY}, encrypt: true"))
      project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
      try await project.expect(0, "apply --auto-approve")
      let copy = try await project.expect(0, "state pull").output
      try project.workspace.write(copy, to: "state.json")
      project.environment["STATE_KEY"] = "another-state-key-of-thirty-two-bytes"
      for command in ["state list", "plan", "state push state.json"] {
        let refused = try await project.expect(1, command)
        #expect(refused.errors.contains("it is encrypted under another key than that of `state.key`"))
        #expect(refused.errors.contains("`kitform state push --force state.json` with the new one"))
      }
      let pushed = try await project.expect(0, "state push --force state.json")
      #expect(pushed.output.contains("in place of the state that was encrypted under another key"))
      #expect(try await project.expect(0, "state list").output == "custom.partner-bot\nok.community\n")
    }
    try await kit.stop()
  }
}
