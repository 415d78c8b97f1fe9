import Manifest
import Provisioning
import StateBackends
import Testing

/// Links of a project, which a writer of the repository may put anywhere.
struct ProjectLinkTests {
  private let value = Array("value".utf8)

  private func project() throws -> (directory: TemporaryDirectory, files: PosixProjectFiles) {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("project/inner/.git")
    try directory.makeDirectory("outside/deep")
    try directory.write(value, to: "outside/deep/x.yaml")
    try directory.write(value, to: "project/inner/.git/credentials")
    try directory.link("project/out", to: "../outside")
    try directory.link("project/gone", to: "../nothing")
    try directory.link("project/in", to: "inner")
    try directory.link("project/inner/up", to: "../../outside/deep")
    try directory.link("project/token", to: "inner/.git/credentials")
    return (directory, PosixProjectFiles(root: directory.file("project")))
  }

  @Test func `the first link that leads out is named, and one that stays inside is followed`() throws {
    let (directory, files) = try project()
    let root = directory.file("project")
    for (path, link) in [
      ("out", "out"), ("out/state.json", "out"), ("out/a/b", "out"), ("gone", "gone"), ("gone/x", "gone"),
      ("in/up/x", "in/up"), ("inner/up", "inner/up"), ("inner/new/x", nil), ("in", nil), ("in/x", nil), ("new/x", nil),
    ] {
      #expect(files.linkOut(of: "\(root)/\(path)") == link.map { "\(root)/\($0)" }, "\(path)")
    }
  }

  @Test func `only a link of the project itself leads an output out of it`() throws {
    let (directory, files) = try project()
    try directory.link("elsewhere", to: "outside")
    try directory.link("project/git", to: "inner/.git")
    let root = directory.file("project")
    for (path, link) in [
      ("project/out/x", "project/out"), ("project/inner/../out", "project/out"),
      ("project/in/up/x", "project/inner/up"),
      ("project/gone", "project/gone"), ("project/git/x", "project/git"), ("project/in/x", nil), ("project/new/x", nil),
      ("outside/x", nil), ("elsewhere/x", nil), ("project/../elsewhere/x", nil),
    ] {
      #expect(files.linkOut(onTheWayTo: directory.file(path)) == link.map { directory.file($0) }, "\(path)")
    }
    #expect(files.linkOut(of: "\(root)/git/index") == "\(root)/git")
  }

  @Test func `a project that is itself reached through a link counts by its real place`() throws {
    let (directory, _) = try project()
    try directory.link("alias", to: "project")
    let files = PosixProjectFiles(root: directory.file("alias"))
    #expect(files.linkOut(of: directory.file("alias/in/x")) == nil)
    #expect(files.linkOut(of: directory.file("alias/out/x")) == directory.file("alias/out"))
    #expect(files.holds(directory.file("project/x")) && files.holds(directory.file("alias/none/x")))
    #expect(!files.holds(directory.file("outside")) && !files.holds(directory.file("none")))
  }

  @Test func `what lies in the repository lies beside the project too`() throws {
    let (directory, _) = try project()
    try directory.makeDirectory("project/.git")
    let files = PosixProjectFiles(root: directory.file("project/inner"))
    // The nearest repository is the project's own directory here, whose `.git` is in it.
    #expect(!files.holds(directory.file("project/x"), inRepository: true))
    try directory.makeDirectory("project/other")
    let other = PosixProjectFiles(root: directory.file("project/other"))
    #expect(other.holds(directory.file("project/x"), inRepository: true))
    #expect(!other.holds(directory.file("project/x")))
    #expect(!other.holds(directory.file("outside/x"), inRepository: true))
  }

  @Test func `no directory outside is listed, also as the first of a pattern`() throws {
    let (directory, files) = try project()
    defer { withExtendedLifetime(directory) {} }
    for path in ["out", "out/deep", "in/up"] {
      let listing = files.list(below: [path])
      #expect(listing.failures[path]?.code == DiskFailure.outside && listing.files.isEmpty, "\(path)")
    }
    #expect(files.list(below: ["none"]).files.isEmpty)
    #expect(files.list(below: ["in"]).files == ["in/up"])
  }

  @Test func `no secret comes from what git keeps, whatever link leads there`() throws {
    let (directory, _) = try project()
    let root = directory.file("project")
    for path in ["token", "inner/.git/credentials", "in/.git/credentials"] {
      #expect(throws: SecretFileFailure.foreign, "\(path)") {
        try PosixSecretFiles().read("\(root)/\(path)", limit: 64, inside: root)
      }
    }
  }
}
