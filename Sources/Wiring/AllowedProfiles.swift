package import Basics
import Documents
import FoundationEssentials
import KitProfile
import Provisioning
import StateBackends

/// The profiles that the user of this machine has allowed, in a file of theirs that lies outside every project.
package struct AllowedProfiles {
  /// One profile that was allowed.
  package struct AllowedProfile {
    package var digest: String
    /// The real path of the project for which it was allowed.
    package var project: String
    /// UTC, ISO 8601.
    package var at: String
    /// What the profile says, to show later what differs.
    package var content: JSONValue

    package init(digest: String, project: String, at: String, content: JSONValue) {
      self.digest = digest
      self.project = project
      self.at = at
      self.content = content
    }
  }

  private static let format = "kitform.profiles/v1"
  /// The most entries that are kept, the oldest going first.
  private static let limit = 200

  package let path: String
  /// The oldest first.
  package private(set) var entries: [AllowedProfile]

  /// Reads the file; none of its name is an empty list.
  ///
  /// A file that others may write to is refused, because it says which calls are made.
  package init(path: String) throws {
    self.path = path
    entries = []
    let bytes: [UInt8]?
    do throws(DiskFailure) {
      bytes = try PosixDisk().readOwn(path)
    } catch {
      throw AllowedProfiles.failure("\(SafeText.escape(path)) cannot be used: \(error.reason)")
    }
    guard let bytes else { return }
    let composed = JSONComposer.compose(
      SourceFile(path: path, bytes: bytes), file: 0,
      budget: DocumentBudget(bytes: 64 << 20, scalarBytes: 1 << 20, nodes: 8 << 20))
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first,
      case .object(let members) = composed.document.json(root),
      case let json = JSONValue.object(members), json["format"] == .string(AllowedProfiles.format),
      case .array(let items)? = json["allowed"]
    else { throw AllowedProfiles.failure("\(SafeText.escape(path)) is not as Kitform writes it") }
    for item in items {
      guard case .string(let digest)? = item["digest"], case .string(let project)? = item["project"],
        case .string(let at)? = item["at"], let content = item["content"]
      else { throw AllowedProfiles.failure("\(SafeText.escape(path)) is not as Kitform writes it") }
      entries.append(AllowedProfile(digest: digest, project: project, at: at, content: content))
    }
  }

  private static func failure(_ message: String) -> LocalFailure {
    LocalFailure(
      message: "the list of allowed profiles \(message)",
      remedy: "move the file away, or give it back to its owner alone; then run `kitform profile allow`")
  }

  /// What was last allowed for a project.
  package func last(for project: String) -> AllowedProfile? { entries.last { $0.project == project } }

  /// Adds an entry and writes the file, which its owner alone can read.
  package mutating func add(_ entry: AllowedProfile) throws {
    entries.removeAll { $0.digest == entry.digest && $0.project == entry.project }
    entries = Array((entries + [entry]).suffix(AllowedProfiles.limit))
    let document: JSONValue = [
      "format": .string(AllowedProfiles.format),
      "allowed": .array(
        entries.map { entry in
          [
            "digest": .string(entry.digest), "project": .string(entry.project), "at": .string(entry.at),
            "content": entry.content,
          ]
        }),
    ]
    do throws(DiskFailure) {
      let disk = PosixDisk()
      try disk.makeDirectory(PosixDisk.parent(of: path))
      try disk.replace(path, in: PosixDisk.parent(of: path), with: CanonicalJSON.encode(document, pretty: true))
    } catch {
      throw LocalFailure(
        message: SafeText.escape(error.words), remedy: "correct XDG_CONFIG_HOME, or the rights of the directory")
    }
  }
}
