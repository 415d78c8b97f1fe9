import Basics
import Documents
import FoundationEssentials
import KitformEngine
import Manifest
import StateBackends
import Wiring

extension Invocation {
  /// Checks the file or directory that an option of the command line writes, and returns its absolute path.
  ///
  /// The project's own files are never replaced by a result, and no result of a command replaces another one.
  func resultPath(_ path: String, for option: String) throws -> String {
    let absolute = try outputPath(path)
    let place = ReportFiles.normalized(absolute)
    // The function that writes a file refuses a link in its place, and reports it.
    if !isLinkToFile(absolute), let reason = protection(of: place) {
      throw LocalFailure(
        message: "nothing is written to \(SafeText.escape(path)): \(reason)",
        remedy: "choose another file for \(option)"
      )
    }
    if let other = resultFiles[place], other != option {
      throw UsageFailure(
        message: "\(other) and \(option) name one file, \(SafeText.escape(path))",
        remedy: "choose another file for one of them")
    }
    resultFiles[place] = option
    return absolute
  }

  private func isLinkToFile(_ path: String) -> Bool {
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    return type == .typeSymbolicLink && !FileManager.default.fileExists(atPath: "\(path)/.")
  }

  /// Why a normalized path belongs to the project itself; nil where it does not.
  private func protection(of place: String) -> String? {
    let root = surroundings.absolute(global.directory)
    func isPlace(_ path: String) -> Bool { ReportFiles.normalized(path) == place }
    let own = ReportFiles.normalized("\(root)/.kitform")
    if place == own || place.hasPrefix(own + "/") { return "`.kitform` holds the project's state and is Kitform's own" }
    if isPlace("\(root)/\(ProjectLoader.fileName)") { return "it is a manifest of this project" }
    // A command that ends before it has read the project may still write its reports.
    let isThere = FileManager.default.fileExists(atPath: place)
    guard
      let loaded = loaded
        ?? (isThere ? ProjectLoader.load(PosixProjectFiles(root: root), rules: Rule.known) : nil)
    else { return nil }
    for manifest in loaded.project.sources.files where isPlace("\(root)/\(manifest.path)") {
      return "it is a manifest of this project"
    }
    for configuration in ownConfigurations(loaded.project) {
      if let profile = configuration.account.profile?.value, isPlace("\(root)/\(profile)") {
        return "it is the API profile of this project"
      }
      guard configuration.state.backend == .local, let state = configuration.state["path"]?.value else { continue }
      let file = ReportFiles.normalized("\(root)/\(state)")
      if LocalStateStore.owns(place, ofStateAt: file) { return "it belongs to the state of this project" }
    }
    return nil
  }

  /// The configurations of all environments, mistakes or not: each says where the project keeps files of its own.
  private func ownConfigurations(_ project: Project) -> [Configuration] {
    let environments: [String?] = project.environments.isEmpty ? [nil] : project.environments
    let all = Validation(project, environments: environments, options: DecodingOptions()).configurations
    return (configuration.map { [$0] } ?? []) + all
  }
}
