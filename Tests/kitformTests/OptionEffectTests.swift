import Support
import Testing

/// An option that cannot have an effect is refused, and one that has none on this plan is pointed out.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct OptionEffectTests {
  @Test(arguments: ["--allow-delete", "--recreate", "--delete-first", "--overwrite-drift", "--target"])
  func `an address that nobody knows is a wrong use of the command line`(_ option: String) async throws {
    let project = try TestProject(Manifests.two)
    for command in ["plan", "apply --auto-approve"] {
      for _ in 0..<2 {
        let ended = try await project.expect(64, "\(command) \(option) ok.comunity")
        #expect(ended.errors.contains("`ok.comunity`"), "\(ended.errors)")
        #expect(ended.errors.contains("did you mean `ok.community`?"), "\(ended.errors)")
      }
    }
    try await project.expect(0, "apply --auto-approve")
    let ended = try await project.expect(64, "plan \(option) custom.nobody-at-all-here")
    #expect(ended.errors.contains("kitform state list") || ended.errors.contains("did you mean"), "\(ended.errors)")
  }

  @Test func `an option that names a known channel in vain is a warning, and an effective one is none`() async throws {
    let project = try TestProject(Manifests.bots([1, 2, 3]))
    try await project.expect(0, "apply --auto-approve")
    for option in ["--allow-delete", "--recreate", "--delete-first", "--overwrite-drift"] {
      let json = try await project.json(0, "plan \(option) custom.bot-1")
      let found = json["diagnostics"].items.filter { $0["id"].string == "option.idle" }
      #expect(found.count == 1 && found.first?["message"].string?.contains("custom.bot-1") == true, "\(option)")
    }
    try project.workspace.write(Manifests.bots([3]), to: "kitform.yaml")
    let json = try await project.json(
      0, "plan --allow-delete custom.bot-1 --allow-delete custom.bot-2 --delete-first custom.bot-1")
    #expect(!json["diagnostics"].items.contains { $0["id"].string == "option.idle" })
  }

  @Test func `options that allow what is allowed anyway are a warning`() async throws {
    let project = try TestProject(Manifests.bots([1, 2, 3]))
    try await project.expect(0, "apply --auto-approve")
    func idle(_ command: String) async throws -> [String] {
      try await project.json(0, command)["diagnostics"].items.filter { $0["id"].string == "option.idle" }
        .compactMap { $0["message"].string }
    }
    #expect(
      try await idle("plan --allow-updates 3") == [
        "--allow-updates 3 has no effect: the plan changes no more live channels than `guards.maxUpdates` allows, 10"
      ])
    try project.workspace.replace(
      "channels:\n", with: "guards: {maxUpdates: 1, drift: refuse}\nchannels:\n", in: "kitform.yaml")
    try await project.expect(0, "apply --auto-approve")
    #expect(try await idle("plan --allow-updates 3").first?.hasSuffix("`guards.maxUpdates` allows, 1") == true)
    try await project.expect(0, "sandbox set custom.bot-1 callbackURL=https://other.example.com", plain: true)
    #expect(try await idle("plan --overwrite-drift custom.bot-1").isEmpty)
    try project.workspace.replace(", drift: refuse", with: "", in: "kitform.yaml")
    try await project.expect(
      0, "apply --approve \(project.json(0, "plan --overwrite-drift custom.bot-1")["digest"].string ?? "")")
  }

  @Test func `an accepted loss names a known channel, and a member that the plan loses`() async throws {
    let project = try TestProject(Manifests.two)
    for command in ["plan", "apply --auto-approve"] {
      let ended = try await project.expect(64, "\(command) --accept-loss custom.partner-bat.salt")
      #expect(ended.errors.contains("did you mean `custom.partner-bot`?"), "\(ended.errors)")
    }
    let json = try await project.json(
      0, "plan --accept-loss custom.partner-bot.salt --accept-loss custom.partner-bot.x")
    let found = json["diagnostics"].items.filter { $0["id"].string == "option.idle" }
    #expect(
      found.compactMap { $0["message"].string } == [
        "--accept-loss has no effect for `custom.partner-bot.salt` and `custom.partner-bot.x`: the plan deletes none of them"
      ])
  }

  @Test func `a variable cannot change a saved plan`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "plan --out plan.json")
    let ended = try await project.expect(64, "apply plan.json --var name=x")
    #expect(ended.errors.contains("a saved plan is applied as it is"), "\(ended.errors)")
    try await project.expect(0, "apply plan.json")
  }

  @Test(arguments: ["--rate 1", "--parallelism 2", "--timeout 1m", "--ca-file ca.pem"])
  func `a recorded account is not called, so nothing can say how`(_ option: String) async throws {
    let project = try TestProject(Manifests.two, options: [])
    let ended = try await project.expect(64, "plan --account-file record.yaml \(option)")
    #expect(ended.errors.contains("has no effect"), "\(ended.errors)")
  }

  @Test func `one value is given once, before the command or behind it`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("channels:\n", with: "environments: {a: {}, b: {}}\nchannels:\n"))
    for line in [
      "plan --env a --env b", "--env a plan --env b", "plan --env=a --env a", "plan -C . --directory .",
      "plan --env a --timeout 1m --timeout 2m", "plan --env a --format json --format text",
      "plan --env a --out x --out y", "state list --env a --env b", "channel sign --salt env:A --salt env:B",
    ] {
      let ended = try await project.expect(64, line)
      #expect(ended.all.contains("is given more than once"), "\(line): \(ended.all)")
    }
    for line in [
      "plan --env a --var x=1 --var y=2", "plan --env a --target ok.* --target custom.* -v -v",
      "plan --env a --report json=a.json --report junit=b.xml",
    ] {
      let ended = try await project.run(line.split(separator: " ").map(String.init))
      #expect(!ended.all.contains("is given more than once"), "\(line): \(ended.all)")
    }
  }
}
