import Foundation
import Support
import TestServers
import Testing

/// A pull request may change every file of a project; none of that sends a credential elsewhere, or follows a link out.
@Suite(.startsProcesses, .timeLimit(.minutes(20)))
struct HostileProjectTests {
  /// What runs where a pull request's files are.
  static let commands = [
    "validate", "validate --secrets", "plan", "doctor", "drift", "export",
    "apply --approve kf1-\(String(repeating: "0", count: 40))",
    "apply --auto-approve --accept-unconfirmed-profile", "output --show-secrets", "state list", "state migrate", "fmt",
  ]

  /// A file, or a text in `kitform.yaml` with what stands there instead, as a function of the server's port.
  struct Change: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var files: @Sendable (Int) -> [String: String]
    /// Paths that become links, each with where it leads below the directory outside.
    var links: [String: String] = [:]
  }

  private static let plain = Manifests.two

  /// Each speaks to the account's own region, which nothing here reaches, but for what it changes.
  static let changes: [Change] = [
    Change(testDescription: "the API's host") { port in
      [
        "kitform.yaml": plain.replacing(
          "region: eu",
          with: "apiHost: \"https://recorder.test:\(port)\", messagingHost: \"https://recorder.test:\(port)\"")
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
    Change(testDescription: "a profile") { port in
      [
        "kitform.yaml": plain.replacing("region: eu", with: "region: eu, profile: ./p.yaml"),
        "p.yaml": "name: x\nstatus: confirmed\n",
      ]
    },
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

  @Test(arguments: changes.indices)
  func `no change of the files makes a call that is not allowed, or leaves the project`(_ index: Int) async throws {
    let change = Self.changes[index]
    let outside = try Workspace(["elsewhere/secret.yaml": "OUTSIDE-PLANTED\n"])
    let before = outside.files().map(\.name)
    // The one way to the network is a proxy that lets nothing pass, and records every name.
    try await RawServer.with({ _, _ in .writeAndClose("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n") }) {
      proxy in
      try await RawServer.with({ _, _ in .write(RawServer.answer(body: "{}")) }) { server in
        let project = try TestProject(Self.plain, options: [])
        for (name, text) in change.files(server.port) { try project.workspace.write(text, to: name) }
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
        ]) { $1 }
        for command in Self.commands {
          let ended = try await started.run(
            (command + (command.contains("validate") || command == "fmt" ? "" : " --timeout 4s")).split(separator: " ")
              .map(String.init))
          #expect(!ended.all.contains("PLANTED"), "\(command)\n\(ended.all)")
          #expect(
            ended.exitCode != 0
              || ["validate", "fmt", "state list", "state migrate"].contains { command.hasPrefix($0) },
            "\(command)\n\(ended.all)")
        }
        #expect(server.log.connections == 0)
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
