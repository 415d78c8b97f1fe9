import Support
import Testing

/// Files that options of a command write never replace the project's own files, nor each other.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct ResultFileTests {
  @Test(arguments: [
    ("plan --out kitform.yaml", "it is a manifest of this project"),
    ("plan --out ./channels/../kitform.yaml", "it is a manifest of this project"),
    ("plan --out channels/a.yaml", "it is a manifest of this project"),
    ("plan --report json=channels/a.yaml", "it is a manifest of this project"),
    ("validate --report sarif=kitform.yaml", "it is a manifest of this project"),
    ("plan --out .kitform/sandbox/default/state.json", "Kitform's own"),
    ("plan --report markdown=.kitform/sandbox/default/state.json", "Kitform's own"),
    ("plan --out states/kit.json", "it belongs to the state of this project"),
    ("plan --report json=states/kit.json.lock", "it belongs to the state of this project"),
  ])
  func `a file of the project is never replaced, and the command ends before it does anything`(
    _ command: String, _ reason: String
  ) async throws {
    let project = try TestProject(
      Manifests.header + "state: {backend: local, path: states/kit.json}\n" + "include: [\"channels/*.yaml\"]\n")
    try project.workspace.write(
      Manifests.bots([1]).replacing(Manifests.header, with: ""), to: "channels/a.yaml")
    try await project.expect(0, "apply --auto-approve")
    try project.workspace.write("{}", to: "states/kit.json")
    let before = project.workspace.files(under: ".").map { "\($0.name) \($0.bytes)" }
    let ended = try await project.expect(1, command)
    #expect(ended.errors.contains("nothing is written to ") && ended.errors.contains(reason), "\(ended.errors)")
    #expect(!ended.output.contains("No changes"))
    #expect(project.workspace.files(under: ".").map { "\($0.name) \($0.bytes)" } == before)
  }

  @Test func `a neighbour of the state is not taken for one of its files`() async throws {
    let project = try TestProject(
      Manifests.two.replacing("channels:\n", with: "state: {backend: local, path: kit.json}\nchannels:\n"))
    for name in ["kit.json.md", "kit.json.lock.txt", "kit.json.backup", "kit.jsonx"] {
      try await project.expect(0, "plan --out \(name)")
    }
    for name in [
      "kit.json.journal", "kit.json.backup-3", "kit.json.emergency-4", "kit.json.migrated-7",
      "kit.json.backup-2.migrated-7", "kit.json.lock.new",
    ] {
      let ended = try await project.expect(1, "plan --out \(name)")
      #expect(ended.errors.contains("it belongs to the state of this project"), "\(ended.errors)")
    }
  }

  @Test(arguments: [
    "plan --report json=states/prod.json", "plan --env dev --out states/prod.json",
    "validate --report sarif=profile.yaml",
    "plan --report json=states/prod.json --report sarif=kitform.yaml",
  ])
  func `files of other environments, and of a project with mistakes, are never replaced`(_ command: String) async throws
  {
    let isWhole = command.contains("--env")
    let project = try TestProject(
      Manifests.header.replacing("name: acme", with: "name: acme, profile: profile.yaml")
        + "environments: {dev: {}, prod: {}}\nstate: {backend: local, path: \"states/${environment}.json\"}\n"
        + (isWhole ? "" : "channels: {ok: {a: {nmae: x}}}\n"), options: isWhole ? ["--sandbox"] : [])
    for file in ["states/prod.json", "profile.yaml"] { try project.workspace.write("# kept\n", to: file) }
    let ended = try await project.run(command.split(separator: " ").map(String.init))
    #expect(ended.exitCode != 0, "\(ended.all)")
    for file in ["states/prod.json", "profile.yaml"] { #expect(try project.workspace.read(file) == "# kept\n") }
  }

  @Test func `export and schema write nothing into Kitform's own directory`() async throws {
    let project = try TestProject(Manifests.two)
    try await project.expect(0, "apply --auto-approve")
    let kept = project.kept()
    try await project.expect(1, "export --out .kitform/sandbox")
    try await project.expect(1, "schema --write .kitform", plain: true)
    #expect(project.kept() == kept)
  }

  @Test(arguments: [
    "plan --out a.json --report json=./a.json", "plan --report json=a --report markdown=./a",
  ])
  func `two results of one command are not written to one file`(_ command: String) async throws {
    let project = try TestProject(Manifests.two)
    let ended = try await project.expect(64, command)
    #expect(ended.errors.contains("name one file"), "\(ended.errors)")

  }
}
