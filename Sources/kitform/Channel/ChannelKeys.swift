import ArgumentParser
import Basics
import KitAPI
import KitMessaging
import KitformEngine
import Manifest
import Provisioning
import Wiring

/// Where the two keys of a signature come from: a channel of the project, or two references.
struct KeyOptions: ParsableArguments {
  @Option(
    name: .customLong("channel"),
    help: ArgumentHelp(
      "A custom channel: its salt is read from the account, its token from the manifest.", valueName: "address"))
  var address: String?

  @Option(help: ArgumentHelp("Where the security salt is: env:NAME or file:PATH.", valueName: "reference"))
  var salt: SecretArgument?

  @Option(help: ArgumentHelp("Where the API token is: env:NAME or file:PATH.", valueName: "reference"))
  var token: SecretArgument?

  func validate() throws {
    guard (salt == nil) == (token == nil) else { throw ValidationError("--salt and --token go together") }
    guard address == nil || salt == nil else { throw ValidationError("give --channel, or --salt and --token") }
  }

  /// The two keys; nil where none are asked for, or where the channel has no salt yet.
  func keys(_ invocation: Invocation, _ sandbox: SandboxOptions, _ calls: CallOptions) async throws -> SignatureKeys? {
    if let salt, let token {
      let session = Session(invocation, isSandbox: false)
      return SignatureKeys(
        salt: try session.value(of: salt.reference, "--salt"), token: try session.value(of: token.reference, "--token"))
    }
    guard let address else { return nil }
    let session = Session(invocation, isSandbox: sandbox.isSandbox)
    let configuration = try session.configuration()
    let record = try session.customRecord(address, configuration)
    let state = try await session.state(configuration, calls.connection.settings)
    invocation.account = state?.account
    guard let entry = state?.channels.first(where: { $0.address == record.address }) else { return nil }
    let channel = ChannelAtRunTime(record, uuid: entry.uuid)
    return try await session.withEngine(configuration, calls: calls.settings, sandboxFile: sandbox.sandboxFile) {
      engine in
      let token = try channel.token(engine.secrets)
      do throws(RemoteFailure) {
        return try await engine.remote.salts()[channel.uuid].map { salt in
          salt.reveal { invocation.known.insert($0) }
          return SignatureKeys(salt: salt.reveal { $0 }, token: token.reveal { $0 })
        }
      } catch {
        throw EngineFailure.remote(error)
      }
    }
  }
}

/// The two keys of a channel's signatures.
struct SignatureKeys: Sendable {
  let salt: String
  let token: String
  var signature: Signature { Signature(salt: salt, token: token) }
}

/// A secret's place on the command line, where its value must not be.
struct SecretArgument: ExpressibleByArgument {
  var reference: SecretReference

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return nil }
    switch parts[0] {
    case "env": reference = .environment(parts[1])
    case "file": reference = .file(parts[1])
    default: return nil
    }
  }
}

extension Session {
  /// The value of a reference of the command line.
  fileprivate func value(of reference: SecretReference, _ option: String) throws -> String {
    do throws(SecretFailure) {
      if let secret = try realSecrets.resolve(reference) { return secret.reveal { $0 } }
    } catch {
      throw LocalFailure(message: "\(option): \(reference.label) has no value: \(error.words)", remedy: "set it")
    }
    throw UsageFailure(message: "\(option) names no value", remedy: "write env:NAME or file:PATH")
  }
}
