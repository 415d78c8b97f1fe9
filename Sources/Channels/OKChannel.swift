import Documents
package import Manifest

extension Kind {
  /// A chatbot of an OK.ru group: messages to the group go to the contact centre.
  package static let ok = Kind(
    name: "ok", title: "OK.ru", documentation: KitPage.ok,
    summary: "Receives the messages of an OK.ru group.",
    fields: [
      Common.name(KitPage.ok, example: "OK community"),
      Field(
        "accessToken", .secret, isRequired: true, checks: [.unshared(rule: Rule.accessTokenShared.id)],
        consequence: "Kit uses another access key for the group's messages: one that OK.ru has replaced stops working",
        risk: .anyChange,
        documentation:
          "The access key that a group administrator generates under Settings > Messages; a new key invalidates the old one.",
        example: "{env: OK_COMMUNITY_TOKEN}", source: .documented(KitPage.ok),
        form: FormPlace("Channel access token", in: "Channel details")),
      Common.redirect(KitPage.ok),
    ] + Common.closing(KitPage.ok) + Common.processing(KitPage.ok) + Common.lifecycle,
    outputs: Common.outputs)
}
