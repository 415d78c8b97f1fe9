/// A customer, as the service knows them; Kit shows agents what is filled in.
public struct Client: Sendable, Equatable {
  /// The customer's id in the service: required, and the same for every message of one customer.
  public var id: String
  public var phone: String?
  /// The address of a picture.
  public var avatar: String?
  public var displayName: String?
  public var email: String?
  public var language: String?
  /// The campaign that led the customer here.
  public var utm: UTM?
  /// The page on which the customer wrote.
  public var page: Page?
  public var location: Location?
  public var device: Device?

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
    public var source: String?
    public var campaign: String?
    public var content: String?
    public var medium: String?
    public var term: String?

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
    public var url: String?
    public var title: String?

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
    public var country: String?
    public var countryCode: String?
    public var region: String?
    public var regionCode: String?
    public var city: String?
    public var ipAddress: String?

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
    public var type: String?
    public var model: String?
    public var userAgent: String?

    public init(type: String? = nil, model: String? = nil, userAgent: String? = nil) {
      self.type = type
      self.model = model
      self.userAgent = userAgent
    }
  }
}
