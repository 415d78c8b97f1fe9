import Basics

/// What Kit answers around the values of an account, as real answers of July 2026 have it; every value is invented.
///
/// Otherwise the sandbox would follow the profile, and no test could find an error in the profile.
enum KnownAnswers {
  /// The members of the account's information.
  static let account: [JSONValue.Member] = [
    .init(
      "domain",
      [
        "id": 71,
        "name": "acme",
        "balance": .number("120.5"),
        "credit": 0,
        "currency": "EUR",
        "max_lines_count": 10,
        "partner": [
          "name": "example",
          "theme": .null,
          "blocks": .null,
          "default_balance": "0",
          "default_currency": "EUR",
          "media_servers_regions": [],
        ],
        "tariff": [
          "id": 1
        ],
        "can_change_tariff": true,
        "cc_settings": [
          "can_inbound_calls": true,
          "agent_dialing_max_waiting_time_sec": 30,
          "hold_notification_time_sec": 30,
        ],
        "cc_enabled": true,
        "cc_enabled_date": .null,
        "cc_demo_mode": false,
        "function_enabled": true,
        "max_users": 20,
        "need_reg_form": false,
        "reg_form_completed": false,
        "agent_campaigns_enabled": true,
        "bulk_messaging_enabled": false,
        "enable_2fa": false,
        "max_attachments_in_storage": 100,
        "attachments_on_account": 0,
        "application_id": 1001,
        "account_id": 2002,
        "internal_chat_enabled": true,
        "blending_enabled": false,
        "media_servers_regions": .null,
        "max_queues": 20,
        "account_region": "EU",
        "full_name_mode": "last_first_middle",
        "node": 1,
        "waf_enabled": false,
        "max_queues_per_agent": 5,
      ])
  ]

  /// A listing that Kit documents and that no profile names.
  struct KnownListing {
    var items: [JSONValue]
    /// Whether the answer says how many there are, and on how many pages.
    var isCounted = true
  }

  /// Listings by their paths.
  static let listings: [String: KnownListing] = [
    "/api/v3/agentStatuses/searchStatuses": KnownListing(items: statuses, isCounted: false),
    "/api/v3/tags/searchTags": KnownListing(items: tags), "/api/v3/user/searchUsers": KnownListing(items: users),
    "/api/v3/usergroup/searchGroups": KnownListing(items: groups),
  ]

  private static let statuses: [JSONValue] = [
    [
      "id": 1, "key": "READY", "title": "Ready", "color": "7ACC90", "active": true, "system": true,
      "description": .null, "order": 1,
    ],
    [
      "id": 7, "key": "CUSTOM_1", "title": "Break", "color": "F0A000", "active": true, "system": false,
      "description": "", "order": 7,
    ],
  ]

  private static let tags: [JSONValue] = [["id": 31, "tag_name": "complaint"], ["id": 32, "tag_name": .null]]

  private static let users: [JSONValue] = [
    [
      "id": 902, "username": "user-902", "email": "agent@example.com", "role_id": 2, "group_id": .null,
      "is_blocked": false, "deleted": false, "deletedon": .null, "permissions": "[]", "messaging_user_id": "m-902",
      "vox_id": 5, "is_2fa_enabled": false, "call_status": "OFFLINE", "im_status": "OFFLINE",
      "max_simultaneous_conversations": .null, "full_name": "Agent Example",
      "profile": [
        "utc": "Europe/Berlin", "lang": "en", "last_name": "Example", "first_name": "Agent", "middle_name": .null,
      ],
      "skills": [["skill_id": 3, "skill_level": 5, "skill_name": "english"]],
    ]
  ]

  private static let groups: [JSONValue] = [
    [
      "id": 51, "group_title": "Day shift", "dialing_strategy": "one_random", "agent_dialing_max_waiting_time_sec": 30,
      "create_date": "2026-01-12 09:30:00", "created_by": 901, "edit_date": "2026-02-03 14:05:00", "edited_by": 902,
      "delete_date": .null, "deleted_by": .null, "deleted": false,
    ]
  ]

  /// The members of a queue; the machine's own id and name follow from its id.
  static func queue(_ id: Int) -> [JSONValue.Member] {
    var members = queue
    JSONTree.set(.integer(100_000 + id), at: ["acd_queue_id"], in: &members)
    JSONTree.set(.string("queue_name_\(id)"), at: ["acd_queue_name"], in: &members)
    return members
  }

  private static let queue: [JSONValue.Member] = [
    .init("id", 11),
    .init("acd_queue_id", 141),
    .init("acd_queue_name", "queue_name_20260101120001"),
    .init("acd_queue_title", "Support"),
    .init("acd_max_conversations", .null),
    .init("call_agent_selection", "MAX_WAITING_TIME"),
    .init("domain_id", 71),
    .init("fallback_agent_selection", "NONE"),
    .init("call_task_selection", "MAX_PRIORITY"),
    .init("description", ""),
    .init("create_date", "2026-01-12 09:30:00"),
    .init("created_by", 901),
    .init("edit_date", "2026-02-03 14:05:00"),
    .init("edited_by", 902),
    .init("delete_date", .null),
    .init("deleted_by", .null),
    .init("deleted", false),
    .init("im_agent_selection", "MAX_WAITING_TIME"),
    .init("im_task_selection", "MAX_PRIORITY"),
    .init("call_max_waiting_time", 3),
    .init("call_max_queue_size", 1000),
    .init("im_max_waiting_time", 60),
    .init("im_max_queue_size", 1000),
    .init("acd_establish_timeout_sec", 120),
    .init("acd_reply_timeout_sec", 300),
    .init("max_simultaneous_conversations", 5),
    .init("max_autoservice_time_enabled", false),
    .init("max_autoservice_time_sec", 0),
    .init("call_auto_answer", false),
    .init("agents_can_decline_calls", true),
    .init("acd_client_timeout_sec", 3600),
    .init("agent_campaign_id", .null),
    .init("queue_dialing_media_enabled", .null),
    .init("queue_dialing_media_id", .null),
    .init("call_sl_waiting_time_sec", 20),
    .init("im_sl_waiting_time_sec", 20),
    .init("priority", 10),
    .init("agents_can_end_calls", true),
    .init("hold_notification_settings_overridden", false),
    .init("hold_notification_enabled", true),
    .init("hold_notification_time_sec", 30),
    .init("max_operator_reaction_time_sec", 40),
    .init("campaign_id", .null),
    .init("scripting_scenario_id", .null),
    .init("drop_call_if_no_operators", true),
    .init("number_extension", .null),
    .init("autoreplies", autoreplies),
  ]

  private static let autoreplies: JSONValue = [
    "agents": [
      "welcome_message": [
        "enabled": false,
        "messages": ["Hello!"],
      ],
      "after_transfer_message": [
        "enabled": false,
        "messages": ["Hello!"],
      ],
      "answer_timeout_message": [
        "enabled": false,
        "messages": ["Hello!"],
      ],
      "closed_by_operator": [
        "enabled": false,
        "messages": ["Hello!"],
      ],
    ],
    "general": [
      "closed_by_timeout": [
        "enabled": false,
        "messages": ["Goodbye."],
      ]
    ],
    "queue": [
      "added_to_queue": [
        "enabled": false,
        "messages": ["Please wait."],
      ],
      "all_agents_offline": [
        "enabled": true,
        "messages": ["Please wait."],
      ],
    ],
  ]
}
