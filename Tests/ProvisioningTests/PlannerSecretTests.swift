import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

@Suite struct PlannerSecretTests {
  @Test func `a secret with another value is changed, and one under another name with the same value is not`() throws {
    var scene = applied()
    scene.secrets["OK_TOKEN"] = "tkn1:second"
    let field = try scene.plan().change("ok.community", .update).field("accessToken")
    #expect(field.secret == .changed && field.after == .secret(.environment("OK_TOKEN")) && field.note == nil)
    scene.apply()
    #expect(scene.plan().isEmpty)

    scene.secrets["OTHER"] = "tkn1:second"
    scene.manifest.replace("OK_TOKEN", with: "OTHER")
    let renamed = scene.plan()
    #expect(renamed.isEmpty)
    #expect(renamed.refreshed.first?.applied("accessToken")?.value == ["env": "OTHER"])
  }

  @Test func `a secret that does not resolve is not compared, and a finding says so`() throws {
    var scene = applied()
    scene.secrets = [:]
    let plan = scene.plan()
    #expect(plan.isEmpty && plan.findings == ["secret.unresolved"])
    let finding = try #require(plan.diagnostics.first)
    #expect(finding.message == "(secret) not compared: OK_TOKEN is not set" && finding.severity == .warning)
    #expect(finding.place != nil)
    #expect(scene.plan(PlanOptions(requireSecrets: true)).diagnostics.first?.severity == .error)

    scene.manifest.replace("12h", with: "24h")
    let update = try scene.plan().change("ok.community", .update)
    let field = try update.field("accessToken")
    #expect(field.secret == .notCompared && field.note == "OK_TOKEN is not set" && !field.isSent)
    #expect(update.wanted.first { $0.name == "accessToken" }?.fingerprint != nil)
  }

  @Test func `a plan without secrets has the digest of one with them when they are the same`() {
    var scene = applied()
    scene.manifest.replace("12h", with: "24h")
    let with = scene.plan().digest
    scene.secrets = [:]
    #expect(scene.plan().digest == with)
    scene.secrets["OK_TOKEN"] = "tkn1:second"
    #expect(scene.plan().digest != with)
  }

  @Test func `a fingerprint under another key sends the secret again and says so`() throws {
    var scene = applied()
    scene.fingerprinter = SecretFingerprinter(
      source: Secret("another key, and also of more than thirty-two bytes"), host: "h", account: "a")
    let plan = scene.plan()
    let field = try plan.change("ok.community", .update).field("accessToken")
    #expect(field.secret == .changed && field.before == .unknown)
    #expect(field.note == "sent again: its fingerprint was made under another key")
    #expect(plan.findings == ["secret.otherKey"] && plan.diagnostics.first?.severity == .info)
    scene.apply()
    #expect(scene.plan().isEmpty)
  }

  @Test func `without a key nothing is compared`() {
    var scene = applied()
    scene.fingerprinter = nil
    #expect(scene.plan().isEmpty)
  }

  @Test func `a key that cannot be derived is an error`() {
    var scene = applied()
    scene.fingerprinter = SecretFingerprinter(source: Secret(""), host: "h", account: "a")
    #expect(scene.plan().findings == ["secret.key"])
  }

  @Test func `keep sends and compares nothing`() throws {
    var scene = applied()
    scene.manifest.replace("{env: OK_TOKEN}", with: "{keep: true}")
    scene.secrets = [:]
    let plan = scene.plan()
    #expect(plan.isEmpty && plan.diagnostics.isEmpty)
    #expect(
      plan.refreshed.first?.applied("accessToken") == State.AppliedField(name: "accessToken", value: ["keep": true]))
    scene.apply()
    scene.manifest.replace("{keep: true}", with: "{env: OK_TOKEN}")
    scene.secrets["OK_TOKEN"] = "tkn1:first"
    scene.manifest.replace("12h", with: "24h")
    let field = try scene.plan().change("ok.community", .update).field("accessToken")
    #expect(field.secret == .set && field.before == .unknown)
  }

  @Test func `creating with keep is an error at its place`() throws {
    let scene = PlanScene(bothChannels.replacing("{env: OK_TOKEN}", with: "{keep: true}"))
    let plan = scene.plan()
    #expect(plan.findings == ["secret.keep"])
    let (_, sources, _) = scene.configuration()
    let place = try #require(plan.diagnostics.first?.place)
    #expect(sources.position(of: place) == SourcePosition(file: "kitform.yaml", line: 7, column: 20))
  }

  static let hidden = bothChannels.replacing("https://bots.example.com/kit", with: "{env: CALLBACK}")
  static let values = ["OK_TOKEN": "tkn1:first", "CALLBACK": "https://bots.example.com/s3cret-path"]

  @Test func `a callback URL from a secret is compared with the account's text, and only its host is shown`() throws {
    var scene = applied(PlannerSecretTests.hidden, secrets: PlannerSecretTests.values)
    #expect(scene.plan().isEmpty)
    scene.secrets["CALLBACK"] = "https://hooks.example.com/0ther-path"
    let plan = scene.plan()
    let field = try plan.change("custom.bot", .update).field("callbackURL")
    #expect(field.cause == .manifest && field.secret == .changed)
    #expect(field.note == "host bots.example.com → hooks.example.com")
    #expect(!"\(plan)".contains("s3cret-path") && !"\(plan)".contains("0ther-path"))
  }

  @Test func `drift of a hidden callback URL is told from a change here`() throws {
    var scene = applied(PlannerSecretTests.hidden, secrets: PlannerSecretTests.values)
    scene.account.change("Partner bot", "callbackURL", to: .text("https://evil.example.com/taken"))
    #expect(try scene.plan().change("custom.bot", .update).field("callbackURL").cause == .account)
    scene.secrets["CALLBACK"] = "https://hooks.example.com/0ther-path"
    let plan = scene.plan()
    let field = try plan.change("custom.bot", .update).field("callbackURL")
    #expect(field.cause == .both && field.applied == .secret(.environment("CALLBACK")))
    #expect(!"\(plan)".contains("taken"))
  }

  @Test func `a hidden callback URL that does not resolve is not compared`() throws {
    var scene = applied(PlannerSecretTests.hidden, secrets: PlannerSecretTests.values)
    scene.secrets["CALLBACK"] = nil
    #expect(scene.plan().isEmpty)
    #expect(scene.plan().findings == ["secret.unresolved"])
  }

  @Test func `a callback URL may change between a secret and a literal`() throws {
    var scene = applied(PlannerSecretTests.hidden, secrets: PlannerSecretTests.values)
    scene.manifest.replace("{env: CALLBACK}", with: "https://bots.example.com/s3cret-path")
    #expect(scene.plan().isEmpty)
    scene.manifest.replace("s3cret-path", with: "plain")
    let field = try scene.plan().change("custom.bot", .update).field("callbackURL")
    #expect(field.before == .secret(.environment("CALLBACK")) && field.cause == .manifest)
    scene.apply()
    #expect(scene.plan().isEmpty)
    scene.manifest.replace("https://bots.example.com/plain", with: "{env: CALLBACK}")
    #expect(try scene.plan().change("custom.bot", .update).field("callbackURL").cause == .manifest)
  }

  @Test func `a deletion does not lay a hidden callback URL open`() throws {
    var scene = applied(PlannerSecretTests.hidden, secrets: PlannerSecretTests.values)
    let plan = scene.plan(PlanOptions(isDestroy: true))
    #expect(try plan.change("custom.bot", .delete).field("callbackURL").before == .secret(.environment("CALLBACK")))
    #expect(!"\(plan)".contains("s3cret-path"))
    scene.apply(PlanOptions(isDestroy: true))
    #expect(scene.account.channels.isEmpty && scene.state?.channels.isEmpty == true)
  }
}
