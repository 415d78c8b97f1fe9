import AsyncHTTPTransport
package import Basics
import Documents
package import KitMessaging
package import KitProfile
import KitSandboxServer
import KitformEngine
package import Manifest
package import Provisioning
package import Transport

/// The way to the custom channels of one account at run time.
package struct MessagingAccess: Sendable {
  package var origin: Origin
  package var account: String
  package var profile: APIProfile
  package var secrets: SecretResolver
  package var transport: any Transport
  /// What no failure may show, and where the tokens of sessions go.
  package var known: KnownSecrets
  /// The end of the time that the run may take; nil for none.
  package var deadline: Deadline?

  /// A client for one channel.
  package func client(for channel: ChannelAtRunTime) throws -> MessagingClient {
    let token = try channel.token(secrets)
    do throws(MessagingError) {
      return try MessagingClient(
        MessagingConfiguration(
          host: "\(origin.scheme)://\(host)\(origin.port.map { ":\($0)" } ?? "")", account: account,
          apiToken: token.reveal { $0 }, channelUUID: channel.uuid, endpoints: try endpoints()),
        over: transport, deadline: deadline, known: known)
    } catch {
      throw LocalFailure(message: "\(channel.address): \(error.message)", remedy: error.remedy)
    }
  }

  private var host: String { origin.host.contains(":") ? "[\(origin.host)]" : origin.host }

  /// The profile's paths and names.
  private func endpoints() throws(MessagingError) -> MessagingEndpoints {
    guard let login = profile[.login], let refresh = profile[.refresh], let message = profile[.message] else {
      throw MessagingError(
        .configuration, "the profile \(profile.name) leaves out the messaging API",
        remedy: "write `login`, `refresh` and `message` under `operations`, as `kitform profile show` has them")
    }
    var endpoints = MessagingEndpoints()
    endpoints.login = login.path
    endpoints.refresh = refresh.path
    endpoints.message = message.path
    endpoints.accountName = profile.credentials.account
    endpoints.accountInQuery = profile.credentials.accountLocation == .query
    endpoints.apiToken = profile.credentials.token
    endpoints.apiTokenInQuery = login.tokenInQuery
    endpoints.channel = profile.botService.channel
    endpoints.accessToken = profile.botService.accessToken
    endpoints.refreshToken = profile.botService.refreshToken
    return endpoints
  }
}

/// A custom channel that was applied: its UUID, and where its API token's text is.
package struct ChannelAtRunTime: Sendable {
  package var address: Address
  package var uuid: String
  /// The manifest's `apiToken.value`.
  private var reference: SecretReference?
  private var place: SourcePlace?

  /// A channel of the manifests with the UUID that its creation gave.
  package init(_ record: Record, uuid: String) {
    address = record.address
    self.uuid = uuid
    for slot in record.slots {
      guard case .credential(_, let value)? = slot?.value else { continue }
      reference = value
      place = slot?.place
    }
  }

  /// Whether the manifest says where the API token's text is.
  package var hasToken: Bool { reference != nil && reference != .keep }

  /// The API token.
  package func token(_ secrets: SecretResolver) throws -> Secret {
    guard let reference, let place, hasToken else {
      throw LocalFailure(
        message: "`\(address)` does not say where its API token's text is",
        remedy: "write `apiToken: {id: 42, value: {env: NAME}}`; the value serves `kitform channel` alone")
    }
    do throws(SecretFailure) {
      if let secret = try secrets.resolve(reference) { return secret }
    } catch {
      throw EngineFailure.credential(name: reference.label, reason: error.words, isSet: error.isSet, place: place)
    }
    throw EngineFailure.credential(name: reference.label, reason: "`keep` stands for no value here", place: place)
  }
}

extension Session {
  /// The custom channel of an address: in the manifests, and applied.
  package func channel(_ text: String, _ configuration: Configuration, _ state: State?) throws -> ChannelAtRunTime {
    let record = try customRecord(text, configuration)
    guard let entry = state?.channels.first(where: { $0.address == record.address }) else {
      throw UsageFailure(
        message: "`\(record.address)` is not applied yet, so that it has no UUID", remedy: "run `kitform apply` first")
    }
    return ChannelAtRunTime(record, uuid: entry.uuid)
  }

  /// The custom channel of an address in the manifests.
  package func customRecord(_ text: String, _ configuration: Configuration) throws -> Record {
    let address = try Address(argument: text)
    guard let record = configuration.records.first(where: { $0.address == address }) else {
      let known = configuration.records.map(\.address).filter { $0.kind == "custom" }.map(\.description)
      throw UsageFailure(
        message: "the manifests have no `\(address)`",
        remedy: Words.didYouMean(text, among: known)
          ?? (known.isEmpty ? "they have no custom channel" : "the custom channels are \(Words.list(known))"))
    }
    guard record.address.kind == "custom" else {
      throw UsageFailure(
        message: "`\(address)` is no custom channel", remedy: "only custom channels have the messaging API")
    }
    return record
  }

  /// Runs `body` with the way to the account's custom channels; no call is made to the account's API.
  package func withMessaging<Value: Sendable>(
    _ configuration: Configuration, calls: CallSettings, sandboxFile: String?,
    _ body: (MessagingAccess) async throws -> Value
  ) async throws -> Value {
    let profile = try allowedProfile(configuration)
    try checkSecrets(configuration)
    learnSecrets(configuration)
    let account = configuration.account.name?.value ?? ""
    let deadline = calls.connection.timeout.map { Deadline(after: $0, clock: ContinuousClock()) }
    func access(_ origin: Origin, _ secrets: SecretResolver) async throws -> Value {
      let settings = try transportSettings(calls, to: [origin])
      let waits = run.waits
      return try await AsyncHTTPTransport.withTransport(settings) { transport in
        let watched = WatchedTransport(transport) { waits.report($0, limit: settings.answerLimit) }
        return try await body(
          MessagingAccess(
            origin: origin, account: account, profile: profile, secrets: secrets, transport: watched,
            known: run.known, deadline: deadline))
      }
    }
    guard isSandbox else { return try await access(try allowedOrigins(configuration).messaging, realSecrets) }
    return try await withSandbox(configuration, profile, file: sandboxFile) { server in
      try await access(Origin(scheme: "http", host: "127.0.0.1", port: server.port), .standIns)
    }
  }
}
