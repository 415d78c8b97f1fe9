package import Transport

/// A request as the sandbox takes it, under a name that Hummingbird's own types leave free.
package typealias KitCall = HTTPRequest

/// An answer as the sandbox gives it, under a name that Hummingbird's own types leave free.
package typealias KitAnswer = HTTPResponse
