import Crypto

/// A key for documents, with the id that names it.
struct DocumentKey: Sendable {
  var key: SymmetricKey
  var id: String
}
