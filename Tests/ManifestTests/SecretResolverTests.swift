import Basics
import Documents
import Manifest
import Testing

struct SecretResolverTests {
  /// Files by path; a path outside of the root that is given with a read counts as reached through a link.
  private struct Files: SecretFiles {
    var files: [String: [UInt8]] = [:]
    var failures: [String: SecretFileFailure] = [:]
    /// Real places of links.
    var links: [String: String] = [:]

    func read(_ path: String, limit: Int, inside root: String?) throws(SecretFileFailure) -> [UInt8] {
      if let failure = failures[path] { throw failure }
      let real = links[path] ?? path
      if let root, !real.hasPrefix(root + "/") { throw .outside }
      guard let bytes = files[real] else { throw .missing }
      guard bytes.count <= limit else { throw .tooLarge }
      return bytes
    }
  }

  private func resolver(_ environment: [String: String] = [:], _ files: Files = Files()) -> SecretResolver {
    SecretResolver(environment: environment, projectDirectory: "/srv/project", files: files)
  }

  private func value(_ resolver: SecretResolver, _ reference: SecretReference) throws(SecretFailure) -> String? {
    try resolver.resolve(reference)?.reveal { $0 }
  }

  @Test func `a variable's value loses one newline at its end and nothing else`() throws {
    for (raw, expected) in [("a b", "a b"), ("ab\n", "ab"), ("ab\r\n", "ab"), ("tkn1:Я字😀", "tkn1:Я字😀")] {
      #expect(try value(resolver(["T": raw]), .environment("T")) == expected)
    }
  }

  @Test(arguments: [
    ("", SecretFailure.empty(.environment("T"))), ("\n", .empty(.environment("T"))),
    ("a\n\n", .controlCharacter(.environment("T"))), ("a\nb", .controlCharacter(.environment("T"))),
    ("a\tb", .controlCharacter(.environment("T"))), ("a\r", .controlCharacter(.environment("T"))),
    ("a\u{7F}", .controlCharacter(.environment("T"))), ("a\u{9B}b", .controlCharacter(.environment("T"))),
    ("a\u{0}", .controlCharacter(.environment("T"))), (" a", .outerWhiteSpace(.environment("T"))),
    ("a ", .outerWhiteSpace(.environment("T"))), ("a \n", .outerWhiteSpace(.environment("T"))),
    ("a\u{A0}", .outerWhiteSpace(.environment("T"))), ("\u{3000}a", .outerWhiteSpace(.environment("T"))),
    ("a\u{FFFD}", .notUTF8(.environment("T"))), ("\u{FEFF}a", .byteOrderMark(.environment("T"))),
  ])
  func `a value that cannot be meant is refused`(raw: String, failure: SecretFailure) {
    #expect(throws: failure) { try value(resolver(["T": raw]), .environment("T")) }
  }

  @Test func `a variable that is not set is named`() {
    let failure = #expect(throws: SecretFailure.notSet("OK_TOKEN")) {
      try value(resolver(), .environment("OK_TOKEN"))
    }
    #expect(failure?.words == "OK_TOKEN is not set")
  }

  @Test func `a file of the project is read, by a relative or an absolute path`() throws {
    let files = Files(files: ["/srv/project/secrets/ok": Array("value\n".utf8)])
    for path in ["secrets/ok", "./secrets//ok", "a/../secrets/ok", "/srv/project/secrets/ok"] {
      #expect(try value(resolver([:], files), .file(path)) == "value")
    }
  }

  @Test(arguments: [
    "../x", "/etc/passwd", "a/../../x", "/srv/project", "/srv/projectile/x", ".", "/run/secrets",
    "/run/secrets/../x", "/run/secretsx/y", "..\u{301}/../../x", "/\u{301}../../../x", "x/\u{301}/../../../y",
  ])
  func `a path outside of the project and of the directories for secrets is refused`(path: String) {
    #expect(throws: SecretFailure.notAllowed(path, directories: SecretResolver.defaultDirectories)) {
      try value(resolver(), .file(path))
    }
  }

  @Test func `a link that leads out of the project is refused, and followed under a directory for secrets`() throws {
    let files = Files(
      files: ["/elsewhere/x": Array("value".utf8)],
      links: ["/srv/project/x": "/elsewhere/x", "/run/secrets/x": "/elsewhere/x"])
    #expect(throws: SecretFailure.file(.file("x"), .outside)) { try value(resolver([:], files), .file("x")) }
    #expect(try value(resolver([:], files), .file("/run/secrets/x")) == "value")
  }

  @Test func `KITFORM_SECRET_DIRS replaces the directories; relative and empty entries count for nothing`() throws {
    let files = Files(files: ["/vault/a/x": [65], "/run/secrets/x": [65], "/srv/project/x": [65]])
    let resolver = resolver(["KITFORM_SECRET_DIRS": "/vault/a/:relative::"], files)
    #expect(try value(resolver, .file("/vault/a/x")) == "A")
    #expect(throws: SecretFailure.notAllowed("/run/secrets/x", directories: ["/vault/a"])) {
      try value(resolver, .file("/run/secrets/x"))
    }
  }

  @Test func `a file named by a variable may lie anywhere, and its path is never shown`() throws {
    let files = Files(files: ["/builds/tmp/TOKEN": Array("value".utf8), "/srv/project/rel": [66]])
    #expect(try value(resolver(["F": "/builds/tmp/TOKEN"], files), .fileNamedBy("F")) == "value")
    #expect(try value(resolver(["F": "rel"], files), .fileNamedBy("F")) == "B")
    #expect(throws: SecretFailure.notSet("F")) { try value(resolver(), .fileNamedBy("F")) }
    #expect(throws: SecretFailure.empty(.environment("F"))) { try value(resolver(["F": ""]), .fileNamedBy("F")) }
    let failure = #expect(throws: SecretFailure.self) {
      try value(resolver(["F": "tkn-hunter2"]), .fileNamedBy("F"))
    }
    #expect(failure?.words == "the file named by F does not exist")
  }

  @Test func `a file named by a variable obeys the rules of the project where it lies in it`() throws {
    var files = Files(
      files: ["/builds/git.key": [65], "/srv/project/.git/config": [65], "/elsewhere/x": [65]],
      links: ["/srv/project/x": "/elsewhere/x"])
    for path in [
      ".git/config", "./a/../.git/config", "/srv/project/.GIT/config", ".env", "tls.key", ".kitform/default/state.json",
      "/srv/other/.ssh/id_rsa", "/var/run/secrets/kubernetes.io/serviceaccount/token", "../other/.git/config",
    ] {
      files.files[path] = [65]
      let failure = #expect(throws: SecretFailure.self, "\(path)") {
        try value(resolver(["F": path], files), .fileNamedBy("F"))
      }
      #expect(failure == .file(.fileNamedBy("F"), .foreign), "\(path)")
      #expect(failure?.words.contains("belongs to git, Kitform or another tool") == true)
    }
    #expect(throws: SecretFailure.file(.fileNamedBy("F"), .outside)) {
      try value(resolver(["F": "x"], files), .fileNamedBy("F"))
    }
    // Outside the project the environment's word counts.
    #expect(try value(resolver(["F": "/builds/git.key"], files), .fileNamedBy("F")) == "A")
  }

  @Test func `a file that is no text, too large or unreadable is refused in words`() {
    var files = Files(files: ["/srv/project/bytes": [0x61, 0xFF], "/srv/project/mark": [0xEF, 0xBB, 0xBF, 0x61]])
    files.files["/srv/project/large"] = Array(repeating: 0x61, count: 64 * 1024 + 1)
    files.failures = ["/srv/project/fifo": .notRegular, "/srv/project/denied": .failed("permission is denied")]
    for (path, words) in [
      ("./bytes", "file ./bytes is not UTF-8 text"),
      ("./mark", "file ./mark begins with a byte order mark; save it as UTF-8 without one"),
      ("./large", "file ./large is larger than 64 KiB"), ("./fifo", "file ./fifo is not a regular file"),
      ("./denied", "file ./denied cannot be read: permission is denied"), ("./none", "file ./none does not exist"),
    ] {
      let failure = #expect(throws: SecretFailure.self) { try value(resolver([:], files), .file(path)) }
      #expect(failure?.words == words)
    }
  }

  @Test func `a name that may be the secret itself is not shown`() {
    for (reference, words) in [
      (SecretReference.environment("tknHunter2"), "the variable named here is not set"),
      (.file("tkn:hunter2"), "the file named here does not exist"),
      (
        .file("/tkn:hunter2"),
        "the file named here lies neither in the project nor under /run/secrets or /var/run/secrets"
      ),
      (.fileNamedBy("tknHunter2"), "the variable named here is not set"),
    ] {
      let failure = #expect(throws: SecretFailure.self) { try value(resolver(), reference) }
      #expect(failure?.words.hasPrefix(words) == true && !reference.label.contains("unter2"))
    }
    #expect(SecretReference.fileNamedBy("tknHunter2").label == "the file named by the variable named here")
    #expect(SecretReference.file("secrets/token").label == "file secrets/token")
  }

  @Test func `every value that is resolved is known from then on`() throws {
    let known = KnownSecrets()
    let resolver = SecretResolver(
      environment: ["T": "tkn-of-variable"], projectDirectory: "/srv/project",
      files: Files(files: ["/srv/project/f": Array("tkn-of-file\n".utf8)]), known: known)
    _ = try resolver.resolve(.environment("T"))
    _ = try resolver.resolve(.file("f"))
    #expect(known.redact("tkn-of-variable, tkn-of-file") == "•••, •••")
  }

  @Test func `no failure shows the value`() {
    let secret = "hunter2-planted"
    for raw in [" \(secret)", "\(secret)\u{7}", "\(secret)\n\n", "\(secret)\u{FFFD}", "\u{FEFF}\(secret)"] {
      for reference in [SecretReference.environment("T"), .file("f"), .fileNamedBy("P")] {
        let files = Files(files: ["/srv/project/f": Array(raw.utf8)])
        let failure = #expect(throws: SecretFailure.self) {
          try value(resolver(["T": raw, "P": "f"], files), reference)
        }
        #expect(failure.map { "\($0) \($0.words)" }?.contains(secret) == false)
      }
    }
  }

  @Test func `keep resolves to nothing`() throws {
    #expect(try value(resolver(), .keep) == nil)
    #expect(try value(.standIns, .keep) == nil)
  }

  private static let kind = Kind(
    name: "custom", title: "Custom", documentation: "", summary: "",
    fields: [
      Field("name", .text, documentation: "", example: "", source: .ours),
      Field("token", .secret, documentation: "", example: "", source: .ours),
      Field("callbackURL", .callbackURL, documentation: "", example: "", source: .ours),
      Field("apiToken", .credential(.apiToken), documentation: "", example: "", source: .ours),
    ], outputs: [])

  private func record(_ key: String, token: SecretReference, url: Value) -> Record {
    func slot(_ value: Value, _ start: Int) -> Slot { Slot(value, at: SourcePlace(file: 0, start: start, end: start)) }
    return Record(
      address: Address(kind: "custom", key: key), kind: Self.kind, place: SourcePlace(file: 0, start: 0, end: 0),
      slots: [
        slot(.text(key), 1), slot(.secret(token), 2), slot(url, 3),
        slot(.credential(Reference(id: 1), value: .environment("RUNTIME")), 4),
      ])
  }

  @Test func `records get the values of their secret fields, and every failure with its place`() {
    let resolved = resolver(["A": "one", "URL": "https://bots.example.com/x"]).resolve(records: [
      record("a", token: .environment("A"), url: .secret(.environment("URL"))),
      record("b", token: .environment("NONE"), url: .text("https://open.example.com")),
      record("c", token: .keep, url: .secret(.environment("NONE"))),
    ])
    let a = Address(kind: "custom", key: "a")
    #expect(resolved[a, "token"]?.reveal { $0 } == "one")
    #expect(resolved[a, "callbackURL"]?.reveal { $0 } == "https://bots.example.com/x")
    #expect(resolved[a, "apiToken"] == nil)
    #expect(resolved[Address(kind: "custom", key: "c"), "token"] == nil)
    #expect(
      resolved.failures.map { "\($0.key.address) \($0.key.field) \($0.reason) \($0.place?.start ?? 0)" } == [
        "custom.b token NONE is not set 2", "custom.c callbackURL NONE is not set 3",
      ])
  }

  @Test func `stand-ins are the same in every run, differ by reference, and are URLs where the field is one`() throws {
    let records = [record("a", token: .environment("A"), url: .secret(.file("url")))]
    let first = SecretResolver.standIns.resolve(records: records)
    let address = Address(kind: "custom", key: "a")
    let token = try #require(first[address, "token"]?.reveal { $0 })
    let url = try #require(first[address, "callbackURL"]?.reveal { $0 })
    #expect(token == "sandbox-stand-in-af63fc4c860222ec")
    #expect(url.hasPrefix("https://sandbox.invalid/"))
    #expect(url.utf8.count == "https://sandbox.invalid/".utf8.count + 16)
    #expect(first.failures.isEmpty)
    #expect(try value(.standIns, .environment("A")) == token)
    #expect(try value(.standIns, .environment("B")) != token)
    #expect(try value(.standIns, .file("A")) != token)
  }
}
