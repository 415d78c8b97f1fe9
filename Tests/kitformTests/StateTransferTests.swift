import Documents
import Provisioning
import Support
import Synchronization
import Testing
import Transport

/// Moving states about: pull, push, migrate, mv.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct StateTransferTests {
  @Test func `a changed backend never begins with an empty state, and migrate moves it`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      let project = try kit.project()
      try await project.expect(0, "apply --auto-approve")
      let manifest = try project.workspace.read("kitform.yaml")
      try project.workspace.write(
        manifest.replacing("channels:", with: server.section() + "channels:"), to: "kitform.yaml")
      for command in ["plan", "apply --auto-approve", "state list"] {
        let refused = try await project.expect(1, command)
        #expect(refused.errors.contains("there is no state in it yet"))
        #expect(refused.errors.contains("kitform state migrate"))
      }
      #expect(server.bytes == nil && server.holder == nil)
      let moved = try await project.expect(0, "state migrate")
      #expect(moved.output.contains("Moved the state of 2 channels from "))
      #expect(!project.workspace.exists(".kitform/default/state.json"))
      #expect(project.workspace.files(under: ".kitform").contains { $0.name.contains("state.json.migrated-") })
      try await project.expect(0, "plan --detailed-exitcode")
      let again = try await project.expect(0, "state migrate")
      #expect(again.output.contains("There is nothing to move"))

      // And back: this directory remembers where the state was written last.
      try await project.expect(0, "state mv ok.community ok.other")
      try await project.expect(0, "state mv ok.other ok.community")
      try project.workspace.write(manifest, to: "kitform.yaml")
      let forgotten = try await project.expect(1, "plan")
      #expect(forgotten.errors.contains(server.address))
      let back = try await project.expect(0, "state migrate")
      #expect(back.output.contains("The former state stays"))
      try await project.expect(0, "state list")
      #expect(project.workspace.exists(".kitform/default/state.json"))

      // The server's state is an old one now: nothing goes on from it, and migrate brings it up to date.
      try project.workspace.write(
        manifest.replacing("channels:", with: server.section() + "channels:"), to: "kitform.yaml")
      let before = server.bytes
      for command in ["plan", "apply --auto-approve", "state list"] {
        let refused = try await project.expect(1, command)
        #expect(refused.errors.contains("its state is an old one") && refused.errors.contains("state migrate"))
      }
      #expect(server.bytes == before && server.holder == nil)
      try await project.expect(0, "state migrate")
      try await project.expect(0, "plan")
      #expect(server.bytes != before)
    }
    try await kit.stop()
  }

  @Test func `migrate goes on with the serial, so that an older copy is not pushed over the state`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      let project = try kit.project()
      try await project.expect(0, "apply --auto-approve")
      try await project.expect(0, "state mv ok.community ok.people")
      try await project.expect(0, "state mv ok.people ok.community")
      let copy = try await project.expect(0, "state pull").output
      try project.workspace.write(copy, to: "copy.json")
      try project.workspace.replace("channels:", with: server.section() + "channels:", in: "kitform.yaml")
      try await project.expect(0, "state migrate")
      #expect(try ParsedJSON(server.text)["serial"].int == ParsedJSON(copy)["serial"].int.map { $0 + 1 })
      try await project.expect(0, "state rm ok.community")
      let stale = try await project.expect(4, "state push copy.json")
      #expect(stale.errors.contains("the state that is there was written later"))
    }
    try await kit.stop()
  }

  @Test func `a migration that was cut short behind its write is completed, and a fork is not`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      let project = try kit.project()
      try await project.expect(0, "apply --auto-approve")
      let former = try project.workspace.read(".kitform/default/state.json")
      try project.workspace.replace("channels:", with: server.section() + "channels:", in: "kitform.yaml")
      try await project.expect(0, "state migrate")
      try project.workspace.write(former, to: ".kitform/default/state.json")
      let ended = try await project.expect(0, "state migrate")
      #expect(ended.output.contains("\(server.address) has the state already. The former file is "), "\(ended.output)")
      #expect(!project.workspace.exists(".kitform/default/state.json"))
      try await project.expect(0, "plan --detailed-exitcode")
      // A file that went on by itself is the server's to be compared with, not to be lost.
      var fork = try StateCodec().decode(Array(former.utf8), label: "former")
      fork.serial += 5
      fork.history = []
      try project.workspace.write(
        String(decoding: StateCodec().encode(fork), as: UTF8.self), to: ".kitform/default/state.json")
      let refused = try await project.expect(4, "state migrate")
      #expect(refused.errors.contains("hold a state"))
    }
    try await kit.stop()
  }

  @Test func `a damaged state is mended by a copy on a server that knows every serial`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      let project = try kit.project(state: server.section())
      try await project.expect(0, "apply --auto-approve")
      let copy = try await project.expect(0, "state pull").output
      let serial = try #require(ParsedJSON(copy)["serial"].int)
      try project.workspace.write(copy, to: "copy.json")
      try await project.expect(0, "state mv ok.community ok.people")
      try await project.expect(0, "state mv ok.people ok.community")
      server.model[StateServer.path] = Array(server.text.utf8.dropLast(300))
      let put = try await project.expect(0, "state push copy.json --force")
      #expect(put.output.contains("in place of the damaged state, as serial \(serial + 3)"), "\(put.output)")
      try await project.expect(0, "plan --detailed-exitcode")
    }
    try await kit.stop()
  }

  @Test func `a place that a variable names is remembered as well, and its query is not`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      var project = try kit.project(state: "state: {backend: http}\n")
      let place = ".kitform/default/backend.json"
      func use(_ path: String, token: String) {
        project.environment["TF_HTTP_ADDRESS"] =
          "http://127.0.0.1:\(server.port)/states/\(path)?private_token=\(token)"
      }
      use("one", token: "PLANTED-aW8v2")
      try await project.expect(0, "apply --auto-approve")
      #expect(try project.workspace.read(place).contains("/states/one\""))
      use("two", token: "PLANTED-aW8v2")
      for command in ["plan", "apply --auto-approve"] {
        let refused = try await project.expect(1, command)
        #expect(refused.errors.contains("/states/one, where the state was kept before, holds one"), "\(refused.errors)")
      }
      #expect(try await project.expect(0, "state migrate").output.contains("Moved the state of 2 channels"))
      try await project.expect(0, "plan --detailed-exitcode")
      // A place whose query is not at hand cannot be asked, and is not taken for an empty one.
      use("three", token: "PLANTED-other")
      let unread = try await project.expect(1, "plan")
      #expect(unread.errors.contains("/states/two, where the state was kept before, cannot be read"))
      #expect(!project.kept().values.contains { $0.contains("PLANTED") })
    }
    try await kit.stop()
  }

  @Test func `push continues a state, and refuses what would lose one`() async throws {
    let kit = try await LocalKitProcess()
    try await StateServer.with { server in
      let project = try kit.project(state: server.section())
      try await project.expect(0, "apply --auto-approve")
      let old = try await project.expect(0, "state pull").output
      try project.workspace.write(old, to: "old.json")
      let same = try await project.expect(0, "state push old.json")
      #expect(same.output.contains("is that of the file already"))
      try project.workspace.replace("name: Partner bot", with: "name: Partner bot two", in: "kitform.yaml")
      try await project.expect(0, "apply --auto-approve")
      let stale = try await project.expect(4, "state push old.json")
      #expect(stale.errors.contains("the state that is there was written later"))
      let before = server.bytes
      let foreign = old.replacing(
        #""lineage": "\#(try ParsedJSON(old)["lineage"].string ?? "")""#, with: #""lineage": "00""#)
      try project.workspace.write(foreign, to: "edited.json")
      let edited = try await project.expect(1, "state push edited.json --force")
      #expect(edited.errors.contains("its checksum differs"))
      var lineage = try StateCodec().decode(Array(old.utf8), label: "old")
      lineage.lineage = "00"
      lineage.serial = 99
      try project.workspace.write(String(decoding: StateCodec().encode(lineage), as: UTF8.self), to: "foreign.json")
      let other = try await project.expect(4, "state push foreign.json")
      #expect(other.errors.contains("it has another lineage"))
      var account = lineage
      account.account.name = "globex"
      try project.workspace.write(String(decoding: StateCodec().encode(account), as: UTF8.self), to: "account.json")
      try await project.expect(4, "state push account.json --force")
      #expect(server.bytes == before)
      try await project.expect(0, "state push old.json --force")
      let pushed = try await project.expect(0, "state pull")
      #expect(pushed.output.contains("\"Partner bot\"") && !pushed.output.contains("Partner bot two"))
      try await project.expect(0, "plan --detailed-exitcode")

      // A damaged state is replaced on demand alone.
      server.model[StateServer.path] = Array("{".utf8)
      let damaged = try await project.expect(1, "state push old.json")
      #expect(damaged.errors.contains("is damaged") && damaged.errors.contains("state push --force"))
      let serial = try #require(ParsedJSON(old)["serial"].int)
      lineage = try StateCodec().decode(Array(old.utf8), label: "old")
      lineage.serial = serial + 50
      try project.workspace.write(String(decoding: StateCodec().encode(lineage), as: UTF8.self), to: "later.json")
      try await project.expect(0, "state push later.json --force")
      try await project.expect(0, "state list")
    }
    try await kit.stop()
  }

  @Test func `a state that the server does not take at the end is saved, and pushed back later`() async throws {
    let kit = try await LocalKitProcess()
    let isBroken = Mutex(true)
    try await StateServer.with(disturb: { request in
      guard request.method == "POST", request.path == StateServer.path else { return nil }
      let text = String(decoding: request.body, as: UTF8.self)
      return isBroken.withLock { $0 } && !text.contains("\"run\": {") ? HTTPResponse(status: 403) : nil
    }) { server in
      var project = try kit.project(state: server.section(", key: {env: STATE_KEY}"))
      project.environment["STATE_KEY"] = "a-state-key-of-thirty-two-bytes-or-more"
      let partial = try await project.expect(6, "apply --auto-approve")
      let note = try #require(partial.errors.firstRange(of: "`kitform state push "))
      let file = String(partial.errors[note.upperBound...].prefix { $0 != "`" })
      #expect(file.hasSuffix(".kitform/default/state.json.emergency-2"))
      #expect(!partial.errors.contains("nothing of it was changed"), "\(partial.errors)")
      #expect(server.holder == nil)
      isBroken.withLock { $0 = false }
      let pushed = try await project.run(["state", "push", file])
      #expect(pushed.exitCode == 0, "\(pushed.all)")
      let plan = try await project.expect(0, "plan --detailed-exitcode")
      #expect(!plan.all.contains("did not finish"))
    }
    try await kit.stop()
  }

  @Test func `mv keeps the channel and what is remembered of its secret`() async throws {
    let kit = try await LocalKitProcess()
    let project = try kit.project()
    try await project.expect(0, "apply --auto-approve")
    let moved = try await project.expect(0, "state mv ok.community ok.people")
    #expect(moved.output == "Moved: ok.community is ok.people now.\n")
    #expect(moved.errors.contains("The manifests have no `ok.people`"))
    for (command, words) in [
      ("state mv ok.community ok.x", "the state has no `ok.community`"),
      ("state mv ok.people custom.people", "a channel cannot change its kind"),
      ("state mv ok.people ok.people", "the state has `ok.people` already"),
    ] {
      let wrong = try await project.expect(64, command)
      #expect(wrong.errors.contains(words))
    }
    try project.workspace.replace("    community:", with: "    people:", in: "kitform.yaml")
    let plan = try await project.json(0, "plan --detailed-exitcode")
    #expect(plan["outcome"].string == "no-changes")
    #expect(plan["diagnostics"].items.allSatisfy { $0["id"].string?.hasPrefix("secret.") == false })
    let applied = try await project.expect(0, "apply --auto-approve")
    #expect(applied.errors.contains("1 fingerprint of secrets made anew"), "\(applied.all)")
    try await project.expect(0, "plan --detailed-exitcode")
    #expect(try await !project.expect(0, "apply --auto-approve").errors.contains("anew"))
    try await kit.stop()
  }

  @Test func `a file that is no state is called what it is, and nothing is said of the present state`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.replace("12h", with: "13h", in: "kitform.yaml")
    try await project.expect(0, "plan --out p.json --report json=r.json --report markdown=r.md")
    let copy = try await project.expect(0, "state pull").output
    try project.workspace.write(copy.replacing("\n", with: "\r\n"), to: "crlf.json")
    try project.workspace.write(copy.replacing("Partner bot", with: "Partner bat"), to: "edited.json")
    try project.workspace.write(String(copy.prefix(copy.count / 2)), to: "cut.json")
    for (file, words) in [
      ("kitform.yaml", "kitform.yaml is not a state"), ("r.md", "r.md is not a state"),
      ("p.json", "p.json is a saved plan, not a state"), ("r.json", "r.json is a JSON result of Kitform, not a state"),
      ("crlf.json", "crlf.json is a damaged copy of a state: "),
      ("edited.json", "edited.json is a damaged copy of a state: "),
      ("cut.json", "cut.json is a damaged copy of a state: "),
    ] {
      let ended = try await project.expect(1, "state push \(file) --force")
      #expect(ended.errors.contains(words), "\(ended.errors)")
      #expect(ended.errors.contains("kitform state pull > state.json"), "\(ended.errors)")
      #expect(!ended.errors.contains("backup"), "\(ended.errors)")
    }
  }
}
