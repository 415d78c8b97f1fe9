import ArgumentParser
import Basics
import KitProfile
import KitformEngine
import Manifest
import Provisioning
import StateBackends
import Wiring

extension ProfileCommand {
  /// `kitform profile allow`
  struct Allow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "allow",
      abstract: "Allow the project's own API profile on this machine, after a review of the calls that it makes.",
      discussion:
        "Asks on a terminal, and keeps what was allowed in $XDG_CONFIG_HOME/kitform/profiles. A pipeline takes KITFORM_ALLOW_PROFILES instead.",
      examples: [
        "kitform profile allow",
        "kitform profile allow --env production",
        "kitform profile allow -C channels",
      ])

    @OptionGroup var global: GlobalOptions

    func run() async throws {
      try await Invocation("profile", global, changesThings: true).runSteps { invocation in
        let session = Session(invocation, isSandbox: false)
        let profile = try session.profile(try session.configuration())
        let digest = profile.digest
        invocation.members = [
          .init("name", .string(profile.name)), .init("status", .string(profile.status.rawValue)),
          .init("digest", .string(digest)),
        ]
        guard !profile.isBuiltIn else {
          invocation.text = "The profile says what the built-in one says: nothing has to be allowed.\n"
          return .noChanges
        }
        guard !session.isPipeline, invocation.terminal.isInteractive, global.format == .text else {
          throw UsageFailure(
            message: session.isPipeline
              ? "with CI set, only the environment allows a profile" : "there is no terminal to ask on",
            remedy:
              "read the profile; where its calls are right, set \(Session.allowVariable)=\(digest) in the environment, never in the repository"
          )
        }
        guard var allowed = try session.allowedProfiles() else {
          throw LocalFailure(
            message: "there is no place outside the project to keep what is allowed",
            remedy:
              "set XDG_CONFIG_HOME or HOME to a directory outside the project, or set \(Session.allowVariable)=\(digest)"
          )
        }
        let project = session.files.realRoot
        let last = allowed.last(for: project)
        invocation.terminal.note(ProfileWords.calls(profile) + "\n" + ProfileWords.differences(profile, from: last))
        let stop = Stop()
        let interrupts = Interrupts(stop) { _ in }
        defer { withExtendedLifetime(interrupts) {} }
        let answer = invocation.terminal.ask("Allow these calls? Only `yes` does: ", unless: stop)
        try stop.check()
        guard answer == "yes" else {
          invocation.terminal.note("Nothing was allowed.")
          return .failed
        }
        try allowed.add(
          .init(digest: digest, project: project, at: Surroundings.now(), content: profile.content))
        invocation.text = "Allowed: \(digest)\n"
        return .done
      }
    }
  }
}

/// What `profile allow` shows before it asks; every text of the profile is escaped.
private enum ProfileWords {
  /// Every operation with its method and path.
  static func calls(_ profile: APIProfile) -> String {
    var lines = [
      "The API profile `\(SafeText.escape(profile.name))` (\(profile.status.rawValue)) makes these calls:", "",
    ]
    for operation in Operation.allCases {
      guard let method = profile[operation] else { continue }
      let mark = operation.isWrite ? "writes" : "      "
      let name = operation.rawValue.padding(to: 14)
      lines.append(
        "  \(mark)  \(name)  POST \(SafeText.escape(method.path))\(method.tokenInQuery ? "  (token in the URL)" : "")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What differs from the profile that was last allowed for the project, or from the built-in one.
  static func differences(_ profile: APIProfile, from last: AllowedProfiles.AllowedProfile?) -> String {
    let found = ProfileContent.differences(from: last?.content ?? APIProfile.builtIn.content, to: profile.content)
    let other = last.map { "the one that was allowed on \(SafeText.escape($0.at))" } ?? "the built-in one"
    guard !found.isEmpty else { return "It says the same as \(other).\n" }
    let lines = found.map { item in
      "  \(SafeText.escape(item.name)): \(words(item.before)) → \(words(item.after))"
    }
    return "It differs from \(other) in \(Words.count(found.count, "setting")):\n\n\(lines.joined(separator: "\n"))\n"
  }

  private static func words(_ text: String?) -> String { text.map { SafeText.escape($0) } ?? "(not there)" }
}

extension String {
  fileprivate func padding(to length: Int) -> String {
    self + String(repeating: " ", count: max(0, length - utf8.count))
  }
}
