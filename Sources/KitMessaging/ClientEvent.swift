/// An event of a service for Kit: a customer has written in the service's own messenger.
///
/// It encodes to the JSON that the page "Custom channel" shows, member by member; what is nil is left out.
public struct ClientEvent: Sendable, Equatable {
  /// Who wrote.
  public var client: Client
  /// The event's id, chosen by the service; the same id again is the same event.
  public var id: String
  /// What was written.
  public var message: Message

  /// An event; `problems` says what keeps it from being sent.
  public init(client: Client, id: String, message: Message) {
    self.client = client
    self.id = id
    self.message = message
  }

  /// The only type that Kit documents for events of a service.
  public static let type = "send_message"
}

/// A message in either direction: a string, attachments, or both.
public struct Message: Sendable, Equatable {
  /// The message's id, chosen by the sender.
  public var id: String
  /// What was written, as plain text.
  public var text: String?
  /// Attachments in order.
  public var payload: [Payload]

  /// A message of a string, attachments, or both.
  public init(id: String, text: String? = nil, payload: [Payload] = []) {
    self.id = id
    self.text = text
    self.payload = payload
  }
}

/// One attachment of a message.
public enum Payload: Sendable, Equatable {
  case media(Media)
  case location(Coordinates)
  case contact(Contact)
  /// An attachment of a type that this version does not know, as it came; `json` is the whole object. It cannot be sent.
  case unknown(type: String, json: String)

  /// A file that Kit or the customer's messenger fetches.
  public struct Media: Sendable, Equatable {
    /// What the file is.
    public var type: MediaType
    /// The name that people see.
    public var fileName: String?
    /// Where the file is.
    public var fileURL: String?

    /// A file at an address.
    public init(_ type: MediaType, fileName: String? = nil, fileURL: String? = nil) {
      self.type = type
      self.fileName = fileName
      self.fileURL = fileURL
    }
  }

  /// What a file is.
  public enum MediaType: String, Sendable, CaseIterable {
    case photo, audio, video, document
  }

  /// A place on the map, in degrees.
  public struct Coordinates: Sendable, Equatable {
    /// Degrees north; south is negative.
    public var latitude: Double
    /// Degrees east; west is negative.
    public var longitude: Double
    /// The place in words.
    public var address: String?

    /// A place, perhaps with its address in words.
    public init(latitude: Double, longitude: Double, address: String? = nil) {
      self.latitude = latitude
      self.longitude = longitude
      self.address = address
    }
  }

  /// A card of an address book.
  public struct Contact: Sendable, Equatable {
    /// The name on the card.
    public var name: String?
    /// The phone number.
    public var number: String?
    /// The address of a picture.
    public var avatar: String?

    /// A card of what is known.
    public init(name: String? = nil, number: String? = nil, avatar: String? = nil) {
      self.name = name
      self.number = number
      self.avatar = avatar
    }
  }
}
