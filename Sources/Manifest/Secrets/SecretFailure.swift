import Basics

/// Why a secret reference has no value; the words name the variable or the file and never show the value.
package enum SecretFailure: Error, Sendable, Equatable {
  /// The most that a secret's file may hold, in bytes.
  package static let fileLimit = 64 * 1024

  /// The environment variable is not set.
  case notSet(String)
  /// The value is empty, or nothing but a newline.
  case empty(SecretReference)
  /// A control character other than one newline at the end.
  case controlCharacter(SecretReference)
  /// A space at the beginning or at the end.
  case outerWhiteSpace(SecretReference)
  /// The bytes are not UTF-8.
  case notUTF8(SecretReference)
  /// The file begins with a byte order mark, which would become part of the secret.
  case byteOrderMark(SecretReference)
  /// The path lies neither in the project nor under a directory for secrets.
  case notAllowed(String, directories: [String])
  /// The file cannot be read.
  case file(SecretReference, SecretFileFailure)

  /// The project has a file of a similar name beside the missing one.
  case misnamed(String, near: String)

  /// Whether there is no value yet; otherwise there is one that has to be corrected.
  package var isMissing: Bool {
    switch self {
    case .notSet, .empty, .misnamed, .file(_, .missing): true
    default: false
    }
  }

  /// What to do about a reference that a command needs the value of.
  package var remedy: String { SecretFailure.remedy(isMissing: isMissing) }

  /// The same where nothing but `isMissing` is known.
  package static func remedy(isMissing: Bool) -> String {
    isMissing
      ? "make the value available where `plan` and `apply` run"
      : "correct what the reference names: a secret is one line of UTF-8 text without spaces at its ends"
  }

  /// False where the variable is not set; otherwise there is a value, which cannot be used.
  package var isSet: Bool { if case .notSet = self { false } else { true } }

  /// What is wrong and what to do, without a full stop.
  ///
  /// A path that comes out of a variable is not shown: where the variable holds the secret itself by mistake, the path
  /// would be the secret.
  package var words: String {
    switch self {
    case .notSet(let name): "\(SecretReference.environment(name).label) is not set"
    case .empty(let reference): "\(reference.label) is empty"
    case .controlCharacter(let reference):
      "\(reference.label) holds a control character or a second line; a secret is one line of text"
    case .outerWhiteSpace(let reference):
      "\(reference.label) begins or ends with white space, which would be a part of the secret; remove it"
    case .notUTF8(let reference): "\(reference.label) is not UTF-8 text"
    case .byteOrderMark(let reference): "\(reference.label) begins with a byte order mark; save it as UTF-8 without one"
    case .notAllowed(let path, let directories):
      "\(SecretReference.file(path).label) lies neither in the project nor under \(SecretFailure.list(directories)); "
        + "KITFORM_SECRET_DIRS lists the directories for secrets"
    case .misnamed(let path, let near):
      "\(SecretReference.file(path).label) does not exist; there is `\(SafeText.escape(near))` beside it"
    case .file(let reference, let failure): SecretFailure.words(failure, of: reference)
    }
  }

  private static func words(_ failure: SecretFileFailure, of reference: SecretReference) -> String {
    switch failure {
    case .missing: "\(reference.label) does not exist"
    case .outside:
      "\(reference.label) is a link that leads out of the project; "
        + "name a file in the project, or one under a directory of KITFORM_SECRET_DIRS"
    case .foreign:
      "\(reference.label) belongs to git, Kitform or another tool, or is a link to such a file; "
        + "write this secret into a file of its own, and name that file"
    case .notRegular: "\(reference.label) is not a regular file"
    case .tooLarge: "\(reference.label) is larger than \(SecretFailure.fileLimit / 1024) KiB"
    case .failed(let reason): "\(reference.label) cannot be read: \(reason)"
    }
  }

  private static func list(_ directories: [String]) -> String {
    directories.isEmpty ? "a directory for secrets" : directories.joined(separator: " or ")
  }
}
