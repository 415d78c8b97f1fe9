import Basics
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

  /// The scene's own key, and another one.
  private static let ownKey = Secret("a state key of more than thirty-two bytes")
  private static let otherKey = Secret("another key, and also of more than thirty-two bytes")

  private func fingerprinter(
    _ source: Secret, _ origin: SecretFingerprinter.KeyOrigin = .stateKey, former: [Secret] = []
  ) -> SecretFingerprinter {
    SecretFingerprinter(
      source: source, origin: origin, former: former, host: PlanScene.binding.host, account: PlanScene.binding.name)
  }

  @Test func `a fingerprint under another key is not compared, never a change, and its cause is named`() throws {
    var scene = applied()
    for (origin, cause) in [
      (SecretFingerprinter.KeyOrigin.stateKey, "another key than the present `state.key`"),
      (.token, "another token, as the project has no `state.key`"),
    ] {
      scene.fingerprinter = fingerprinter(Self.otherKey, origin)
      scene.secrets["OK_TOKEN"] = "tkn1:second"
      let plan = scene.plan()
      #expect(plan.isEmpty && plan.findings == ["secret.otherKey"] && plan.refreshed.isEmpty)
      let finding = try #require(plan.diagnostics.first)
      #expect(finding.severity == .info && finding.message.hasSuffix(cause), "\(finding.message)")
      #expect(finding.suggestion?.contains("KITFORM_FORMER_KEY") == true)
    }
    scene.secrets["OK_TOKEN"] = "tkn1:first"
    let known = scene.state?[Address(kind: "ok", key: "community")]?.applied("accessToken")?.fingerprint
    scene.manifest.replace("12h", with: "24h")
    let update = try scene.plan().change("ok.community", .update)
    let field = try update.field("accessToken")
    #expect(field.secret == .notCompared && !field.isSent && field.note?.contains("another token") == true)
    #expect(update.wanted.first { $0.name == "accessToken" }?.fingerprint == known && known != nil)
    scene.apply()
    scene.fingerprinter = PlanScene.fingerprinter
    #expect(scene.plan().isEmpty && scene.plan().diagnostics.isEmpty, "the former key compares as before")
  }

  @Test func `with both keys a fingerprint is compared and made anew`() throws {
    var scene = applied()
    scene.fingerprinter = fingerprinter(Self.otherKey, former: [Secret("x"), Self.ownKey])
    let plan = scene.plan()
    let state = try #require(scene.state)
    #expect(plan.isEmpty && plan.diagnostics.isEmpty && plan.renewedFingerprints(of: state) == 1)
    scene.secrets["OK_TOKEN"] = "tkn1:second"
    #expect(try scene.plan().change("ok.community", .update).field("accessToken").secret == .changed)
    scene.secrets["OK_TOKEN"] = "tkn1:first"
    scene.apply()
    scene.fingerprinter = fingerprinter(Self.otherKey)
    let after = scene.plan()
    #expect(after.isEmpty && after.diagnostics.isEmpty && after.refreshed.isEmpty)
  }

  @Test func `the digest is the same under every key, so that approvals hold`() {
    var scene = applied()
    scene.manifest.replace("12h", with: "24h")
    let digest = scene.plan().digest
    for other in [
      fingerprinter(Self.otherKey), fingerprinter(Self.otherKey, .token),
      fingerprinter(Self.otherKey, former: [Self.ownKey]), nil,
    ] {
      scene.fingerprinter = other
      #expect(scene.plan().digest == digest)
    }
  }

  @Test func `a fingerprint that was moved by hand compares, and one of an earlier version says why not`() throws {
    var scene = applied()
    let (old, new) = (Address(kind: "ok", key: "community"), Address(kind: "ok", key: "main"))
    var entry = try #require(scene.state?[old])
    entry.address = new
    entry.applied = entry.applied.map { $0.moved(from: old, to: new) }
    scene.state?[old] = nil
    scene.state?[new] = entry
    scene.manifest.replace("    community:", with: "    main:")
    let plan = scene.plan()
    #expect(plan.isEmpty && plan.diagnostics.isEmpty)
    #expect(plan.refreshed.first?.applied("accessToken")?.fingerprint?.address == nil)
    let state = try #require(scene.state)
    #expect(try StateCodec().decode(StateCodec().encode(state), label: "s") == state)
    #expect(entry.applied.map { $0.moved(from: new, to: old) } == applied().state?[old]?.applied)

    let known = try #require(entry.applied("accessToken")?.fingerprint)
    for index in entry.applied.indices where entry.applied[index].name == "accessToken" {
      entry.applied[index].fingerprint = SecretFingerprint(key: SecretFingerprint.movedKey, digest: known.digest)
    }
    scene.state?[new] = entry
    let earlier = scene.plan()
    #expect(earlier.isEmpty && earlier.findings == ["secret.otherKey"])
    #expect(earlier.diagnostics.first?.message.contains("`state mv`") == true)
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

  @Test func `a plan that creates a channel without its secret's value says that it cannot be applied like this`()
    throws
  {
    let plan = PlanScene(bothChannels).plan()
    let finding = try #require(plan.diagnostics.first)
    #expect(plan.findings == ["secret.unresolved"] && finding.severity == .warning)
    #expect(PlanScene(bothChannels).plan(PlanOptions(requireSecrets: true)).errors == 1)
    #expect(finding.message == "ok.community cannot be created without its accessToken: OK_TOKEN is not set")
    #expect(finding.place != nil)
  }
}
