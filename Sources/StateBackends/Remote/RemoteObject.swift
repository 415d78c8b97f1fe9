import Provisioning

/// Bytes on a server.
package struct RemoteObject: Sendable, Equatable {
  package var bytes: [UInt8]
  /// What names this version for a conditional write; empty where the server has no such thing.
  package var tag: String

  package init(bytes: [UInt8], tag: String = "") {
    self.bytes = bytes
    self.tag = tag
  }
}

/// Why bytes were not put; whether they were all the same is for the caller to look up.
package enum RemotePutFailure: Error, Sendable, Equatable {
  /// The server holds another version, or another lock.
  case refused
  case failed(reason: String, remedy: String? = nil)
}
