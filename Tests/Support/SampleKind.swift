import Documents
package import Manifest

/// A small kind for tests of the engine, which knows none.
package enum SampleKind {
  /// Two readable fields, one secret, and one readable field that may come from a secret reference.
  package static let bot = Kind(
    name: "bot", title: "Bot", documentation: "none", summary: "A kind for tests.",
    fields: [
      Field("name", .text, isRequired: true, documentation: "The name.", example: "Bot", source: .ours),
      Field("callbackURL", .callbackURL, documentation: "The URL.", example: "https://a.example", source: .ours),
      Field("closing.agent", .duration, documentation: "A time.", example: "1h", source: .ours),
      Field("token", .secret, documentation: "A secret.", example: "{env: TOKEN}", source: .ours),
      Field("apiToken", .credential(.apiToken), documentation: "A token.", example: "{id: 1}", source: .ours),
    ], outputs: [])

  /// An address of the kind.
  package static func address(_ key: String) -> Address { Address(kind: "bot", key: key) }
}
