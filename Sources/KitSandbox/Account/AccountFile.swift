import Basics
package import Documents
import YAML

/// An account as a file: what the sandbox keeps between runs, what a user seeds it with, and what `plan --account-file`
/// compares with.
///
/// The words are the field's own, so that no change of a profile touches the file. It has secrets as salted hashes.
package enum AccountFile {
  /// The content of a file, with the values of API tokens that it has or refers to.
  package struct Contents: Sendable {
    package var account: Account
    /// Values of API tokens by id; in memory only.
    package var tokenValues: [Int: String]
  }

  /// Reads a file in YAML or JSON; nil where it has errors.
  ///
  /// `environment` resolves `value: {env: NAME}` of API tokens; `generator` salts the hashes of values that are in the
  /// file as they are.
  package static func read(
    _ source: SourceFile, file: Int32, environment: (String) -> String?,
    using generator: inout some RandomNumberGenerator
  ) -> (contents: Contents?, diagnostics: [Diagnostic]) {
    let isJSON = source.bytes.first { $0 > 0x20 } == UInt8(ascii: "{")
    let (document, found) =
      isJSON ? JSONComposer.compose(source, file: file) : YAMLComposer.compose(source, file: file)
    if found.contains(where: { $0.severity == .error }) { return (nil, found) }
    var reader = AccountFileReader(document)
    let account = reader.account(environment: environment, using: &generator)
    let diagnostics = found + reader.diagnostics
    guard let account, !diagnostics.contains(where: { $0.severity == .error }) else { return (nil, diagnostics) }
    return (Contents(account: account, tokenValues: reader.tokenValues), diagnostics)
  }

  /// The file of an account: indented JSON with a line break at its end.
  package static func bytes(of account: Account) -> [UInt8] {
    JSONWriter.bytes(json(account), indented: true) + [UInt8(ascii: "\n")]
  }

  private static func json(_ account: Account) -> JSONValue {
    [
      "format": .string(AccountFileReader.format),
      "name": .string(account.name),
      "contactCentre": .bool(account.contactCentre),
      "functionsEnabled": .bool(account.functionsEnabled),
      "hasBalance": .bool(account.hasBalance),
      "nextID": .integer(account.nextID),
      "apiTokens": .array(account.apiTokens.map(json)),
      "queues": .array(
        account.queues.map { queue in
          var members = item(queue.id, queue.title)
          if let wait = queue.maxWaitingTime { members.append(.init("maxWaitingTime", .integer(wait))) }
          return .object(members)
        }),
      "functions": .array(account.functions.map { .object(item($0.id, $0.title)) }),
      "skills": .array(account.skills.map { .object(item($0.id, $0.title)) }),
      "topicSets": .array(account.topicSets.map { .object(item($0.id, $0.title)) }),
      "channels": .array(account.channels.map(json)),
    ]
  }

  private static func item(_ id: Int, _ title: String) -> [JSONValue.Member] {
    [.init("id", .integer(id)), .init("title", .string(title))]
  }

  private static func json(_ token: APIToken) -> JSONValue {
    var members: [JSONValue.Member] = [.init("id", .integer(token.id)), .init("name", .string(token.name))]
    members.append(.init("role", .string(token.role.rawValue)))
    if !token.isEnabled { members.append(.init("disabled", true)) }
    if let variable = token.variable {
      members.append(.init("value", ["env": .string(variable)]))
    } else if let hash = token.hash {
      members.append(.init("hash", json(hash)))
    }
    return .object(members)
  }

  private static func json(_ hash: SaltedHash) -> JSONValue {
    ["salt": .string(hash.salt), "digest": .string(hash.digest)]
  }

  private static func json(_ channel: SandboxChannel) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("id", .integer(channel.id)), .init("uuid", .string(channel.uuid)), .init("kind", .string(channel.kind)),
      .init("name", .string(channel.name)),
    ]
    switch channel.route {
    case .queue(let id)?: members.append(.init("redirect", ["queue": .integer(id)]))
    case .function(let id)?: members.append(.init("redirect", ["function": .integer(id)]))
    case nil: break
    }
    var closing: [JSONValue.Member] = []
    if let agent = channel.closingAgent { closing.append(.init("agent", .integer(agent))) }
    if let bot = channel.closingBot { closing.append(.init("bot", .integer(bot))) }
    if !closing.isEmpty { members.append(.init("closing", .object(closing))) }
    members.append(.init("useTags", .bool(channel.useTags)))
    if let id = channel.topicSet { members.append(.init("topicSet", .integer(id))) }
    members.append(.init("useTopicSet", .bool(channel.useTopicSet)))
    let skills = channel.skills.map { ["id": .integer($0.id), "level": .integer($0.level)] as JSONValue }
    members.append(.init("skills", .array(skills)))
    if let url = channel.callbackURL { members.append(.init("callbackURL", .string(url))) }
    if let id = channel.apiToken { members.append(.init("apiToken", .integer(id))) }
    if let hash = channel.accessToken { members.append(.init("accessToken", json(hash))) }
    if !channel.salt.isEmpty { members.append(.init("salt", .string(channel.salt))) }
    if !channel.unknown.isEmpty { members.append(.init("unknown", .object(channel.unknown))) }
    return .object(members)
  }
}
