import Basics

/// What Kit wants of an event that a service posts; the sandbox's own reading of the documentation.
struct EventRules {
  private(set) var violations: [String] = []

  /// An event that is taken.
  struct Accepted {
    var id: String
    var clientID: String
    var clientName: String?
    var text: String
    var attachments: Int
  }

  /// The longest event in bytes; Kit documents none, so that this one is assumed.
  static let longest = 1 << 20

  /// Checks an event.
  static func check(_ body: [UInt8]) throws(Reply.Failure) -> Accepted {
    guard body.count <= longest else {
      throw Reply.Failure(413, "the event has more than \(longest) bytes: shorten its text, and send files by file_url")
    }
    guard let event = String(validating: body, as: UTF8.self).flatMap({ NestedJSON.read($0) }), case .object = event
    else { throw Reply.Failure(400, "the body must be a JSON object") }
    var rules = EventRules()
    let client = rules.object(event, "client_data")
    let id = rules.text(event, "event_id", at: "event_id")
    let type = rules.text(event, "event_type", at: "event_type")
    if let type, type != "send_message" { rules.violations.append("event_type: must be send_message") }
    let data = rules.object(event, "event_data")
    let message = data.flatMap { rules.object($0, "message", at: "event_data.message") }
    if let message { _ = rules.text(message, "message_id", at: "event_data.message.message_id") }
    let clientID = client.flatMap { rules.text($0, "client_id", at: "client_data.client_id") }
    if let client { rules.checkClient(client) }
    let attachments = message.map { rules.payload($0) } ?? 0
    let text = message.flatMap { rules.optionalText($0, "text", at: "event_data.message.text") }
    guard rules.violations.isEmpty, let id, let clientID else {
      throw Reply.Failure(422, rules.violations.joined(separator: "; "))
    }
    let name = client.flatMap { rules.optionalText($0, "client_display_name", at: "") }
    return Accepted(id: id, clientID: clientID, clientName: name, text: text ?? "", attachments: attachments)
  }

  private mutating func checkClient(_ client: JSONValue) {
    for name in ["phone", "avatar", "display_name", "email", "language"] {
      _ = optionalText(client, "client_\(name)", at: "client_data.client_\(name)")
    }
    for (name, texts) in [
      ("utm", ["source", "campaign", "content", "medium", "term"]), ("page", ["url", "title"]),
      ("location", ["country", "country_code", "region", "region_code", "city", "ip_address"]),
      ("device", ["type", "model", "user_agent"]),
    ] {
      guard let object = optionalObject(client, name, at: "client_data.\(name)") else { continue }
      for text in texts { _ = optionalText(object, text, at: "client_data.\(name).\(text)") }
      if name == "location" {
        for number in ["latitude", "longitude"] { checkNumber(object, number, at: "client_data.location.\(number)") }
      }
    }
  }

  /// Checks the attachments and counts them.
  private mutating func payload(_ message: JSONValue) -> Int {
    let path = "event_data.message.payload"
    switch message["payload"] {
    case nil, .null?: return 0
    case .array(let items)?:
      for (index, item) in items.enumerated() { check(item, at: "\(path).\(index)") }
      return items.count
    default:
      violations.append("\(path): must be a list")
      return 0
    }
  }

  private mutating func check(_ item: JSONValue, at path: String) {
    guard case .string(let type)? = item["type"] else {
      violations.append("\(path).type: is required")
      return
    }
    switch type {
    case "photo", "audio", "video", "document":
      for name in ["file_name", "file_url"] { _ = optionalText(item, name, at: "\(path).\(name)") }
    case "location":
      for name in ["latitude", "longitude"] { checkNumber(item, name, at: "\(path).\(name)") }
      _ = optionalText(item, "address", at: "\(path).address")
    case "contact":
      for name in ["name", "number", "avatar"] { _ = optionalText(item, name, at: "\(path).\(name)") }
    default:
      violations.append("\(path).type: must be photo, audio, video, document, location or contact")
    }
  }
}

extension EventRules {
  private mutating func object(_ parent: JSONValue, _ name: String, at path: String? = nil) -> JSONValue? {
    if case .object? = parent[name] { return parent[name] }
    violations.append("\(path ?? name): is required, as an object")
    return nil
  }

  private mutating func optionalObject(_ parent: JSONValue, _ name: String, at path: String) -> JSONValue? {
    switch parent[name] {
    case nil, .null?: return nil
    case .object?: return parent[name]
    default:
      violations.append("\(path): must be an object")
      return nil
    }
  }

  private mutating func text(_ parent: JSONValue, _ name: String, at path: String) -> String? {
    if case .string(let text)? = parent[name], !text.isEmpty { return text }
    violations.append("\(path): is required, as a string")
    return nil
  }

  private mutating func optionalText(_ parent: JSONValue, _ name: String, at path: String) -> String? {
    switch parent[name] {
    case nil, .null?: return nil
    case .string(let text)?: return text
    default:
      violations.append("\(path): must be a string")
      return nil
    }
  }

  private mutating func checkNumber(_ parent: JSONValue, _ name: String, at path: String) {
    switch parent[name] {
    case nil, .null?, .integer?, .number?: break
    default: violations.append("\(path): must be a number")
    }
  }
}
