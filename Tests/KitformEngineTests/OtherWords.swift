import Documents
import KitProfile
import Testing
import YAML

/// A profile in which every path and every name differs from the built-in one's, listings go by cursors and times travel
/// in minutes.
enum OtherWords {
  static let text = """
    name: other
    status: confirmed
    rate: 50
    credentials:
      account: {name: tenant, in: body}
      token: {name: pass}
    operations:
      account: /v9/me
      listQueues: /v9/lines
      listSkills: /v9/talents
      listTopicSets: /v9/subjects
      listFunctions: /v9/scripts
      listAPITokens: /v9/badges
      listChannels: /v9/inlets/all
      createChannel: /v9/inlets/new
      updateChannel: /v9/inlets/change
      deleteChannel: /v9/inlets/drop
    envelope: {success: ok, result: data.value, error: data.fault.text, code: data.fault.number}
    paging: {style: cursor, in: body, size: limit, pageSize: 50, cursor: after, next: data.next, total: data.count}
    switches: {on: ja, off: nein}
    account: {name: [owner.heading, tenant.heading]}
    objects:
      queue: {id: key, title: [text.label, label], deleted: gone, maxWaitingTime: wait, unit: minutes}
      function: {id: key, title: text.label}
      topicSet: {id: key, title: text.label}
      skill: {id: key, title: text.label}
      apiToken: {id: key, title: text.label}
    channel:
      id: {read: info.key, write: key}
      uuid: info.handle
      type: {read: info.sort, write: sort}
      salt: spice
      unit: minutes
      secrets: [spice, phrase]
      volatile: [touched]
      deleted: gone
      authorship: [touched_by]
      fields:
        name: label
        redirect:
          method: via
          queue: {word: line, read: line.key, write: line_key, unused: 0}
          function: {word: script, at: script_key, unused: 0}
        closing.agent: timers.human
        closing.bot: timers.robot
        useTags: marks
        topicSet: {switch: subject.shown, at: subject.key}
        skills: {at: talents, id: talent, level: grade, title: label}
      kinds:
        ok: {type: classmates, fields: {accessToken: rest.phrase}}
        custom: {type: own, fields: {callbackURL: rest.hook, apiToken: rest.badge}}
    botService: {channel: inlet, accessToken: short, refreshToken: long}
    """

  static func profile() throws -> APIProfile {
    let (profile, diagnostics) = ProfileLoader.load(SourceFile(path: "other.yaml", text: text), file: 0)
    return try #require(profile, "\(diagnostics.map(\.message))")
  }

  /// Every path and wire name of a profile's text: the scalars behind its keys.
  static func words(of text: String) -> Set<String> {
    let document = YAMLComposer.compose(SourceFile(path: "profile.yaml", text: text), file: 0).document
    var words: Set<String> = []
    func collect(_ node: Int) {
      switch document.shape(node) {
      case .mapping: for pair in document.pairs(node) { collect(pair.value) }
      case .sequence: for item in document.items(node) { collect(item) }
      case .scalar:
        let text = document.text(node)
        if text.hasPrefix("/") {
          words.insert(text)
        } else {
          words.formUnion(text.split(separator: ".").map(String.init))
        }
      default: break
      }
    }
    document.roots.forEach(collect)
    return words
  }
}
