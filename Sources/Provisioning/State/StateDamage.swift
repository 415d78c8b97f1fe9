/// What is wrong with the bytes.
enum StateDamage: Error {
  case empty, notJSON, foreign, changed
  /// Whole, in another text than Kitform writes; how it differs.
  case rewritten(String)
  case newer(Int)
  case sealed(SealingFailure)
  /// A member is missing or has another type.
  case member(String)

  var words: String {
    switch self {
    case .empty: "the file is empty"
    case .notJSON: "it is cut, or it is not JSON"
    case .foreign: "it is not a state of Kitform's"
    case .changed: "its checksum differs: it was changed or damaged after Kitform wrote it"
    case .rewritten(let difference): difference
    case .newer(let version): "it has version \(version)"
    case .sealed(let failure): failure.words
    case .member(let name): "\(name) is missing or has another type"
    }
  }
}
