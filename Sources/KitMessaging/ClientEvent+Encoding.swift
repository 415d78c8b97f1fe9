import Basics

extension ClientEvent {
  /// The longest event in bytes that is sent: 1 MiB. Kit documents no limit; this one is ours.
  public static let sizeLimit = 1 << 20

  /// The event as the documented JSON.
  ///
  /// - Throws: `MessagingError` of the cause `invalidEvent`, with every problem named by its path on the wire.
  public func json() throws(MessagingError) -> [UInt8] {
    let problems = problems
    guard problems.isEmpty else { throw .invalidEvent(problems) }
    let bytes = CanonicalJSON.encode(value)
    guard bytes.count <= ClientEvent.sizeLimit else {
      throw .invalidEvent([
        "the event has \(bytes.count) bytes, more than \(ClientEvent.sizeLimit): shorten `event_data.message.text`, "
          + "and send files as a payload with a `file_url`"
      ])
    }
    return bytes
  }

  /// What keeps the event from being sent, one sentence each; empty where nothing does.
  public var problems: [String] {
    var problems: [String] = []
    if client.id.isEmpty { problems.append("`client_data.client_id` is required: the customer's id in your service") }
    if id.isEmpty { problems.append("`event_id` is required: choose one for each event") }
    if message.id.isEmpty {
      problems.append("`event_data.message.message_id` is required: choose one for each message")
    }
    let place = client.location
    for (name, value) in [("latitude", place?.latitude), ("longitude", place?.longitude)] {
      if let value, !value.isFinite { problems.append("`client_data.location.\(name)` must be a finite number") }
    }
    for (index, payload) in message.payload.enumerated() {
      let path = "event_data.message.payload[\(index)]"
      switch payload {
      case .unknown(let type, _):
        problems.append(
          "`\(path).type` is `\(SafeText.escape(type))`: Kit takes photo, audio, video, document, location and contact")
      case .location(let place) where !place.latitude.isFinite || !place.longitude.isFinite:
        problems.append("`\(path)` must have a finite latitude and longitude")
      default: break
      }
    }
    return problems
  }

  /// The members in the documented order.
  private var value: JSONValue {
    [
      "client_data": client.value, "event_id": .string(id), "event_type": .string(ClientEvent.type),
      "event_data": ["message": message.value],
    ]
  }
}

extension Client {
  fileprivate var value: JSONValue {
    var members = Members()
    members.put("client_id", id)
    members.put("client_phone", phone)
    members.put("client_avatar", avatar)
    members.put("client_display_name", displayName)
    members.put("client_email", email)
    members.put("client_language", language)
    members.put("utm", utm?.value)
    members.put("page", page?.value)
    members.put("location", location?.value)
    members.put("device", device?.value)
    return members.value
  }
}

extension Client.UTM {
  fileprivate var value: JSONValue {
    var members = Members()
    members.put("source", source)
    members.put("campaign", campaign)
    members.put("content", content)
    members.put("medium", medium)
    members.put("term", term)
    return members.value
  }
}

extension Client.Page {
  fileprivate var value: JSONValue {
    var members = Members()
    members.put("url", url)
    members.put("title", title)
    return members.value
  }
}

extension Client.Location {
  fileprivate var value: JSONValue {
    var members = Members()
    members.put("latitude", latitude)
    members.put("longitude", longitude)
    members.put("country", country)
    members.put("country_code", countryCode)
    members.put("region", region)
    members.put("region_code", regionCode)
    members.put("city", city)
    members.put("ip_address", ipAddress)
    return members.value
  }
}

extension Client.Device {
  fileprivate var value: JSONValue {
    var members = Members()
    members.put("type", type)
    members.put("model", model)
    members.put("user_agent", userAgent)
    return members.value
  }
}

extension Message {
  fileprivate var value: JSONValue {
    var members = Members()
    members.put("message_id", id)
    members.put("text", text)
    members.put("payload", payload.isEmpty ? nil : .array(payload.map(\.value)))
    return members.value
  }
}

extension Payload {
  fileprivate var value: JSONValue {
    var members = Members()
    switch self {
    case .media(let media):
      members.put("type", media.type.rawValue)
      members.put("file_name", media.fileName)
      members.put("file_url", media.fileURL)
    case .location(let place):
      members.put("type", "location")
      members.put("latitude", place.latitude)
      members.put("longitude", place.longitude)
      members.put("address", place.address)
    case .contact(let contact):
      members.put("type", "contact")
      members.put("name", contact.name)
      members.put("number", contact.number)
      members.put("avatar", contact.avatar)
    case .unknown(let type, _): members.put("type", type)
    }
    return members.value
  }
}

/// Members of an object in the order in which they are put; nil puts none.
private struct Members {
  private var members: [JSONValue.Member] = []

  var value: JSONValue { .object(members) }

  mutating func put(_ name: String, _ value: JSONValue?) {
    if let value { members.append(.init(name, value)) }
  }

  mutating func put(_ name: String, _ text: String?) { put(name, text.map { .string($0) }) }

  mutating func put(_ name: String, _ number: Double?) { put(name, number.map { .number("\($0)") }) }
}
