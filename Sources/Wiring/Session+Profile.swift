import Basics
package import Documents
import Glibc
package import KitProfile
import KitformEngine
package import Manifest
import Provisioning
import StateBackends
import Transport

extension Session {
  /// The variable that names a profile outside the repository, in place of `account.profile`.
  package static let profileVariable = "KITFORM_PROFILE"
  /// The variable that lists the digests of profiles that may be used.
  package static let allowVariable = "KITFORM_ALLOW_PROFILES"

  /// Whether the run is a pipeline's, whose files may all be the repository's: only its variables count.
  package var isPipeline: Bool { variable("CI") != nil }

  /// The profile that the account speaks: the built-in one, the project's own, or the one that the environment names.
  package func profile(_ configuration: Configuration) throws -> APIProfile {
    if let path = variable(Session.profileVariable) { return try profile(outside: path) }
    guard let setting = configuration.account.profile, setting.value != ProfileLoader.builtInName else {
      return APIProfile.builtIn
    }
    return try profile(named: setting)
  }

  /// Findings on the profile that `account.profile` names, all at its line; they are those that `plan` ends with.
  ///
  /// None where `KITFORM_PROFILE` names another one, which is read in its place.
  package func profileFindings(_ configuration: Configuration) -> [Diagnostic] {
    if variable(Session.profileVariable) != nil { return [] }
    guard let setting = configuration.account.profile, setting.value != ProfileLoader.builtInName else { return [] }
    do throws(EngineFailure) {
      _ = try profile(named: setting)
      return []
    } catch {
      guard case .profile(let findings, let sources) = error else { return [] }
      let errors = findings.filter { $0.severity == .error }
      return errors.map { finding in
        var message = finding.message
        if finding.id != Rule.profileUnreadable.id, let inner = finding.place {
          message = "\(SafeText.escape(setting.value)), line \(sources.position(of: inner).line): \(message)"
        }
        return Diagnostic(finding.rule, at: setting.place, message, why: finding.why, suggestion: finding.suggestion)
      }
    }
  }

  /// Reads the profile of a project, which must lie in it.
  private func profile(named setting: Located<String>) throws(EngineFailure) -> APIProfile {
    let bytes: [UInt8]
    do throws(DiskFailure) {
      guard !ProjectPath.leaves(setting.value) else {
        throw DiskFailure("read", setting.value, code: DiskFailure.outside)
      }
      guard let found = try files.read(setting.value, limit: 1 << 20) else {
        throw DiskFailure("read", setting.value, code: ENOENT)
      }
      bytes = found
    } catch {
      throw EngineFailure.profile(
        [
          Diagnostic(
            .profileUnreadable, at: setting.place, "the profile \(setting.value) cannot be read: \(error.reason)",
            suggestion: "`account.profile` is `kit-v3` or a path in the project")
        ],
        loaded.project.sources)
    }
    return try Session.profile(SourceFile(path: setting.value, bytes: bytes))
  }

  /// The same, once its calls are known to be allowed outside the repository.
  package func allowedProfile(_ configuration: Configuration) throws -> APIProfile {
    let profile = try profile(configuration)
    guard !isSandbox, !profile.isBuiltIn, variable(Session.profileVariable) == nil else { return profile }
    let digest = profile.digest
    if allowedDigests.contains(digest) { return profile }
    if !isPipeline {
      if isLoopback(configuration) { return profile }
      if let file = try allowedProfiles(), file.entries.contains(where: { $0.digest == digest }) { return profile }
    }
    throw EngineFailure.profileNotAllowed(
      name: configuration.account.profile?.value ?? profile.name, digest: digest,
      place: configuration.account.profile?.place,
      canAsk: !isPipeline && run.isInteractive)
  }

  /// The digests of `KITFORM_ALLOW_PROFILES`; an entry that is none allows nothing, and a note says so.
  private var allowedDigests: Set<String> {
    let entries = (variable(Session.allowVariable) ?? "").split { ",;:".contains($0) || $0.isWhitespace }
    for entry in entries where !APIProfile.isDigest(String(entry)) {
      run.noteOnce(
        "warning: the entry `\(SafeText.escape(String(entry.prefix(80))))` of \(Session.allowVariable) is not a profile's digest and allows nothing"
      )
    }
    return Set(entries.map(String.init))
  }

  /// The profiles that this user has allowed; nil where there is no place for them.
  ///
  /// - Throws: where the file is not as Kitform writes it.
  package func allowedProfiles() throws -> AllowedProfiles? {
    let environment = run.surroundings.environment
    let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? "\($0)/.config" : nil }
    guard
      let directory = environment["XDG_CONFIG_HOME"].flatMap({ $0.hasPrefix("/") ? $0 : nil }) ?? home
    else { return nil }
    let path = "\(directory)/kitform/profiles"
    guard !files.holds(path, inRepository: true) else { return nil }
    return try AllowedProfiles(path: path)
  }

  /// Whether both hosts of the account are this machine.
  private func isLoopback(_ configuration: Configuration) -> Bool {
    [configuration.account.effectiveAPIHost, configuration.account.effectiveMessagingHost].allSatisfy { host in
      host.flatMap { try? Origin(written: $0) }.map { HostClass.isLoopback($0.host) } ?? false
    }
  }

  /// Reads the profile of `KITFORM_PROFILE`, which must lie outside the project and its repository, links followed.
  private func profile(outside path: String) throws -> APIProfile {
    let absolute = run.surroundings.absolute(path)
    guard !files.holds(absolute, inRepository: true) else {
      throw EngineFailure.profileInProject(variable: Session.profileVariable, path: path)
    }
    let bytes: [UInt8]
    do throws(DiskFailure) {
      guard let found = try PosixDisk().readFollowingLinks(absolute, limit: 1 << 20) else {
        throw DiskFailure("read", path, code: ENOENT)
      }
      bytes = found
    } catch {
      throw LocalFailure(
        message: "the profile \(SafeText.escape(path)) of \(Session.profileVariable) cannot be read: \(error.reason)",
        remedy: "correct the variable, or remove it")
    }
    return try Session.profile(SourceFile(path: path, bytes: bytes))
  }

  /// A variable of the environment; nil where it is not set or empty.
  private func variable(_ name: String) -> String? {
    run.surroundings.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
