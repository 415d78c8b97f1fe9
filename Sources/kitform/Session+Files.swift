import KitformEngine
import Manifest
import Provisioning
import StateBackends

extension Session {
  /// Refuses a state, journal, lock, account or place's memory that links lead out of the project: whoever writes the
  /// repository would decide what is overwritten, or what is taken for the state.
  func requireOwnFiles(_ configuration: Configuration) throws {
    let directory = "\(files.root)/\(stateDirectory(configuration.environment))"
    let state = statePath(configuration)
    let paths =
      [state, "\(state).lock", "\(state).journal", "\(state).new", "\(directory)/state.json.journal"]
      + ["backend.json", "account.json", "account.json.lock"].map { "\(directory)/\($0)" }
    for path in paths {
      if let link = files.linkOut(of: path) { throw EngineFailure.linkOut(path: link) }
    }
  }
}
