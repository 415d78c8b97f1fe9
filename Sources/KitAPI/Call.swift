import KitProfile
import Transport

/// One call as it is meant, before the profile's paths and the credentials are put to it.
struct Call: Sendable {
  var operation: Operation
  var kind: MethodKind
  var parameters: [Parameter] = []
  /// The fields of the form, in order.
  var fields: [(name: String, value: String)] = []
  /// Secret values among the fields.
  var secrets: [String] = []
  /// Which part of a listing it reads, for messages.
  var part: String?

  /// A parameter with its place.
  struct Parameter: Sendable {
    var name: String
    var value: String
    var location: ParameterLocation
  }

  init(_ operation: Operation, _ kind: MethodKind) {
    self.operation = operation
    self.kind = kind
  }
}
