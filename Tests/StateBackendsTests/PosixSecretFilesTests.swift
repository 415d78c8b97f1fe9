import Manifest
import StateBackends
import Testing

struct PosixSecretFilesTests {
  private let files = PosixSecretFiles()
  private let value = Array("value".utf8)

  @Test func `a file is read, and a link that stays inside is followed`() throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("project/secrets")
    try directory.write(value, to: "project/secrets/x")
    try directory.link("project/link", to: "secrets/x")
    let root = directory.file("project")
    #expect(try files.read(root + "/secrets/x", limit: 5, inside: root) == value)
    #expect(try files.read(root + "/link", limit: 5, inside: root) == value)
    #expect(try files.read(root + "/link", limit: 5, inside: nil) == value)
  }

  @Test func `a root that is itself reached through a link counts by its real place`() throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("real")
    try directory.write(value, to: "real/x")
    try directory.link("project", to: "real")
    #expect(try files.read(directory.file("project/x"), limit: 5, inside: directory.file("project")) == value)
  }

  @Test func `links out, missing files, directories, pipes and large files are refused`() throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("project/directory")
    try directory.makeDirectory("outside")
    try directory.write(value, to: "outside/x")
    try directory.write(value, to: "project/large")
    try directory.link("project/link", to: directory.file("outside/x"))
    try directory.link("project/out", to: "../outside")
    try directory.link("project/loop", to: "loop")
    try directory.makePipe("project/pipe")
    let root = directory.file("project")
    for (name, failure) in [
      ("link", SecretFileFailure.outside), ("out/x", .outside), ("none", .missing), ("directory", .notRegular),
      ("pipe", .notRegular), ("large", .tooLarge), ("large/x", .failed("a part of the path is not a directory")),
    ] {
      #expect(throws: failure, "\(name)") { try files.read("\(root)/\(name)", limit: 4, inside: root) }
    }
    #expect(throws: SecretFileFailure.self) { try files.read("\(root)/loop", limit: 4, inside: root) }
    #expect(throws: SecretFileFailure.self) { try files.read("\(root)/a\u{0}b", limit: 4, inside: root) }
  }

  @Test func `the resolver reads a project's secret through it`() throws {
    let directory = try TemporaryDirectory()
    try directory.write(value + [0x0A], to: "token")
    let resolver = SecretResolver(environment: [:], projectDirectory: directory.path, files: files)
    #expect(try resolver.resolve(.file("token"))?.reveal { $0 } == "value")
  }
}
