import Basics
import Documents
import Support

/// A random object of settings, and what a listing shows instead of some members, by their paths.
struct LossSettings: Sendable {
  private static let masks = ["*", "****", "••••••", "xxx", "abcd***", "12•••", "****abcd", "ab***cd", "[REDACTED]"]

  var members: [JSONValue.Member] = []
  var shown: [String: JSONValue?] = [:]

  init(_ random: inout SeededGenerator, isOK: Bool) {
    var names = ["colour", "retry", "bot_token", "password", "status", "note", "nested", "list", "empty"]
    names.shuffle(using: &random)
    for name in names.prefix(Int.random(in: 0...6, using: &random)) {
      members.append(.init(name, LossSettings.value(name, &random, depth: 0)))
    }
    if isOK {
      members.append(.init("api_key", .string("tkn:\(random.next() % 1000)A")))
    } else {
      members += [
        .init("url", .string("https://old.example/\(random.next() % 1000)")), .init("token_id", 4),
        .init("security_salt", .string("salt-\(random.next() % 100_000)")),
      ]
    }
    members.shuffle(using: &random)
    for member in members where Int.random(in: 0..<8, using: &random) == 0 {
      switch member.key {
      case "api_key", "security_salt":
        // Kit may leave these out, or show nothing or a mask in their place.
        shown[member.key] = [nil, .null, "", .string(LossSettings.mask(&random))].randomElement(using: &random)
      case "bot_token", "password", "note", "url": shown[member.key] = .string(LossSettings.mask(&random))
      default: break
      }
    }
  }

  private static func value(_ name: String, _ random: inout SeededGenerator, depth: Int) -> JSONValue {
    switch name {
    case "empty": return [.null, "", .object([]), .array([])].randomElement(using: &random) ?? .null
    case "nested",
      "retry" where depth < 3:
      return .object(
        ["note", "secret", "nested", "count"].prefix(Int.random(in: 0...4, using: &random)).map {
          .init($0, value($0, &random, depth: depth + 1))
        })
    case "list": return .array([.integer(1), .null, ["password": .string("p\(random.next() % 1000)w")]])
    case "count": return .integer(Int(random.next() % 100))
    default: return .string("v\(random.next() % 100_000)é")
    }
  }

  func display(_ channel: JSONValue) -> JSONValue {
    guard case .object(let all) = channel else { return channel }
    return .object(
      all.map { member in
        guard member.key == "channel_settings", case .object(let settings) = member.value else { return member }
        return .init(
          member.key,
          .object(
            settings.compactMap { one in
              guard let shown = shown[one.key] else { return one }
              return shown.map { .init(one.key, $0) }
            }))
      })
  }

  private static func mask(_ random: inout SeededGenerator) -> String { masks.randomElement(using: &random) ?? "*" }
}
