import Foundation
import Support
import TestServers
import Testing

/// A pull request may change every file of a project; none of that sends a credential elsewhere, or follows a link out.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct HostileProjectTests {
  /// What runs where a pull request's files are.
  static let commands = [
    "validate", "validate --secrets", "plan", "doctor", "drift", "export",
    "apply --approve kf1-\(String(repeating: "0", count: 40))",
    "apply --auto-approve --accept-unconfirmed-profile", "output --show-secrets", "state list", "state migrate", "fmt",
  ]

  /// A file, or a string in `kitform.yaml` with what is there instead, as a function of the server's port.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var files: @Sendable (Int) -> [String: String]
    /// Paths that become links, each with where it leads below the directory outside.
    var links: [String: String] = [:]
    /// What of the environment is another one.
    var environment: [String: String] = [:]
    /// Whether the account's host is the recording server, to which calls of the built-in profile may go.
    var mayCall = false
  }

  /// What is in the place of a whole profile which deletes where it is to list the skills.
  private static let hostileProfile = "HOSTILE PROFILE"
  private static let deletion = "/api/v3/channel/dropAllChannels"
  /// What a project has whose account is the recording server.
  private static func recorded(_ port: Int) -> String {
    plain.calling("http://127.0.0.1:\(port)")
  }
  /// The variables that a pipeline means to send; the value of the second is not planted.
  private static let listed = ["KITFORM_SECRET_ENV": "KIT_API_TOKEN OK_*", "OK_COMMUNITY_TOKEN": "ok-own-7d4:xK91"]

  private static let plain = Manifests.two

  /// Each speaks to the account's own region, which nothing here reaches, but for what it changes.
  static let changes: [Change] = [
    Change(testDescription: "the API's host") { port in
      [
        "kitform.yaml": plain.calling("https://recorder.test:\(port)")
      ]
    },
    Change(testDescription: "the messaging host") { port in
      [
        "kitform.yaml": plain.replacing(
          "region: eu", with: "region: eu, messagingHost: \"https://recorder.test:\(port)\"")
      ]
    },
    Change(testDescription: "the address of the state") { port in
      [
        "kitform.yaml": plain
          + "state: {backend: http, address: \"https://recorder.test:\(port)/state\", username: ci, password: {env: STATE_PASSWORD}}\n"
      ]
    },
    Change(testDescription: "the address of the lock") { port in
      [
        "kitform.yaml": plain
          + "state: {backend: http, address: \"https://kitapi-eu.voximplant.com/state\", lockAddress: \"https://recorder.test:\(port)/lock\", username: ci, password: {env: STATE_PASSWORD}}\n"
      ]
    },
    Change(testDescription: "the store of the state") { port in
      [
        "kitform.yaml": plain
          + "state: {backend: s3, bucket: acme-kitform, path: a.json, region: eu, endpoint: \"https://recorder.test:\(port)\"}\n"
      ]
    },
    Change(testDescription: "the place that the directory remembers") { port in
      [
        "kitform.yaml": plain,
        ".kitform/default/backend.json": """
        {"format": "kitform.place/v1", "backend": "http",
         "settings": {"address": "https://recorder.test:\(port)/state"}, "password": {"env": "STATE_PASSWORD"}}
        """,
      ]
    },
    Change(
      testDescription: "nothing but that the account is a server that records",
      files: { ["kitform.yaml": recorded($0)] }, environment: listed, mayCall: true),
    Change(
      testDescription: "a profile",
      files: { port in
        [
          "kitform.yaml": recorded(port).replacing("token: {", with: "profile: ./p.yaml, token: {"),
          "p.yaml": hostileProfile,
        ]
      }, environment: listed),
    Change(
      testDescription: "a profile, and files in the project that seem to allow it",
      files: { port in
        [
          "kitform.yaml": recorded(port).replacing("token: {", with: "profile: ./p.yaml, token: {"),
          "p.yaml": hostileProfile, ".env": "KITFORM_PROFILE=./p.yaml\n",
          ".config/kitform/profiles": #"{"format": "kitform.profiles/v1", "allowed": []}"#,
        ]
      }, environment: listed),
    Change(
      testDescription: "another variable for a secret",
      files: { port in ["kitform.yaml": recorded(port).replacing("OK_COMMUNITY_TOKEN", with: "STATE_PASSWORD")] },
      environment: listed),
    Change(
      testDescription: "every file at once",
      files: { port in
        [
          "kitform.yaml": recorded(port).replacing("token: {", with: "profile: ./p.yaml, token: {")
            .replacing("{env: OK_COMMUNITY_TOKEN}", with: "{env: STATE_PASSWORD}")
            .replacing("https://bots.example.com/kit/partner", with: "{env: AWS_SECRET_ACCESS_KEY}")
              + """
              state: {backend: http, address: "http://127.0.0.1:\(port)/state", lockAddress: "http://127.0.0.1:\(port)/lock", username: ci, password: {env: STATE_PASSWORD}}
              include: [more/*.yaml]

              """,
          "more/a.yaml":
            "channels: {ok: {more: {name: More, accessToken: {env: KITFORM_FORMER_KEY}, redirect: {queue: Support}}}}\n",
          "p.yaml": hostileProfile, ".env": "HTTPS_PROXY=http://127.0.0.1:\(port)\nKITFORM_ALLOW_HOSTS=*\n",
          ".curlrc": "proxy = http://127.0.0.1:\(port)\n", ".npmrc": "proxy=http://127.0.0.1:\(port)\n",
          ".netrc": "machine kitapi-eu.voximplant.com login a password b\n",
          ".aws/config": "[default]\nendpoint_url = http://127.0.0.1:\(port)\n", ".config/kitform/profiles": "{}",
          ".kitform/default/backend.json": #"{"format": "kitform.place/v1", "backend": "http", "settings": "#
            + "{\"address\": \"http://127.0.0.1:\(port)/former\"}, \"password\": {\"env\": \"STATE_PASSWORD\"}}",
          ".kitform/default/state.json": "{}",
        ]
      }, links: ["out": "elsewhere", ".kitform/sandbox": "elsewhere"], environment: listed),
    Change(testDescription: "proxies, certificates and variables in files that tools read") { port in
      [
        "kitform.yaml": plain, ".env": "HTTPS_PROXY=http://127.0.0.1:\(port)\nKITFORM_ALLOW_HOSTS=*\n",
        ".curlrc": "proxy = http://127.0.0.1:\(port)\n",
        ".netrc": "machine kitapi-eu.voximplant.com login a password b\n",
        ".aws/config": "[default]\nendpoint_url = http://127.0.0.1:\(port)\n", ".config/kitform/profiles": "{}",
        ".npmrc": "proxy=http://127.0.0.1:\(port)\n",
      ]
    },
    Change(testDescription: "the secrets") { _ in
      ["kitform.yaml": plain.replacing("OK_COMMUNITY_TOKEN", with: "AWS_SECRET_ACCESS_KEY")]
    },
    Change(
      testDescription: "a state that is a link", files: { _ in ["kitform.yaml": plain] },
      links: [".kitform": "elsewhere"]),
    Change(
      testDescription: "an environment's folder that is a link", files: { _ in ["kitform.yaml": plain] },
      links: [".kitform/default": "elsewhere"]),
    Change(
      testDescription: "a state's path through a link",
      files: { _ in ["kitform.yaml": plain + "state: {backend: local, path: out/state.json}\n"] },
      links: ["out": "elsewhere"]),
    Change(
      testDescription: "includes through a link", files: { _ in ["kitform.yaml": plain + "include: [out/*.yaml]\n"] },
      links: ["out": "elsewhere"]),
    Change(
      testDescription: "a secret's file that is a link",
      files: { _ in ["kitform.yaml": plain.replacing("{env: OK_COMMUNITY_TOKEN}", with: "{file: token.txt}")] },
      links: ["token.txt": "elsewhere/secret.yaml"]),
  ]

  /// An account without any object: enough for every command to go on to its next call.
  private static func answer(to request: String) -> String {
    let result = request.contains("getAccountInfo") ? #"{"domain": "acme"}"# : "[]"
    return "{\"success\": true, \"result\": \(result)}"
  }

  @Test(arguments: changes.indices)
  func `no change of the files makes a call that is not allowed, or leaves the project`(_ index: Int) async throws {
    let change = Self.changes[index]
    let outside = try Workspace(["elsewhere/secret.yaml": "OUTSIDE-PLANTED\n"])
    let before = outside.files().map(\.name)
    // The one way to the network is a proxy that lets nothing pass, and records every name.
    try await RawServer.with({ _, _ in .writeAndClose("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") }) {
      proxy in
      try await RawServer.with({ _, request in .write(RawServer.answer(body: Self.answer(to: request))) }) { server in
        let project = try TestProject(Self.plain, options: [])
        let builtIn = try await project.expect(0, "profile show").output
        let hostile = builtIn.replacing("/api/v3/skills/searchSkills", with: Self.deletion)
          .replacing("status: unconfirmed", with: "status: confirmed")
        try #require(hostile.contains(Self.deletion) && hostile.contains("status: confirmed"))
        for (name, text) in change.files(server.port) {
          try project.workspace.write(text == Self.hostileProfile ? hostile : text, to: name)
        }
        for (name, target) in change.links {
          let path = "\(project.workspace.path)/\(name)"
          try FileManager.default.createDirectory(
            atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
          try FileManager.default.createSymbolicLink(
            atPath: path, withDestinationPath: "\(outside.path)/\(target)")
        }
        var started = project
        started.environment = LocalKitProcess.credentials.merging([
          "CI": "true", "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)", "STATE_PASSWORD": "state-PLANTED",
          "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "aws-PLANTED",
          "KITFORM_FORMER_KEY": "former-PLANTED-of-thirty-two-bytes",
        ]) { $1 }.merging(change.environment) { $1 }
        for command in Self.commands {
          let ended = try await started.run(
            (command + (command.contains("validate") || command == "fmt" ? "" : " --timeout 4s")).split(separator: " ")
              .map(String.init))
          #expect(!ended.all.contains("PLANTED"), "\(command)\n\(ended.all)")
          #expect(
            change.mayCall || ended.exitCode != 0
              || ["validate", "fmt", "state list", "state migrate"].contains { command.hasPrefix($0) },
            "\(command)\n\(ended.all)")
        }
        #expect((server.log.connections > 0) == change.mayCall, "\(server.log.requests)")
        let paths = Set(builtIn.matches(of: #//api/v3/[A-Za-z\/]+/#).map { String($0.output) })
        for request in server.log.requests {
          let path = request.split(separator: " ").dropFirst().first?.prefix { $0 != "?" } ?? ""
          #expect(paths.contains(String(path)), "a path that the built-in profile does not have:\n\(request)")
          #expect(!request.contains("PLANTED"), "\(request)")
        }
        for request in proxy.log.requests {
          #expect(
            request.hasPrefix("CONNECT kitapi-eu.voximplant.com:443 "), "a call to another host:\n\(request)")
          #expect(!request.contains("PLANTED") && !request.contains("Zq7vK2"))
        }
      }
    }
    #expect(outside.files().map(\.name) == before, "nothing is written outside")
  }

  @Test(arguments: [".kitform", ".kitform/default", ".kitform/sandbox", ".kitform/sandbox/default"])
  func `a part of the state's folder that leads out is refused by name`(_ part: String) async throws {
    let outside = try Workspace(["kept.txt": "x"])
    let project = try TestProject(Self.plain)
    let path = "\(project.workspace.path)/\(part)"
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: path).deletingLastPathComponent().path, withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: outside.path)
    let isSandbox = part != ".kitform/default"
    for command in ["apply --auto-approve", "plan", "state list", "show state"] {
      let words = (command + (isSandbox ? " --sandbox" : "")).split(separator: " ").map(String.init)
      var started = project
      started.options = []
      started.environment = LocalKitProcess.credentials.merging(["HTTPS_PROXY": "http://127.0.0.1:1"]) { $1 }
      let ended = try await started.run(words)
      #expect(ended.exitCode == 4, "\(command)\n\(ended.all)")
      #expect(ended.errors.contains("\(part) is a link that leads out of the project"), "\(ended.errors)")
    }
    #expect(outside.files().map(\.name) == ["kept.txt"])
  }

  @Test(arguments: [
    "state.json", "state.json.lock", "state.json.journal", "account.json", "account.json.lock", "backend.json",
  ])
  func `a file of the state's folder that leads out is refused, also where it leads to nothing`(_ name: String)
    async throws
  {
    let outside = try Workspace()
    let project = try TestProject(Self.plain)
    try FileManager.default.createDirectory(
      atPath: "\(project.workspace.path)/.kitform/sandbox/default", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: "\(project.workspace.path)/.kitform/sandbox/default/\(name)", withDestinationPath: "\(outside.path)/made")
    let ended = try await project.expect(4, "apply --auto-approve")
    #expect(ended.errors.contains("\(name) is a link"), "\(ended.errors)")
    #expect(outside.files().isEmpty)
  }
}
