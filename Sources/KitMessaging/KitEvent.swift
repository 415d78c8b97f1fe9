import Basics

/// An event of Kit for a service's callback URL: an agent or a bot has answered, or a conversation was closed.
///
/// What this version does not know is kept: other types of events with their JSON, other close reasons and payloads with
/// their names. Members that are not documented are left aside; `json` has them.
public struct KitEvent: Sendable, Equatable {
  /// The event's id; the same id again is the same event.
  public var id: String
  /// The customer, by the id that the service gave them.
  public var clientID: String
  /// What has happened.
  public var content: Content
  /// The whole event as it came.
  public var json: [UInt8]

  /// What an event says.
  public enum Content: Sendable, Equatable {
    /// `send_message`: show this to the customer.
    case message(Message, sender: Sender?)
    /// `close_conversation`; the sender is there when an agent closed it.
    case conversationClosed(CloseReason, sender: Sender?)
    /// An event of a type that this version does not know.
    case unknown(type: String)
  }

  /// Who answered or closed.
  public struct Sender: Sendable, Equatable {
    /// Kit's id of the agent.
    public var id: Int?
    /// The name with which the agent logs in.
    public var username: String?
    /// The name that customers see.
    public var displayName: String?
    /// The address of a picture.
    public var avatar: String?
    /// The email address.
    public var email: String?
    /// `agent` or `bot`, as Kit writes it; nil where it says nothing.
    public var type: String?
    /// Whether a bot answered.
    public var isBot: Bool

    /// A person, with what is known of them.
    public init(
      id: Int? = nil, username: String? = nil, displayName: String? = nil, avatar: String? = nil, email: String? = nil,
      type: String? = nil, isBot: Bool = false
    ) {
      self.id = id
      self.username = username
      self.displayName = displayName
      self.avatar = avatar
      self.email = email
      self.type = type
      self.isBot = isBot
    }
  }

  /// Why a conversation was closed.
  public enum CloseReason: Sendable, Equatable {
    case byAgent, byBot
    /// The customer did not answer in the channel's closing time.
    case byClientTimeout
    case byUnknownReason
    /// A reason that this version does not know, as Kit writes it.
    case other(String)

    /// The reason that Kit writes in this way.
    public init(wireName: String) {
      switch wireName {
      case "CLOSED_BY_AGENT": self = .byAgent
      case "CLOSED_BY_BOT": self = .byBot
      case "CLOSED_BY_CLIENT_TIMEOUT": self = .byClientTimeout
      case "CLOSED_BY_UNKNOWN_REASON": self = .byUnknownReason
      default: self = .other(wireName)
      }
    }

    /// The reason as Kit writes it.
    public var wireName: String {
      switch self {
      case .byAgent: "CLOSED_BY_AGENT"
      case .byBot: "CLOSED_BY_BOT"
      case .byClientTimeout: "CLOSED_BY_CLIENT_TIMEOUT"
      case .byUnknownReason: "CLOSED_BY_UNKNOWN_REASON"
      case .other(let name): name
      }
    }
  }

  /// An event of its parts, for tests of a service.
  public init(id: String, clientID: String, content: Content, json: [UInt8] = []) {
    self.id = id
    self.clientID = clientID
    self.content = content
    self.json = json
  }
}

extension KitEvent {
  /// Reads an event as Kit posts it.
  ///
  /// - Throws: `MessagingError` of the cause `invalidEvent`, with every problem named by its path.
  public init(json: [UInt8]) throws(MessagingError) {
    var reader = ObjectReader()
    reader.isStrict = false
    let root = try JSONText.event(json)
    id = reader.required(root, "", "event_id")
    let type = reader.required(root, "", "event_type")
    let client = reader.object(root, "", "client_data") ?? .object([])
    let data = reader.object(root, "", "event_data") ?? .object([])
    self.json = json
    switch type {
    case "send_message":
      clientID = reader.required(client, "client_data", "client_id")
      let message = Message(
        reader.object(data, "event_data", "message") ?? .object([]), "event_data.message", &reader)
      content = .message(message, sender: Sender(data, &reader))
    case "close_conversation":
      clientID = reader.required(client, "client_data", "client_id")
      let reason = CloseReason(wireName: reader.required(data, "event_data", "close_reason"))
      content = .conversationClosed(reason, sender: Sender(data, &reader))
    default:
      clientID = reader.text(client, "client_data", "client_id") ?? ""
      content = .unknown(type: type)
    }
    guard reader.problems.isEmpty else { throw .invalidEvent(reader.problems) }
  }
}

extension KitEvent.Sender {
  /// Reads `sender_data`, or nil where there is none.
  fileprivate init?(_ data: JSONValue, _ reader: inout ObjectReader) {
    guard let value = reader.object(data, "event_data", "sender_data") else { return nil }
    let path = "event_data.sender_data"
    self.init(
      id: KitEvent.Sender.id(value["sender_id"]), username: reader.text(value, path, "sender_username"),
      displayName: reader.text(value, path, "sender_display_name"), avatar: reader.text(value, path, "sender_avatar"),
      email: reader.text(value, path, "sender_email"), type: reader.text(value, path, "sender_type"))
    if case .bool(let flag)? = value["is_bot"] { isBot = flag } else { isBot = type == "bot" }
  }

  /// A number, or a string of digits.
  private static func id(_ value: JSONValue?) -> Int? {
    switch value {
    case .integer(let number)?: number
    case .string(let text)?: Int(text)
    default: nil
    }
  }
}
