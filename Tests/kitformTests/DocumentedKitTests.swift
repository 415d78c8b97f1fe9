import Foundation
import Support
import TestServers
import Testing

/// The built-in profile against a server that answers as Kit really does: the local Kit answers out of the profile and can
/// never find it wrong.
@Suite(.startsProcesses, .timeLimit(.minutes(60)))
struct DocumentedKitTests {
  private func check(_ json: ParsedJSON, _ id: String) -> ParsedJSON? {
    json["checks"].items.first { $0["id"].string == id }
  }

  private func findings(_ json: ParsedJSON, _ rule: String) -> [String] {
    json["diagnostics"].items.filter { $0["rule"].string == rule || $0["id"].string == rule }
      .compactMap { $0["message"].string }
  }

  @Test(arguments: [false, true])
  func `all commands work, wherever the account has its flags`(_ older: Bool) async throws {
    let kit = try await DocumentedKit(older: older)
    let project = try kit.project()
    let health = try await project.json(0, "doctor")
    #expect(check(health, "account")?["message"].string == "`acme`")
    #expect(check(health, "account.contactCentre")?["message"].string == "the contact centre: on")
    #expect(check(health, "account.functions")?["message"].string == "functions: on")
    #expect(check(health, "profile.queues")?["message"].string == "3 queues", "a deleted one is none")
    #expect(check(health, "channels")?["result"].string == "warning", "a guess that reads is not ok")
    #expect(check(health, "channels")?["message"].string?.hasPrefix("read with this token: 2 channels;") == true)

    let plan = try await project.json(0, "plan")
    #expect(plan["changes"].items.map { $0["action"].string } == ["create", "create"], "a deleted name is free")
    #expect(plan["diagnostics"].items.isEmpty, "\(plan["diagnostics"])")
    try await project.expect(0, "apply --auto-approve")
    // Every listing shows another time and person of the last edit.
    try await project.expect(0, "plan --detailed-exitcode")
    try await project.expect(0, "drift")
    try await project.expect(0, "export --out channels")
    let exported = project.workspace.files(under: "channels").map { String(decoding: $0.bytes, as: UTF8.self) }
    #expect(exported.count == 1 && exported[0].contains("name: Night desk"), "\(exported)")
    #expect(exported.joined().contains("queue: Sales"))
    // The project would adopt it, and could not create it again: its secret stays in Kit.
    try project.workspace.remove("channels")

    try project.workspace.replace("agent: 12h", with: "agent: 13h", in: "kitform.yaml")
    try await project.expect(0, "plan --out plan.json")
    try await project.expect(0, "apply plan.json")
    try await project.expect(0, "destroy --confirm-account acme")
    let json = try await project.json(0, "plan")
    #expect(json["changes"].items.count == 2, "what is deleted softly does not exist")
    #expect(!kit.calls.joined().contains("with_users"))
    try await kit.stop()
  }

  @Test func `plan reports in advance that an apply will be refused under the unconfirmed profile`() async throws {
    let certificates = try TestCertificates.all()
    let tls = try certificates.server("good")
    // The account's host is not this machine: a proxy leads there.
    try await RawServer.with({ _, request in
      if request.hasPrefix("CONNECT ") { return .tunnel(tls) }
      return .write(RawServer.answer(body: Self.answer(to: request)))
    }) { proxy in
      let host = "kit.example.test"
      var project = try TestProject(
        DocumentedKit.manifest.replacing("region: eu", with: "apiHost: \(host), messagingHost: \(host)"), options: [])
      project.environment = DocumentedKit.credentials.merging([
        "KITFORM_ALLOW_HOSTS": host, "HTTPS_PROXY": "http://127.0.0.1:\(proxy.port)",
      ]) { $1 }
      let refusal = "the API profile `kit-v3` is not confirmed, so nothing is written to \(host)"
      let plan = try await project.json(0, "plan --ca-file \(certificates.authority)")
      #expect(plan["changes"].items.count == 2)
      let notes = plan["diagnostics"].items.filter { $0["id"].string == "plan.unconfirmed" }
      #expect(notes.count == 1, "\(plan["diagnostics"])")
      #expect(notes.first?["severity"].string == "info")
      #expect(notes.first?["message"].string == "an apply of this plan will be refused: \(refusal)")
      #expect(notes.first?["suggestion"].string?.contains("--accept-unconfirmed-profile") == true)
      let text = try await project.expect(0, "plan --ca-file \(certificates.authority)")
      #expect(text.all.contains("an apply of this plan will be refused: \(refusal)"), "\(text.all)")

      let applied = try await project.expect(4, "apply --auto-approve --ca-file \(certificates.authority)")
      #expect(applied.errors.contains(refusal), "\(applied.errors)")
      let writes = ["addChannel", "updateChannel", "deleteChannel"]
      #expect(!proxy.log.requests.contains { request in writes.contains { request.contains($0) } })
    }
  }

  /// The whole body of a real answer, or of a listing that nobody has published.
  private static func answer(to request: String) -> String {
    let file =
      request.contains("getAccountInfo") ? "account.json" : request.contains("searchQueues") ? "queues.json" : nil
    if let file,
      let data = try? Data(contentsOf: GeneratedFile.root.appendingPathComponent("Tests/Support/KitAnswers/\(file)"))
    {
      return String(decoding: data, as: UTF8.self)
    }
    let titled = [
      "searchSkills": #"{"id": 41, "skill_name": "english"}"#,
      "searchTopicSets": #"{"id": 5, "topic_set_name": "Retail"}"#,
      "searchTokens": #"{"id": 42, "token_name": "Bots"}"#,
    ]
    let item = titled.first { request.contains($0.key) }?.value ?? ""
    return "{\"success\": true, \"result\": [\(item)]}"
  }

  @Test func `closing times are compared with the chats' waiting time, in minutes`() async throws {
    let kit = try await DocumentedKit()
    let project = try kit.project()
    // Support lets chats wait 60 minutes, and calls 3.
    try project.workspace.replace("agent: 12h", with: "agent: 60m", in: "kitform.yaml")
    let equal = try await project.json(3, "plan")
    #expect(findings(equal, "closing.agent.waiting").count == 1, "\(equal["diagnostics"])")
    try project.workspace.replace("agent: 60m", with: "agent: 61m", in: "kitform.yaml")
    try await project.expect(0, "plan")
    try project.workspace.replace("agent: 31m", with: "agent: 30m", in: "kitform.yaml")
    try await project.expect(3, "plan")
    try await kit.stop()
  }

  @Test func `without channel methods the path is unknown, and everything documented is looked at`() async throws {
    let kit = try await DocumentedKit(channels: false)
    let project = try kit.project()
    let health = try await project.json(1, "doctor")
    #expect(check(health, "channels")?["result"].string == "failed")
    #expect(check(health, "channels")?["message"].string?.hasPrefix("path unknown: ") == true)
    #expect(check(health, "channels")?["remedy"].string?.contains("support") == true)
    #expect(check(health, "profile.queues")?["result"].string == "ok")
    #expect(check(health, "profile.skills")?["result"].string == "warning")
    let plan = try await project.expect(1, "plan")
    #expect(plan.errors.contains("/api/v3/channel/searchChannels is not there (404)"), "\(plan.errors)")
    try await kit.stop()
  }

  @Test(arguments: [
    (401, "token not accepted: "), (403, "role may not: "), (405, "path unknown: "), (500, "not read: "),
  ])
  func `the line of channels says why they cannot be read`(_ status: Int, _ words: String) async throws {
    let kit = try await DocumentedKit(refusal: status)
    let health = try await kit.project().json(1, "doctor")
    #expect(check(health, "channels")?["result"].string == "failed")
    #expect(check(health, "channels")?["message"].string?.hasPrefix(words) == true, "\(health["checks"])")
    try await kit.stop()
  }

  @Test func `a member that is not there names its own line, what is there, and how to correct it`() async throws {
    let kit = try await DocumentedKit()
    let project = try kit.project()
    let profile = try await project.takeProfile()
    func line(_ text: String) -> Int {
      1 + (profile.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains(text) } ?? -2)
    }
    func tell(_ old: String, _ new: String) throws {
      try project.workspace.write(profile.replacing(old, with: new), to: "kit-profile.yaml")
    }

    try tell("  name: [domain.name, domain]", "  name: [domain.title, label]")
    let account = try await project.expect(1, "plan")
    #expect(
      account.errors.contains(
        "line \(line("  name: [domain.name, domain]")), says: the account has no `domain.title` or `label`; it has `id`, `name`, `balance`"
      ), "\(account.errors)")
    #expect(account.errors.contains("kitform profile show"))

    try tell("uuid: channel_uuid", "uuid: handle")
    let uuid = try await project.expect(1, "plan")
    #expect(
      uuid.errors.contains("line \(line("uuid: channel_uuid")), says: a channel has no `handle`"), "\(uuid.errors)")

    // Titles are needed here: ids are the only notation.
    try tell("title: acd_queue_title", "title: queue_name")
    let titles = try await project.json(3, "plan")
    #expect(
      findings(titles, "account.reference").first
        == "the queue `Support` cannot be looked up: the account shows no title of any queue",
      "\(titles["diagnostics"])")
    let gaps = findings(titles, "account.member")
    #expect(
      gaps.count == 1 && gaps[0].contains("line \(line("title: acd_queue_title")), says: a queue has no `queue_name`"))

    // And here they are not.
    try project.workspace.replace("{queue: Support}", with: "{queue: 11}", in: "kitform.yaml")
    try project.workspace.replace("{queue: Поддержка}", with: "{queue: 14}", in: "kitform.yaml")
    let ids = try await project.json(0, "plan")
    #expect(findings(ids, "account.member") == gaps)

    try tell("maxWaitingTime: im_max_waiting_time", "maxWaitingTime: wait")
    let waits = try await project.json(0, "plan")
    #expect(findings(waits, "account.member").first?.contains("a queue has no `wait`") == true)
    #expect(
      findings(waits, "closing.agent.unchecked") == [
        "closing times are not checked for the queues `Поддержка`, `Support`: no waiting time is known"
      ], "\(waits["diagnostics"])")

    // Once the profile is confirmed, it has to be right.
    try project.workspace.write(
      profile.replacing("status: unconfirmed", with: "status: confirmed")
        .replacing("title: acd_queue_title", with: "title: queue_name"), to: "kit-profile.yaml")
    #expect(try await project.expect(1, "plan").errors.contains("a queue has no `queue_name`"))
    try await kit.stop()
  }

  @Test func `a field that no channel shows is said once`() async throws {
    let kit = try await DocumentedKit()
    let project = try kit.project()
    let profile = try await project.takeProfile()
    try project.workspace.write(
      profile.replacing("closing.bot: bot_close_timeout_sec", with: "closing.bot: bot_timer"), to: "kit-profile.yaml")
    let gaps = findings(try await project.json(0, "plan"), "account.member")
    #expect(gaps.count == 1 && gaps[0].hasSuffix("So `closing.bot` is not compared with the account"), "\(gaps)")
    try await kit.stop()
  }
}
