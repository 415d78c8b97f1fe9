import Basics
import Documents
import Support

/// A manifest as a tree that can be changed at random and written as YAML again.
indirect enum MutableYAML {
  /// A scalar, or anything else in flow style, as its source.
  case source(String)
  case sequence([MutableYAML])
  case mapping([(key: String, value: MutableYAML)])

  /// The tree of a node, aliases and merges resolved.
  init(_ cursor: Document, _ node: Int) {
    switch cursor.shape(node) {
    case .sequence: self = .sequence(cursor.items(node).map { MutableYAML(cursor, $0) })
    case .mapping:
      self = .mapping(
        cursor.pairs(node).map { (key: MutableYAML.scalar(cursor, $0.key), value: MutableYAML(cursor, $0.value)) })
    case .scalar, .alias: self = .source(MutableYAML.scalar(cursor, node))
    }
  }

  private static func scalar(_ document: Document, _ node: Int) -> String {
    document.isPlain(node) ? document.text(node) : CanonicalJSON.text(.string(document.text(node)))
  }

  /// Block YAML.
  func rendered(indent: Int = 0) -> String {
    let margin = String(repeating: " ", count: indent)
    switch self {
    case .source(let text): return " \(text)\n"
    case .sequence(let items):
      return items.isEmpty ? " []\n" : "\n" + items.map { "\(margin)-" + $0.rendered(indent: indent + 2) }.joined()
    case .mapping(let pairs):
      return pairs.isEmpty
        ? " {}\n" : "\n" + pairs.map { "\(margin)\($0.key):" + $0.value.rendered(indent: indent + 2) }.joined()
    }
  }

  /// The number of nodes below this one, and one.
  private var count: Int {
    switch self {
    case .source: 1
    case .sequence(let items): items.reduce(1) { $0 + $1.count }
    case .mapping(let pairs): pairs.reduce(1) { $0 + $1.value.count }
    }
  }

  /// Changes one node, chosen at random below the root.
  mutating func mutate(_ generator: inout SeededGenerator) {
    var index = Int.random(in: 1..<max(2, count), using: &generator)
    change(&index, &generator)
  }

  /// Walks to the node with the number `index`, in document order.
  private mutating func change(_ index: inout Int, _ generator: inout SeededGenerator) {
    switch self {
    case .source: break
    case .sequence(var items):
      for position in items.indices {
        index -= 1
        if index == 0 {
          if Int.random(in: 0..<4, using: &generator) == 0 {
            items.remove(at: position)
          } else {
            items[position] = .source(MutableYAML.pick(MutableYAML.values, &generator))
          }
          break
        }
        items[position].change(&index, &generator)
        if index <= 0 { break }
      }
      self = .sequence(items)
    case .mapping(var pairs):
      for position in pairs.indices {
        index -= 1
        if index == 0 {
          MutableYAML.change(&pairs, position, &generator)
          break
        }
        pairs[position].value.change(&index, &generator)
        if index <= 0 { break }
      }
      self = .mapping(pairs)
    }
  }

  private static func change(
    _ pairs: inout [(key: String, value: MutableYAML)], _ position: Int, _ generator: inout SeededGenerator
  ) {
    // `production: {}` reads every value of the project: without it, a value might be overlaid everywhere and never read.
    guard pairs[position].key != "production" else { return }
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: pairs.remove(at: position)
    case 1: pairs[position].key = pick(keys, &generator)
    case 2: pairs.append((pick(keys, &generator), .source(pick(values, &generator))))
    case 3: pairs[position].value = .sequence([pairs[position].value])
    case 4: pairs[position].value = .mapping([(pick(keys, &generator), pairs[position].value)])
    default: pairs[position].value = .source(pick(values, &generator))
    }
  }

  private static func pick(_ texts: [String], _ generator: inout SeededGenerator) -> String {
    texts[Int.random(in: 0..<texts.count, using: &generator)]
  }

  /// Keys that exist somewhere, and keys that exist nowhere.
  private static let keys = [
    "name", "region", "apiHost", "token", "profile", "backend", "path", "encrypt", "maxDeletes", "maxDeletePercent",
    "maxUpdates", "drift", "variables", "include", "channels", "ok", "custom", "redirect", "queue", "function",
    "closing", "agent",
    "bot", "useTags", "topicSet", "skills", "protect", "only", "apiToken", "id", "value", "env", "file", "keep",
    "accessToken", "callbackURL", "x-mine", "nonsense", "Upper", "a-", "9", "1.5", "\"\"", "\"a ${b}\"", "name.length",
    "callbackURL.https", "skills.level", "closing.agent.range", "adopt", "moved", "removed", "ok.community",
    "custom.nobody", "destroy", "uuid", "assume", "queues", "maxWaitingTime", "defaults", "guards", "state", "rules",
  ]

  private static let values =
    [
      "", "~", "null", "true", "false", "True", "\"true\"", "on", "off", "0", "1", "5", "6", "-1", "42", "\"42\"",
      "1.0",
      "1.5", "010", "0x1F", "+1", "1e3", ".inf", ".nan", "0o17", "0b11", "-5", "60:00", "1:30",
      "2026-01-01", "1_000", "no", "yes", "!!int 5", "!!str 5", "{~: 3}", "{010: 3}", "{\"3\": 3}", "[~]", "1.5:8",
      "1.2.3.4", "1.2.3.400", "010.0.0.1", "a.1", "a.0x1f", "99999999999999999999", "100", "101",
      "text", "\"\"", "\" outer\"", "\"tab\\tinside\"", "none", "\"none\"", "Ünïcode ☃", "refuse", "overwrite", "local",
      "http", "eu", "mars",
      "${botHost}", "\"${botHost}\"", "\"a ${botHost}\"", "\"${faqFunction}\"", "${nowhere}", "\"${bad\"",
      "\"$${literal}\"", "\"${}\"", "cost $5",
      "90s", "59s", "60s", "1h30m", "30m1h", "6d100h", "0m59s", "7d", "8d", "168h", "169h", "604800s", "604801s",
      "10080m", "10081m",
      "24 h",
      "1:30", "007d", "0d60s", "3600", "\"5${faqFunction}s\"", "60s${botHost}", "{}", "[]", "[a, b]", "[Retail]",
      "{a: 1}",
      "{queue: 1}", "{queue: Support, function: 2}", "{function: \"\"}", "{queue: ~}", "{queue: true}", "{env: NAME}",
      "{env: 9NAME}", "{env: \"${x}\"}", "{file: secrets/a}", "{file: {env: PATH_OF_A}}", "{file: \"\"}",
      "{keep: true}",
      "{keep: false}", "{env: A, file: b}", "{id: 42}", "{id: \"42\"}", "{name: Bots}", "{name: 7}", "{id: 1, name: b}",
      "{id: 1, value: {env: A}}", "{id: 1, value: {keep: true}}", "{value: {env: A}}", "{russian: 3}", "{russian: 6}",
      "{russian: 0}", "{7: 1}", "{russian: \"3\"}", "{russian: \"${faqFunction}\"}", "{\"a ${b}\": 1}", "{agent: 1h}",
      "{agent: 1s, bot: ~}",
      "https://a.example/x", "http://a.example/x", "http://localhost:8080/", "http://127.0.0.1/", "http://127.0.0.999/",
      "https://user@a.example/", "https://a.example/#f", "https://a.example:0/", "https://a.example:65536/",
      "https://a.example:65535", "https://10.0.0.1/", "https://[::1]/", "https://[1:2]/", "https://[x]/",
      "https://-a.example/", "https://a..example/",
      "https://a.example/%zz", "https://a.example?q=1", "\"https://${botHost}/x\"", "\"https://a b/\"",
      "ftp://a.example/",
      "HTTPS://A.EXAMPLE/", "a.example:443", "../out", "/abs", "a/../b", "channels/*.yaml", "[\"../x\"]",
      "[\"channels/*.yaml\"]", "[\".\"]",
      "[production]", "[nowhere]", "{destroy: true}", "{destroy: maybe}", "{destroy: true, x: 1}",
      "{ok.community: {id: 1}}",
      "{ok.nobody: {destroy: false}}", "{ok.a: ok.b}", "{ok.a: custom.b}", "{ok.a: {x: 1}}", "{name.length: off}",
      "{name.length: never}", "{redirect.one: off}", "{callbackURL.https: warning}", "{Support: {maxWaitingTime: 10m}}",
      "{Support: {}}", "{Support: {maxWaitingTime: 600}}", "{staging: {guards: {maxDeletes: 1}}}",
      "{staging: {channels: {}}}",
      "{environment: x}", "{a: \"${b}\"}", "{9a: x}", "{a: [1]}", "{a: 1, b: two, c: true}", "{topicSet: [a]}",
      "{name: x}",
    ] + ["\"\(String(repeating: "n", count: 255))\"", "\"\(String(repeating: "n", count: 256))\""]
}
