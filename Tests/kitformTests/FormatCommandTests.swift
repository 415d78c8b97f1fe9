import Foundation
import Support
import Testing

/// `kitform fmt` as it is shipped.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct FormatCommandTests {
  private static let careless = """
    kitform: 1
    account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}   # ours
    channels:
        custom:
            bot:
                redirect: {queue: 'Support'}


                # shown to agents
                name: "Bot"
                callbackURL: https://bots.example.com
                apiToken: {id: 42}

    """
  private static let formatted = """
    kitform: 1
    account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}   # ours
    channels:
      custom:
        bot:
          redirect: {queue: 'Support'}

          # shown to agents
          name: "Bot"
          callbackURL: https://bots.example.com
          apiToken: {id: 42}

    """

  @Test func `files are formatted, once and for all, and keep their mode`() async throws {
    let project = try TestProject(FormatCommandTests.careless, options: [])
    try project.workspace.write("channels:\n    ok: {}\n", to: "channels/a.yaml")
    let path = "\(project.workspace.path)/kitform.yaml"
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
    let json = try await project.json(0, "fmt")
    #expect(json["changed"].items.map(\.string) == ["kitform.yaml", "channels/a.yaml"])
    #expect(json["written"].bool == true)
    #expect(try project.workspace.read("kitform.yaml") == FormatCommandTests.formatted)
    #expect(try project.workspace.read("channels/a.yaml") == "channels:\n  ok: {}\n")
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
    let again = try await project.expect(0, "fmt")
    #expect(again.output == "Nothing to format: 2 files have this layout already.\n" && again.errors.isEmpty)
    #expect(
      try await project.expect(0, "fmt --check").output == "Nothing would change: 2 files have this layout already.\n")
  }

  @Test func `--check shows the difference, writes nothing and exits 3`() async throws {
    let project = try TestProject(FormatCommandTests.careless, options: [])
    let ended = try await project.expect(3, "fmt --check")
    #expect(ended.output.hasPrefix("--- kitform.yaml\n+++ kitform.yaml\n@@ -1,12 +1,11 @@\n kitform: 1\n"))
    #expect(ended.output.contains("\n-    custom:\n") && ended.output.contains("\n+  custom:\n"))
    #expect(ended.output.hasSuffix("\n1 file would change: run `kitform fmt`.\n"))
    let colored = try await project.expect(3, "fmt --check --color always")
    #expect(colored.output.contains("\u{1B}[31m-    custom:\u{1B}[0m\n"))
    let json = try await project.json(3, "fmt --check")
    #expect(json["changed"].items.map(\.string) == ["kitform.yaml"] && json["written"].bool == false)
    #expect(try project.workspace.read("kitform.yaml") == FormatCommandTests.careless)
  }

  @Test func `--order sorts the keys of channels, with their comments, and drops needless quotes`() async throws {
    let project = try TestProject(FormatCommandTests.careless, options: [])
    try await project.expect(0, "fmt --order")
    let ordered = try project.workspace.read("kitform.yaml")
    #expect(
      ordered.hasSuffix(
        """
            bot:
              # shown to agents
              name: Bot
              callbackURL: https://bots.example.com
              apiToken: {id: 42}

              redirect: {queue: Support}

        """), "\(ordered)")
    try await project.expect(0, "fmt --check --order")
    try await project.expect(0, "validate")
  }

  @Test func `--order says which alias holds a channel, and formats the rest of the file`() async throws {
    let project = try TestProject(
      """
      kitform: 1
      account: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}
      channels:
        ok:
          held:
            redirect: &r {queue: S}
            name: *r
          free:
            redirect: {queue: S}
            name: Free

      """, options: [])
    let ended = try await project.expect(3, "fmt --order")
    #expect(
      ended.errors.contains(
        "channels of kitform.yaml keep the order of their keys: in that of Kit's form, `*r` would come before the anchor that they name"
      ),
      "\(ended.errors)")
    #expect(
      try project.workspace.read("kitform.yaml").hasSuffix("    free:\n      name: Free\n      redirect: {queue: S}\n"))
  }

  @Test func `a file that does not parse is left alone and told, the others are formatted`() async throws {
    let project = try TestProject(FormatCommandTests.careless, options: [])
    let broken = "channels:\n    ok: {a: [}\n"
    try project.workspace.write(broken, to: "channels/a.yaml")
    let ended = try await project.expect(3, "fmt")
    #expect(ended.output == "Formatted 1 file: `kitform.yaml`.\n")
    #expect(ended.errors.contains("channels/a.yaml:2:") && ended.errors.contains("[yaml.syntax]"), "\(ended.errors)")
    #expect(try project.workspace.read("kitform.yaml") == FormatCommandTests.formatted)
    #expect(try project.workspace.read("channels/a.yaml") == broken)
  }

  @Test func `a link is not written through`() async throws {
    let project = try TestProject(FormatCommandTests.formatted, options: [])
    try project.workspace.write("channels:\n    ok: {}\n", to: "shared/a.txt")
    let links = FileManager.default
    try links.createDirectory(atPath: "\(project.workspace.path)/channels", withIntermediateDirectories: true)
    try links.createSymbolicLink(
      atPath: "\(project.workspace.path)/channels/a.yaml", withDestinationPath: "../shared/a.txt")
    let ended = try await project.expect(1, "fmt")
    #expect(ended.errors.contains("channels/a.yaml"), "\(ended.errors)")
    #expect(try project.workspace.read("shared/a.txt") == "channels:\n    ok: {}\n")
    #expect(
      try links.destinationOfSymbolicLink(atPath: "\(project.workspace.path)/channels/a.yaml") == "../shared/a.txt")
  }

  @Test func `a file that cannot be written is told, with what was written before it`() async throws {
    let project = try TestProject(FormatCommandTests.careless, options: [])
    // The new file beside it would need a longer name than a file may have.
    let name = "channels/\(String(repeating: "n", count: 250)).yaml"
    try project.workspace.write("channels:\n    ok: {}\n", to: name)
    let ended = try await project.expect(1, "fmt")
    #expect(
      ended.errors.contains("the name is too long") && ended.errors.contains("written: `kitform.yaml`"),
      "\(ended.errors)")
    #expect(try project.workspace.read("kitform.yaml") == FormatCommandTests.formatted)
    #expect(try project.workspace.read(name) == "channels:\n    ok: {}\n")
    #expect(project.workspace.files(under: "channels").count == 1)
  }

  @Test func `without a project there is nothing to format`() async throws {
    let workspace = try Workspace()
    let ended = try await BinaryUnderTest.run(["fmt"], in: workspace.path)
    #expect(ended.exitCode == 3 && ended.errors.contains("there is no kitform.yaml"), "\(ended.all)")
  }
}
