import Glibc
import Provisioning
import StateBackends
import Testing

struct PosixProjectFilesTests {
  private let value = Array("value".utf8)

  @Test func `files are read inside the project alone`() throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("project/inner")
    try directory.write(value, to: "outside")
    try directory.write(value, to: "project/inner/x")
    try directory.link("project/link", to: "inner/x")
    try directory.link("project/out", to: "../outside")
    try directory.link("project/up", to: "..")
    let files = PosixProjectFiles(root: directory.file("project"))
    #expect(try files.read("inner/x", limit: 5) == value)
    #expect(try files.read("inner/../link", limit: 5) == value)
    #expect(try files.read("none", limit: 5) == nil)
    for path in ["../outside", "out", "up/outside", "inner/../../outside"] {
      let failure = #expect(throws: DiskFailure.self, "\(path)") { try files.read(path, limit: 5) }
      #expect(failure?.reason == "it lies outside the project", "\(path)")
    }
    let failure = #expect(throws: DiskFailure.self) { try files.read("inner/x", limit: 4) }
    #expect(failure?.code == EFBIG)
  }

  @Test func `new files are made inside the project alone, whole or not at all, and over nothing`() throws {
    let directory = try TemporaryDirectory()
    try directory.makeDirectory("project/inner")
    try directory.makeDirectory("elsewhere")
    try directory.link("project/out", to: "../elsewhere")
    try directory.link("project/loop", to: "inner")
    try directory.link("project/inner/taken", to: "nothing")
    let files = PosixProjectFiles(root: directory.file("project"))
    try files.create("inner/new", value)
    try files.create("a/b/c", value)
    try files.create("loop/linked", value)
    #expect(try files.read("inner/new", limit: 5) == value)
    #expect(try files.read("a/b/c", limit: 5) == value)
    #expect(try files.read("inner/linked", limit: 5) == value)
    for (path, code) in [
      ("inner/new", EEXIST), ("inner/taken", EEXIST), ("out/new", DiskFailure.outside),
      ("out/a/b", DiskFailure.outside),
      ("../new", DiskFailure.outside), ("inner/new/x", ENOTDIR), ("inner", EEXIST),
    ] {
      let failure = #expect(throws: DiskFailure.self, "\(path)") { try files.create(path, []) }
      #expect(failure?.code == code, "\(path): \(failure?.words ?? "")")
    }
    #expect(try files.read("inner/new", limit: 5) == value)
    #expect(try PosixDisk().list(directory.file("elsewhere")).isEmpty)
  }

  @Test func `a directory that cannot be made is a failure, however deep it lies`() {
    let failure = #expect(throws: DiskFailure.self) { try PosixDisk().makeDirectory("/proc/none/such/place") }
    #expect(failure?.path == "/proc/none")
  }
}
