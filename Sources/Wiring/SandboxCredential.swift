import Basics
package import KitSandbox
import Manifest
import Provisioning
import StateBackends

/// The token with which clients call the account of `kitform sandbox`: it is known only to those who were given it.
package struct SandboxCredential {
  package let value: String

  /// The name of its API token in the account.
  private static let name = "kitform sandbox"
  /// The token of every sandbox of earlier versions; account files of theirs accept it still.
  private static let formerValue = "sandbox-token"
  private static let sizeLimit = 4096

  /// The token of a file that was named.
  package static func read(_ path: String) throws -> SandboxCredential {
    let bytes: [UInt8]
    do throws(SecretFileFailure) {
      bytes = try PosixSecretFiles().read(path, limit: sizeLimit, inside: nil)
    } catch {
      let reason =
        switch error {
        case .missing, .outside, .foreign: "there is no such file"
        case .notRegular: "it is no file"
        case .tooLarge: "it is too large"
        case .failed(let reason): reason
        }
      throw LocalFailure(
        message: "the token file \(SafeText.escape(path)) cannot be read: \(reason)", remedy: "correct --token-file")
    }
    return try SandboxCredential(bytes, path)
  }

  /// The token that is kept beside an account's file; nil where there is none.
  package static func kept(beside account: String) throws -> SandboxCredential? {
    let path = "\(account).token"
    let bytes: [UInt8]?
    do throws(DiskFailure) { bytes = try PosixDisk().read(path) } catch {
      throw LocalFailure(message: error.words, remedy: "move it away, or name another file with --token-file")
    }
    return try bytes.map { try SandboxCredential($0, path) }
  }

  /// A new token, kept beside the account's file where there is one.
  package static func made(beside account: String?) throws -> SandboxCredential {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<24).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let value = "sandbox-" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    if let account {
      do throws(DiskFailure) {
        let disk = PosixDisk()
        try disk.makeDirectory(PosixDisk.parent(of: account))
        try disk.create("\(account).token", Array("\(value)\n".utf8))
      } catch {
        throw LocalFailure(message: error.words, remedy: "name a file with --token-file")
      }
    }
    return SandboxCredential(value: value)
  }

  private init(value: String) { self.value = value }

  private init(_ bytes: [UInt8], _ path: String) throws {
    var bytes = bytes[...]
    if bytes.last == UInt8(ascii: "\n") { bytes = bytes.dropLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
    guard !bytes.isEmpty, bytes.count <= SandboxCredential.sizeLimit, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else {
      throw LocalFailure(
        message: "\(SafeText.escape(path)) holds no token: one line of visible ASCII characters without spaces",
        remedy: "write the token into it, or remove it")
    }
    self.init(value: String(decoding: bytes, as: UTF8.self))
  }

  /// Removes the tokens of earlier starts, which no longer count, all but the one in use.
  package static func removeFormer(from account: inout Account, except current: SandboxCredential?) {
    account.apiTokens.removeAll { token in
      guard let hash = token.hash, !(current.map { hash.matches($0.value) } ?? false) else { return false }
      return token.name == name || token.name == "Kitform" && hash.matches(formerValue)
    }
  }

  /// Makes the account accept the token.
  package func plant(in account: inout Account) {
    guard !account.apiTokens.contains(where: { $0.hash?.matches(value) ?? false }) else { return }
    var generator = SystemRandomNumberGenerator()
    account.apiTokens.append(
      APIToken(
        id: account.makeID(), name: SandboxCredential.name, hash: SaltedHash(value, using: &generator)))
  }
}
