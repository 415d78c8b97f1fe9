import Basics

extension ClientEvent {
  /// Reads the documented JSON; what is not documented is a problem, so that a misspelt member is not lost unseen.
  ///
  /// - Throws: `MessagingError` of the cause `invalidEvent`, with every problem named by its path.
  public init(json: [UInt8]) throws(MessagingError) {
    var reader = ObjectReader()
    let root = try JSONText.event(json)
    let event = ClientEvent(root, &reader)
    guard reader.problems.isEmpty else { throw .invalidEvent(reader.problems) }
    let problems = event.problems
    guard problems.isEmpty else { throw .invalidEvent(problems) }
    self = event
  }

  private init(_ root: JSONValue, _ reader: inout ObjectReader) {
    reader.check(root, "", ["client_data", "event_id", "event_type", "event_data"])
    let type = reader.required(root, "", "event_type")
    if !type.isEmpty, type != ClientEvent.type {
      reader.problems.append("`event_type` is `\(SafeText.escape(type))`: Kit takes `\(ClientEvent.type)`")
    }
    id = reader.required(root, "", "event_id")
    client = Client(reader.object(root, "", "client_data") ?? .object([]), &reader)
    let data = reader.object(root, "", "event_data") ?? .object([])
    reader.check(data, "event_data", ["message"])
    message = Message(reader.object(data, "event_data", "message") ?? .object([]), "event_data.message", &reader)
  }
}

extension Client {
  fileprivate init(_ value: JSONValue, _ reader: inout ObjectReader) {
    let path = "client_data"
    reader.check(
      value, path,
      [
        "client_id", "client_phone", "client_avatar", "client_display_name", "client_email", "client_language", "utm",
        "page", "location", "device",
      ])
    self.init(id: reader.required(value, path, "client_id"))
    phone = reader.text(value, path, "client_phone")
    avatar = reader.text(value, path, "client_avatar")
    displayName = reader.text(value, path, "client_display_name")
    email = reader.text(value, path, "client_email")
    language = reader.text(value, path, "client_language")
    if let value = reader.object(value, path, "utm") {
      let path = "client_data.utm"
      reader.check(value, path, ["source", "campaign", "content", "medium", "term"])
      utm = UTM(
        source: reader.text(value, path, "source"), campaign: reader.text(value, path, "campaign"),
        content: reader.text(value, path, "content"), medium: reader.text(value, path, "medium"),
        term: reader.text(value, path, "term"))
    }
    if let value = reader.object(value, path, "page") {
      let path = "client_data.page"
      reader.check(value, path, ["url", "title"])
      page = Page(url: reader.text(value, path, "url"), title: reader.text(value, path, "title"))
    }
    if let value = reader.object(value, path, "location") {
      let path = "client_data.location"
      reader.check(
        value, path,
        ["latitude", "longitude", "country", "country_code", "region", "region_code", "city", "ip_address"])
      location = Location(
        latitude: reader.number(value, path, "latitude"), longitude: reader.number(value, path, "longitude"),
        country: reader.text(value, path, "country"), countryCode: reader.text(value, path, "country_code"),
        region: reader.text(value, path, "region"), regionCode: reader.text(value, path, "region_code"),
        city: reader.text(value, path, "city"), ipAddress: reader.text(value, path, "ip_address"))
    }
    if let value = reader.object(value, path, "device") {
      let path = "client_data.device"
      reader.check(value, path, ["type", "model", "user_agent"])
      device = Device(
        type: reader.text(value, path, "type"), model: reader.text(value, path, "model"),
        userAgent: reader.text(value, path, "user_agent"))
    }
  }
}

extension Message {
  /// Reads a message of either direction.
  init(_ value: JSONValue, _ path: String, _ reader: inout ObjectReader) {
    reader.check(value, path, ["message_id", "text", "payload"])
    self.init(id: reader.required(value, path, "message_id"), text: reader.text(value, path, "text"))
    switch value["payload"] {
    case nil, .null?: break
    case .array(let items)?:
      for (index, item) in items.enumerated() {
        payload.append(Payload(item, "\(path).payload[\(index)]", &reader))
      }
    default: reader.problems.append("`\(path).payload` must be a list")
    }
  }
}

extension Payload {
  fileprivate init(_ value: JSONValue, _ path: String, _ reader: inout ObjectReader) {
    let type = reader.required(value, path, "type")
    if let media = MediaType(rawValue: type) {
      reader.check(value, path, ["type", "file_name", "file_url"])
      self = .media(
        Media(
          media, fileName: reader.text(value, path, "file_name"), fileURL: reader.text(value, path, "file_url")))
      return
    }
    switch type {
    case "location":
      reader.check(value, path, ["type", "latitude", "longitude", "address"])
      guard let latitude = reader.number(value, path, "latitude"),
        let longitude = reader.number(value, path, "longitude")
      else {
        reader.problems.append("`\(path)` must have a latitude and a longitude")
        self = .unknown(type: type, json: CanonicalJSON.text(value))
        return
      }
      self = .location(
        Coordinates(latitude: latitude, longitude: longitude, address: reader.text(value, path, "address")))
    case "contact":
      reader.check(value, path, ["type", "name", "number", "avatar"])
      self = .contact(
        Contact(
          name: reader.text(value, path, "name"), number: reader.text(value, path, "number"),
          avatar: reader.text(value, path, "avatar")))
    default: self = .unknown(type: type, json: CanonicalJSON.text(value))
    }
  }
}
