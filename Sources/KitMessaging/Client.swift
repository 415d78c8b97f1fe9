/// A customer, as the service knows them; Kit shows agents what is filled in.
public struct Client: Sendable, Equatable {
  /// The customer's id in the service: required, and the same for every message of one customer.
  public var id: String
  /// The phone number.
  public var phone: String?
  /// The address of a picture.
  public var avatar: String?
  /// The name that agents see.
  public var displayName: String?
  /// The email address.
  public var email: String?
  /// The language in which the customer writes.
  public var language: String?
  /// The campaign that led the customer here.
  public var utm: UTM?
  /// The page on which the customer wrote.
  public var page: Page?
  /// Where the customer is.
  public var location: Location?
  /// What the customer writes with.
  public var device: Device?

  /// A customer by their id, and what else is known.
  public init(
    id: String, phone: String? = nil, avatar: String? = nil, displayName: String? = nil, email: String? = nil,
    language: String? = nil, utm: UTM? = nil, page: Page? = nil, location: Location? = nil, device: Device? = nil
  ) {
    self.id = id
    self.phone = phone
    self.avatar = avatar
    self.displayName = displayName
    self.email = email
    self.language = language
    self.utm = utm
    self.page = page
    self.location = location
    self.device = device
  }

  /// The five marks of a campaign's link.
  public struct UTM: Sendable, Equatable {
    /// The page that had the link.
    public var source: String?
    /// The campaign.
    public var campaign: String?
    /// Which of several links it was.
    public var content: String?
    /// The kind of page that had the link.
    public var medium: String?
    /// The words that were searched for.
    public var term: String?

    /// The marks that a link has.
    public init(
      source: String? = nil, campaign: String? = nil, content: String? = nil, medium: String? = nil, term: String? = nil
    ) {
      self.source = source
      self.campaign = campaign
      self.content = content
      self.medium = medium
      self.term = term
    }
  }

  /// A page of a site.
  public struct Page: Sendable, Equatable {
    /// The address.
    public var url: String?
    /// The title.
    public var title: String?

    /// A page by address and title.
    public init(url: String? = nil, title: String? = nil) {
      self.url = url
      self.title = title
    }
  }

  /// Where a customer is.
  public struct Location: Sendable, Equatable {
    /// In degrees.
    public var latitude: Double?
    /// In degrees.
    public var longitude: Double?
    /// The country's name.
    public var country: String?
    /// The country's two letters.
    public var countryCode: String?
    /// The region's name.
    public var region: String?
    /// The region's code.
    public var regionCode: String?
    /// The city's name.
    public var city: String?
    /// The address from which the customer writes.
    public var ipAddress: String?

    /// A place by what is known of it.
    public init(
      latitude: Double? = nil, longitude: Double? = nil, country: String? = nil, countryCode: String? = nil,
      region: String? = nil, regionCode: String? = nil, city: String? = nil, ipAddress: String? = nil
    ) {
      self.latitude = latitude
      self.longitude = longitude
      self.country = country
      self.countryCode = countryCode
      self.region = region
      self.regionCode = regionCode
      self.city = city
      self.ipAddress = ipAddress
    }
  }

  /// What a customer writes with.
  public struct Device: Sendable, Equatable {
    /// The kind of device.
    public var type: String?
    /// The model of the device.
    public var model: String?
    /// What the customer's browser or app calls itself.
    public var userAgent: String?

    /// A device by what is known of it.
    public init(type: String? = nil, model: String? = nil, userAgent: String? = nil) {
      self.type = type
      self.model = model
      self.userAgent = userAgent
    }
  }
}
