package import Documents

extension Rule {
  // What a profile of one's own must be.
  package static let profileUnreadable = Rule(
    "profile.unreadable", "The file that `account.profile` names can be read.", example: "profile: ./kit-profile.yaml")
  package static let profileType = Rule(
    "profile.type", "A value of a profile is a string, a list or a mapping, as its setting wants.",
    example: "kitform profile show > kit-profile.yaml")
  package static let profileKey = Rule(
    "profile.key", "Only the settings of the profile's schema exist.",
    example: "operations: {listQueues: /api/v3/queues/searchQueues}")
  package static let profileMissing = Rule(
    "profile.missing", "A profile has every setting that its schema requires.", example: "name: acme-kit")
  package static let profileValue = Rule(
    "profile.value", "A value of a profile is one of the words, or within the limits, of its setting.",
    example: "status: confirmed")
  package static let profilePath = Rule(
    "profile.path", "An operation names the path of a URL: no host, query or spaces.",
    example: "listSkills: /api/v3/skills/searchSkills")
  package static let profileMembers = Rule(
    "profile.members",
    "A member's name is not empty and has no spaces; a dot leads into a nested object, and a list has alternatives for reading.",
    example: "name: [domain.name, domain]")
  package static let profileAt = Rule(
    "profile.at", "A member is named by `at`, or by both `read` and `write`.",
    example: "topicSet: {switch: use_topics, at: topic_set_id}")
  package static let profileShared = Rule(
    "profile.shared",
    "An operation that reads shares no path with one that writes, and sends nothing under the name of a channel's id.",
    example: "listChannels: /api/v3/channel/searchChannels")

  package static let profileReadOnly = Rule(
    "profile.readOnly", "No field that Kitform writes is listed as one that is never sent.",
    example: "readOnly: [channel_settings.version]")

  /// Every rule of profiles, in the order of the reference.
  package static let profile: [Rule] = [
    profileUnreadable, profileType, profileKey, profileMissing, profileValue, profilePath, profileMembers, profileAt,
    profileShared, profileReadOnly,
  ]
}
