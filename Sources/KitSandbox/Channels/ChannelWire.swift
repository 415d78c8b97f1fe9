import KitProfile

/// What a profile says of channels, in the forms in which the sandbox asks.
enum ChannelWire {
  /// The fields of a kind, shared ones first; a kind's own field wins over a shared one of the same name.
  static func fields(of kind: String, in profile: APIProfile) -> [ChannelMembers.NamedField] {
    let own = profile.channel[kind: kind]?.fields ?? []
    return profile.channel.fields.filter { shared in !own.contains { $0.name == shared.name } } + own
  }

  /// Names of form fields that hold JSON objects.
  static func nestedNames(in profile: APIProfile) -> Set<String> {
    var names = Set<String>()
    for path in writtenPaths(in: profile) where path.count > 1 { names.insert(path[0]) }
    return names
  }

  /// Every path that the profile knows of a channel, of all kinds.
  static func knownPaths(in profile: APIProfile) -> [[String]] {
    let wire = profile.channel
    var paths = wire.id.reading.paths + wire.uuid.paths + wire.type.reading.paths
    paths += (wire.salt?.paths ?? []) + (wire.deleted?.paths ?? [])
    for field in allFields(in: profile) { paths += field.paths.flatMap(\.reading.paths) }
    return paths + writtenPaths(in: profile)
  }

  /// The name under which a field is known on the wire, for the words of a failure.
  static func name(of field: String, kind: String, in profile: APIProfile) -> String {
    if field == "kind" { return profile.channel.type.write.joined(separator: ".") }
    guard let wire = profile.channel.field(field, of: kind) else { return field }
    return wire.paths.first?.write.joined(separator: ".") ?? field
  }

  private static func writtenPaths(in profile: APIProfile) -> [[String]] {
    let wire = profile.channel
    return [wire.id.write, wire.type.write] + allFields(in: profile).flatMap { $0.paths.map(\.write) }
  }

  private static func allFields(in profile: APIProfile) -> [WireField] {
    (profile.channel.fields + profile.channel.kinds.flatMap(\.fields)).map(\.field)
  }
}
