package import Documents
import Manifest
import YAML

/// Profile files → profiles, with every mistake of the file at its place.
package enum ProfileLoader {
  /// The name under which the built-in profile is known.
  package static let builtInName = "kit-v3"

  /// Reads a profile file; nil where the file has errors.
  package static func load(_ source: SourceFile, file: Int32) -> (profile: APIProfile?, diagnostics: [Diagnostic]) {
    let (document, found) = YAMLComposer.compose(source, file: file)
    if found.contains(where: { $0.severity == .error }) { return (nil, found) }
    guard let root = document.roots.first, document.roots.count == 1, document.shape(root) == .mapping else {
      let place = SourcePlace(file: file, start: 0, end: 0)
      return (
        nil,
        found + [
          Diagnostic(
            .profileType, at: place, "a profile is one YAML document with a mapping",
            suggestion: "start from the built-in one: kitform profile show > kit-profile.yaml")
        ]
      )
    }
    var checker = ProfileChecker(document)
    checker.check(root, .profile, "")
    let reader = ProfileReader(document: document, root: root)
    let diagnostics =
      found + checker.diagnostics + ProfileSeparation(reader).diagnostics + ReadOnlyFields(reader).diagnostics
    if diagnostics.contains(where: { $0.severity == .error }) { return (nil, diagnostics) }
    return (APIProfile(ProfileReader(document: document, root: root)), diagnostics)
  }

  /// The built-in profile's file.
  package static var builtInSource: SourceFile {
    SourceFile(path: "kit-v3.yaml", bytes: PackageResources.kit_v3_yaml)
  }
}

extension APIProfile {
  /// The profile that is built into the binary.
  package static let builtIn: APIProfile = {
    let document = YAMLComposer.compose(ProfileLoader.builtInSource, file: 0).document
    return APIProfile(ProfileReader(document: document, root: document.roots.first ?? 0))
  }()

  init(_ reader: ProfileReader) {
    let root = reader.root
    let credentials = reader.node("credentials", in: root)
    let accountCredential = reader.node("account", in: credentials)
    let envelope = reader.node("envelope", in: root)
    let switches = reader.node("switches", in: root)
    let account = reader.node("account", in: root)
    let botService = reader.node("botService", in: root)
    self.init(
      name: reader.text("name", in: root),
      status: ProfileStatus(rawValue: reader.text("status", in: root)) ?? .unconfirmed,
      rate: reader.number("rate", in: root) ?? 1,
      credentials: Credentials(
        account: reader.text("name", in: accountCredential),
        accountLocation: reader.location("in", in: accountCredential),
        token: reader.text("name", in: reader.node("token", in: credentials))),
      methods: reader.methods(),
      envelope: EnvelopeMembers(
        success: reader.member("success", in: envelope), result: reader.member("result", in: envelope),
        error: reader.member("error", in: envelope), code: reader.optionalMember("code", in: envelope)),
      paging: reader.paging(),
      switches: Switches(on: reader.text("on", in: switches), off: reader.text("off", in: switches)),
      account: AccountMembers(
        name: reader.member("name", in: account),
        contactCentre: reader.optionalMember("contactCentre", in: account),
        functions: reader.optionalMember("functions", in: account)),
      objects: reader.objects(), channel: reader.channel(),
      botService: BotServiceMembers(
        channel: reader.text("channel", in: botService), accessToken: reader.text("accessToken", in: botService),
        refreshToken: reader.text("refreshToken", in: botService)),
      content: ProfileContent.json(reader.document, root), source: reader.document.source)
  }
}
