package import Basics
import Documents

extension LockInformation {
  /// The information in the form of a lock file.
  package var json: JSONValue {
    [
      "id": .string(id), "who": .string(who), "host": .string(host), "pid": .integer(processID),
      "since": .string(since), "command": .string(command),
    ]
  }

  /// The bytes of a lock file.
  package var bytes: [UInt8] { CanonicalJSON.encode(json, pretty: false) }

  /// Reads a lock file; nil where it is cut, empty or something else.
  package init?(bytes: [UInt8]) {
    let composed = JSONComposer.compose(SourceFile(path: "lock", bytes: bytes), file: 0)
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else { return nil }
    let json = composed.document.json(root)
    guard case .string(let id)? = json["id"], case .string(let who)? = json["who"],
      case .string(let host)? = json["host"], case .integer(let processID)? = json["pid"],
      case .string(let since)? = json["since"], case .string(let command)? = json["command"]
    else { return nil }
    self.init(id: id, who: who, host: host, processID: processID, since: since, command: command)
  }
}
