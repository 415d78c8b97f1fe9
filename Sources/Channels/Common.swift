import Documents
import Manifest

/// The pages of the Kit documentation that the kinds follow.
enum KitPage {
  static let ok = "OK.ru messenger"
  static let custom = "Custom channel"
}

/// Fields that both kinds have, in the words of one documentation page or the other.
enum Common {
  static func name(_ page: String, example: String) -> Field {
    Field(
      "name", .text, isRequired: true, checks: [.length(1...255, rule: Rule.nameLength.id)],
      consequence: "agents see the channel under another name",
      documentation: "The channel's display name in Kit; it may change freely, the key is the identity.",
      example: example,
      source: .documented(page), form: FormPlace("Channel name", in: "Channel details"))
  }

  static func redirect(_ page: String) -> Field {
    Field(
      "redirect", .route([.queue, .function]), isRequired: true,
      consequence: "new conversations go elsewhere", risk: .anyChange,
      documentation: "Where Kit routes customers' messages: exactly one queue or one function.",
      example: "{queue: Support}",
      source: .documented(page), form: FormPlace("Redirect channel messages", in: "Channel details"))
  }

  static func closing(_ page: String) -> [Field] {
    [
      Field(
        "closing.agent", .duration,
        checks: [
          .duration(60...604_800, rule: Rule.closingAgentRange.id),
          .exceedsWaitingTime(route: "redirect", rule: Rule.closingAgentWaiting.id),
        ],
        consequence: "open agent and unassigned conversations close at another time", risk: .shorter,
        documentation:
          "How long an agent or unassigned conversation may stay without activity before Kit closes it: 60 seconds to 7 days, and more than the queue's max. waiting time.",
        example: "24h", source: .documented(page),
        form: FormPlace(
          "Max. closing time for agent and unassigned conversations", in: "Close channel conversations")),
      Field(
        "closing.bot", .duration, checks: [.duration(60...604_800, rule: Rule.closingBotRange.id)],
        consequence: "bot conversations close at another time", risk: .shorter,
        documentation:
          "How long a customer may take to answer a bot's last message before Kit closes the conversation: 60 seconds to 7 days; it acts for functions and Dialogflow bots.",
        example: "1h", source: .documented(page),
        form: FormPlace("Max. closing time for bot conversations", in: "Close channel conversations")),
    ]
  }

  static func processing(_ page: String) -> [Field] {
    [
      Field(
        "useTags", .flag, consequence: "agents can or cannot tag the channel's conversations",
        documentation: "Whether the channel's agents may use tags; all tags of the account are then available to them.",
        example: "true", source: .documented(page), form: FormPlace("Use tags", in: "Conversation processing")),
      Field(
        "topicSet", .reference(.topicSet), consequence: "agents classify conversations by other topics",
        documentation: "The one topic set with which agents classify conversations; `none` switches topics off.",
        example: "Retail", source: .documented(page), form: FormPlace("Use topic set", in: "Conversation processing")),
      Field(
        "skills", .levels(.skill, 1...5), consequence: "conversations reach agents with other skills",
        documentation:
          "The skills that conversations of the channel need, with a level from 1 to 5 each; `{}` needs none.",
        example: "{russian: 3}", source: .documented(page), form: FormPlace("Skills")),
    ]
  }

  static let lifecycle: [Field] = [
    Field(
      "protect", .flag, role: .protection,
      documentation:
        "Refuses every plan that would delete or forget the channel, also one that removes this line in the same change.",
      example: "true", source: .format),
    Field(
      "only", .environments, role: .environments,
      documentation: "The environments in which the channel exists; without it, in all of them.",
      example: "[production]",
      source: .format),
  ]

  static let outputs: [Kind.Output] = [
    Kind.Output("id", documentation: "The channel's number in Kit."),
    Kind.Output("uuid", documentation: "The channel's UUID; Kit shows it in the channel's settings."),
  ]
}
