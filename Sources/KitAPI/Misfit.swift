import Basics
import Documents
import KitProfile

/// An answer that is JSON, but not as a member of the profile says: what was looked for, and what is there.
struct Misfit: Error, Sendable, Equatable {
  /// What is wrong, as the end of a sentence: "a queue has no `acd_queue_title`".
  var what: String
  /// The profile's line that names the member.
  var line: Int
  /// The first names of the object in which the member was expected; untrusted. Nil where there is no object.
  var names: [String]?
  /// How many names there are.
  var count = 0

  /// The most names that a message has.
  static let namesLimit = 12
  /// The most characters of one name in a message.
  static let nameLimit = 40

  /// A member that an object does not have, or has in another form.
  ///
  /// - Parameters:
  ///   - subject: whose member it is ("a queue"), or "it" for the answer itself.
  ///   - wanted: the form that was looked for ("a string").
  init(_ subject: String, lacks member: ReadMember, wanted: String, document: Document, node: Int) {
    line = member.line
    if let path = member.paths.first(where: { document.member($0, in: node) != nil }),
      let found = document.member(path, in: node)
    {
      let owner = subject == "it" ? "" : " of \(subject)"
      what = "`\(path.joined(separator: "."))`\(owner) is \(Misfit.form(document, found)), not \(wanted)"
      return
    }
    what = "\(subject) has no \(member.words)"
    var place = node
    for name in member.path {
      guard let next = document.member(name, in: place), document.shape(next) == .mapping else { break }
      place = next
    }
    guard document.shape(place) == .mapping else { return }
    let pairs = document.pairs(place)
    names = pairs.prefix(Misfit.namesLimit).map { document.text($0.key) }
    count = document.count(place)
  }

  /// The profile's line, and what the answer has instead, without the secrets that `redact` knows.
  func words(_ profile: String, redact: (String) -> String) -> String {
    "the answer is not as the profile \(profile), line \(line), says: \(what)\(found(redact))"
  }

  /// What is there instead, after a semicolon; empty where that is unknown.
  func found(_ redact: (String) -> String) -> String {
    guard let names else { return "" }
    guard !names.isEmpty else { return "; no member is there at all" }
    let shown = names.map { name in
      // Before a name is cut: the redactor would not find half a secret.
      let safe = redact(name)
      let isLong = safe.unicodeScalars.count > Misfit.nameLimit
      let cut = isLong ? String(String.UnicodeScalarView(safe.unicodeScalars.prefix(Misfit.nameLimit))) + "…" : safe
      return "`\(SafeText.escape(cut))`"
    }
    return "; it has \(shown.joined(separator: ", "))" + (count > names.count ? " and \(count - names.count) more" : "")
  }

  /// How to correct the profile.
  var remedy: String {
    "correct line \(line) in a profile of your own: `kitform profile show > kit-profile.yaml`, and `account.profile: ./kit-profile.yaml`"
  }

  private static func form(_ document: Document, _ node: Int) -> String {
    switch document.shape(node) {
    case .mapping: "an object"
    case .sequence: "a list"
    default: document.isNull(node) ? "null" : document.isPlain(node) ? "a number or a boolean" : "a string"
    }
  }
}
