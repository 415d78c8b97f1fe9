package import KitformEngine
package import Manifest
import Provisioning
import StateBackends

extension Session {
  /// Refuses a state, journal, lock, account or place's memory that links lead out of the project, and a former place that
  /// no manifest could name: a writer of the repository would decide what is overwritten, or what is taken for the state.
  package func requireOwnFiles(_ configuration: Configuration) throws {
    try requireOwnState(configuration)
    // The sandbox keeps its state in one place, which is never remembered.
    guard !isSandbox else { return }
    for place in formerPlaces(configuration) { try requireFormer(place, configuration) }
  }

  /// Refuses a state, journal, lock, account or place's memory that links lead out of the project.
  package func requireOwnState(_ configuration: Configuration) throws(EngineFailure) {
    let directory = "\(files.root)/\(stateDirectory(configuration.environment))"
    try requireOwn(
      Session.files(of: statePath(configuration)) + ["\(directory)/state.json.journal"]
        + ["backend.json", "account.json", "account.json.lock"].map { "\(directory)/\($0)" })
  }

  /// The files of a local state: itself, and those that are written beside it.
  private static func files(of state: String) -> [String] {
    [state] + ["lock", "journal", "new"].map { "\(state).\($0)" }
  }

  private func requireOwn(_ paths: [String]) throws(EngineFailure) {
    for path in paths {
      if let link = files.linkOut(of: path) { throw EngineFailure.linkOut(path: link) }
    }
  }

  /// Refuses a former place that breaks the rules of `state`, or whose password may not be sent.
  private func requireFormer(_ place: StatePlace, _ configuration: Configuration) throws {
    let file = "\(stateDirectory(configuration.environment))/backend.json"
    if let problem = place.settings.problem { throw EngineFailure.rememberedPlace(file: file, problem: problem) }
    if place.settings.backend == .local, let path = place.settings["path"]?.value {
      try requireOwn(Session.files(of: "\(files.root)/\(path)"))
    }
    guard let password = place.settings.password?.value else { return }
    let setting = "the password in \(file)"
    try checkSecrets([SentReference(setting, password, at: nil, for: .state)])
    guard password != configuration.state.key?.value else {
      throw EngineFailure.secretNotSent(setting: setting, reference: password, refusal: .stateKey, place: nil)
    }
  }
}
