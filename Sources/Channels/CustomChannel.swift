import Documents
package import Manifest

extension Kind {
  /// A channel of one's own: any service that posts events to Kit and answers at a callback URL.
  package static let custom = Kind(
    name: "custom", title: "Custom channel", documentation: KitPage.custom,
    summary: "Connects a service of one's own through a callback URL and signed events.",
    fields: [
      Common.name(KitPage.custom, example: "Partner bot"),
      Field(
        "callbackURL", .callbackURL, isRequired: true, consequence: "Kit calls another address with agents' messages",
        risk: .anyChange,
        documentation:
          "The address that Kit calls with agents' messages and with a test request when the channel is created.",
        example: "https://bots.example.com/kit", source: .documented(KitPage.custom),
        form: FormPlace("Callback URL", in: "Channel details")),
      Field(
        "apiToken", .credential(.apiToken), isRequired: true,
        consequence: "signatures are made with another API token: the bot must know it",
        documentation:
          "The API token of the account that takes part in signatures; `value` says where its text is, for `kitform channel` alone.",
        example: "{id: 42}", source: .documented(KitPage.custom), form: FormPlace("API token", in: "Channel details")),
      Common.redirect(KitPage.custom),
    ] + Common.closing(KitPage.custom) + Common.processing(KitPage.custom) + Common.lifecycle,
    outputs: Common.outputs + [
      Kind.Output("messageURL", documentation: "The address to which the service posts customers' messages."),
      Kind.Output(
        "salt", isSecret: true, documentation: "The security salt that Kit made for signatures; shown only on demand."),
    ])
}
