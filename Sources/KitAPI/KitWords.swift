import Documents
import KitProfile

/// What Kit itself says of a failure.
struct KitWords: Sendable, Equatable {
  /// Untrusted; `KitFailure` escapes it.
  var text: String?
  var code: Int?

  init(_ document: Document, _ root: Int, _ members: APIProfile.EnvelopeMembers) {
    text = document.read(members.error, in: root) { document.wireText($0) }
    code = members.code.flatMap { document.read($0, in: root) { document.wireInteger($0) } }
  }
}
