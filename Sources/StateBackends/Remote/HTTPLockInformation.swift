import Basics
import Documents
import Provisioning

/// A lock as Terraform's http protocol describes it: {ID, Operation, Info, Who, Version, Created, Path}.
enum HTTPLockInformation {
  /// The body of LOCK and UNLOCK. `Info` carries everything that the protocol has no member for.
  static func body(_ info: LockInformation, path: String) -> [UInt8] {
    CanonicalJSON.encode([
      "ID": .string(info.id), "Operation": .string(info.command), "Info": .string(CanonicalJSON.text(info.json)),
      "Who": .string(info.who), "Version": "kitform", "Created": .string(info.since), "Path": .string(path),
    ])
  }

  /// The body of an UNLOCK by someone who does not hold the lock.
  static func body(id: String) -> [UInt8] {
    CanonicalJSON.encode([
      "ID": .string(id), "Operation": "", "Info": "", "Who": "", "Version": "kitform", "Created": "", "Path": "",
    ])
  }

  /// The holder that a 409 or 423 names; nil where its body says nothing.
  ///
  /// GitLab gives ID, Who and Created of the holder beside what the *asking* side has sent, so that `Info` counts only where
  /// it belongs to the ID, and `Operation` only where there is an `Info` of another program.
  static func holder(_ body: [UInt8]) -> LockInformation? {
    let composed = JSONComposer.compose(SourceFile(path: "lock", bytes: body), file: 0)
    guard composed.diagnostics.isEmpty, let root = composed.document.roots.first else { return nil }
    let json = composed.document.json(root)
    guard let id = text(json, "ID"), !id.isEmpty else { return nil }
    let sent = text(json, "Info").flatMap { LockInformation(bytes: Array($0.utf8)) }
    if let sent, sent.id == id { return sent }
    return LockInformation(
      id: id, who: text(json, "Who") ?? "", host: "", processID: 0, since: text(json, "Created") ?? "",
      command: sent == nil ? text(json, "Operation") ?? "" : "")
  }

  private static func text(_ json: JSONValue, _ name: String) -> String? {
    if case .string(let text)? = json[name] { text } else { nil }
  }
}
