package import Basics
import Documents
package import KitProfile
package import Manifest
package import Provisioning
package import Transport

/// A Kit account through its API, as the profile describes it.
package struct KitRemote: Remote {
  private let connection: KitConnection
  private let pager: Pager
  private let reader: ChannelReader
  private let encoder: ChannelEncoder
  package let executor: (any TaskExecutor)?

  /// Makes an account of a profile and credentials; nothing is called yet.
  ///
  /// Channels of other kinds than `kinds` are read as unknown ones. `account` is Kit's account name. `origin` is the
  /// API's host, `http` for loopback alone (`Origin.init(written:)` holds to that). `caller` repeats and spaces the
  /// calls; `parallelism` is how many pages of a listing are read at once. No error message has a secret of `known`.
  /// `executor` is where the caller's transport does its work.
  package init(
    profile: APIProfile, kinds: [Kind], account: String, origin: Origin, token: Secret, caller: Caller,
    parallelism: Int = 8, known: KnownSecrets? = nil, executor: (any TaskExecutor)? = nil
  ) {
    connection = KitConnection(
      profile: profile, origin: origin, account: account, token: token, caller: caller, known: known)
    pager = Pager(connection: connection, parallelism: max(1, parallelism))
    reader = ChannelReader(profile: profile, kinds: kinds)
    encoder = ChannelEncoder(profile: profile)
    self.executor = executor
  }

  /// Requests made so far, repeats included.
  package var callsMade: Int { connection.callsMade }

  /// What is assumed of the account's API.
  package var profile: APIProfile { connection.profile }

  /// Whether calls travel over TLS; loopback alone may do without.
  package var isEncrypted: Bool { connection.origin.scheme == "https" }

  /// Whether nothing is written here unless the command line accepts the unconfirmed profile.
  package var refusesWrites: Bool { profile.refusesWrites(to: connection.origin.host) }

  /// Whether the profile has a method that names the token's account.
  package var canReadAccount: Bool { profile[.account] != nil }

  package func account() async throws(RemoteFailure) -> AccountInformation {
    let members = connection.profile.account
    let envelope = try await connection.read(Call(.account, .read))
    let document = envelope.document
    guard let name = document.read(members.name, in: envelope.result, { document.wireText($0) }) else {
      throw KitFailure.undecodable(
        Misfit("the account", lacks: members.name, wanted: "a string", document: document, node: envelope.result)
      )
      .remote(connection.context(.account))
    }
    func flag(_ member: ReadMember?) -> Bool? {
      member.flatMap { document.read($0, in: envelope.result) { document.wireFlag($0) } }
    }
    return AccountInformation(
      name: name, contactCentre: flag(members.contactCentre), functions: flag(members.functions))
  }

  package func facts(_ kinds: [ReferenceKind]) async throws(RemoteFailure) -> AccountFacts {
    let results = await withTaskGroup(of: (ReferenceKind, Result<AccountFacts.FactListing, RemoteFailure>).self) {
      group in
      for kind in Set(kinds).sorted() { group.addTask { (kind, await self.listing(kind)) } }
      var results: [(ReferenceKind, Result<AccountFacts.FactListing, RemoteFailure>)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }
    }
    var facts = AccountFacts()
    for (kind, result) in results { facts[kind] = try result.get() }
    return facts
  }

  private func listing(_ kind: ReferenceKind) async -> Result<AccountFacts.FactListing, RemoteFailure> {
    let operation = APIProfile.listing(of: kind)
    let profile = connection.profile
    guard let method = profile[operation], let members = profile.objects[kind] else {
      return .success(.unavailable("the profile \(profile.name) names no method that lists \(kind.words)s"))
    }
    do throws(RemoteFailure) {
      let objects = try await pager.list(operation) { (document, node) throws(KitFailure) in
        try object(document, node: node, kind: kind, members: members)
      }
      return .success(.objects(objects))
    } catch {
      guard error.status == 404 else { return .failure(error) }
      return .success(
        .unavailable("\(method.path) is not there (404; the profile \(profile.name), line \(method.line))"))
    }
  }

  /// One object; under an unconfirmed profile a title or a waiting time that is not there is noted and left open.
  private func object(
    _ document: Document, node: Int, kind: ReferenceKind, members: APIProfile.ObjectMembers
  ) throws(KitFailure) -> (id: Int, item: AccountObject?) {
    let subject = "a \(kind.words)"
    guard let id = document.read(members.id, in: node, { document.wireID($0) }) else {
      throw .undecodable(
        Misfit(subject, lacks: members.id, wanted: "a whole number from 1", document: document, node: node))
    }
    if document.isDeleted(members.deleted, in: node) { return (id, nil) }
    let isUnconfirmed = profile.status == .unconfirmed
    let title = document.read(members.title, in: node) { document.wireText($0) }
    // An object may be untitled: Kit answers null then.
    if title == nil, document.read(members.title, in: node, { document.isNull($0) ? true : nil }) == nil {
      let misfit = Misfit(subject, lacks: members.title, wanted: "a string", document: document, node: node)
      guard isUnconfirmed else { throw .undecodable(misfit) }
      connection.addGap(
        misfit, APIProfile.listing(of: kind),
        "manifests can name a \(kind.words) by its id alone, where this is missing")
    }
    let seconds = waitingTime(document, node: node, subject: subject, kind: kind, members: members)
    return (id, AccountObject(id: id, title: title, maxWaitingTime: seconds))
  }

  /// A queue's waiting time in seconds; nil where it has none (null or 0), or one that is not understood, which is noted.
  private func waitingTime(
    _ document: Document, node: Int, subject: String, kind: ReferenceKind, members: APIProfile.ObjectMembers
  ) -> Int? {
    guard let member = members.maxWaitingTime else { return nil }
    if let wait = document.read(member, in: node, { document.wireInteger($0) }) {
      guard wait > 0 else { return nil }
      if let seconds = members.unit.seconds(number: wait) { return seconds }
    } else if document.read(member, in: node, { document.isNull($0) ? true : nil }) != nil {
      return nil
    } else if profile.status != .unconfirmed, !document.has(member, in: node) {
      return nil
    }
    connection.addGap(
      Misfit(subject, lacks: member, wanted: "a whole number", document: document, node: node),
      APIProfile.listing(of: kind),
      "closing times are not compared with this waiting time")
    return nil
  }

  /// Members that this run's answers lacked and that it could do without, in the order of the profile.
  package var gaps: [MemberGap] { connection.noted }

  package func channels(expecting count: Int?) async throws(RemoteFailure) -> [RemoteChannel] {
    let reader = reader
    let isUnconfirmed = profile.status == .unconfirmed
    let listed: [(channel: RemoteChannel, absent: [Int: Misfit])] = try await pager.list(
      .listChannels, expecting: count
    ) { (document, node) throws(KitFailure) in
      let id = try reader.id(document, node)
      if reader.isDeleted(document, node) { return (id, nil) }
      let channel = try reader.read(document, node)
      return (id, (channel, isUnconfirmed ? reader.absent(channel, document, node) : [:]))
    }
    if isUnconfirmed { noteAbsent(listed) }
    return listed.map(\.channel)
  }

  /// Notes the fields that no channel of a kind has: the profile may have their names wrong.
  private func noteAbsent(_ listed: [(channel: RemoteChannel, absent: [Int: Misfit])]) {
    var absent: [String: (kind: Kind, fields: [Int: Misfit])] = [:]
    for (channel, fields) in listed {
      guard let kind = channel.kind else { continue }
      let known = absent[kind.name]?.fields
      absent[kind.name] = (kind, known?.filter { fields[$0.key] != nil } ?? fields)
    }
    for (kind, fields) in absent.values {
      for (index, misfit) in fields {
        let field = kind.fields[index].name
        connection.addGap(misfit, .listChannels, "`\(field)` is not compared with the account")
      }
    }
  }

  package func salts() async throws(RemoteFailure) -> [String: Secret] {
    guard let member = connection.profile.channel.salt else { return [:] }
    let reader = reader
    let salts: [(uuid: String?, salt: Secret?)] = try await pager.list(.listChannels) {
      (document, node) throws(KitFailure) in
      let id = try reader.id(document, node)
      if reader.isDeleted(document, node) { return (id, nil) }
      let salt = document.read(member, in: node) { node in
        document.wireText(node).flatMap { HiddenText.matches($0, isSecret: true) ? nil : $0 }
      }
      return (id, (uuid: reader.uuid(document, node), salt: salt.map { Secret($0) }))
    }
    var result: [String: Secret] = [:]
    for entry in salts { if let uuid = entry.uuid { result[uuid] = entry.salt } }
    return result
  }

  package func create(_ draft: ChannelDraft) async -> Attempt<ChannelIdentity> {
    await write(.createChannel, .create) { () throws(KitFailure) in
      try encoder.create(draft)
    } decode: { (envelope) throws(KitFailure) in
      try identity(envelope)
    }
  }

  package func update(_ current: RemoteChannel, to draft: ChannelDraft) async -> Attempt<Void> {
    var current = current
    var reads = 0
    if writesBack(draft), profile[.readChannel] != nil {
      let reading = await reread(current)
      guard case .done(let channel) = reading.outcome else { return reading.map { _ in () } }
      current = channel
      reads = reading.calls
    }
    var attempt: Attempt<Void> = await write(.updateChannel, .update) { () throws(KitFailure) in
      try encoder.update(current, to: draft)
    } decode: { (_) throws(KitFailure) in
    }
    attempt.calls += reads
    return attempt
  }

  /// Whether an update with the draft writes an object or a list whole, with members that no manifest names.
  private func writesBack(_ draft: ChannelDraft) -> Bool {
    WrittenObjects.areWritten(profile, draft.kind, draft.fields.map(\.name))
  }

  /// Reads one channel again; nothing but `done` comes of a channel that is there and still the same.
  private func reread(_ channel: RemoteChannel) async -> Attempt<RemoteChannel> {
    var call = Call(.readChannel, .read)
    call.fields = encoder.delete(ChannelIdentity(id: channel.id, uuid: channel.uuid)).fields
    let reply = await connection.send(call)
    do throws(KitFailure) {
      let envelope = try connection.envelope(try reply.response.get())
      guard !reader.isDeleted(envelope.document, envelope.result) else {
        return Attempt(.refused(.deleted(channel.id)), calls: reply.calls)
      }
      let fresh = try reader.read(envelope.document, envelope.result)
      guard fresh.id == channel.id, fresh.uuid == channel.uuid else {
        return Attempt(.refused(.replaced(channel.id)), calls: reply.calls)
      }
      return Attempt(.done(fresh), calls: reply.calls)
    } catch {
      if case .transport(.cancelled) = error, reply.calls == 0, !Task.isCancelled {
        return Attempt(.keptBack, calls: 0)
      }
      return Attempt(.refused(error.remote(reply.context)), calls: reply.calls)
    }
  }

  package func hidden(
    _ channel: RemoteChannel, writing fields: [(name: String, value: Value)]
  ) -> [HiddenMember] {
    guard let kind = channel.kind else { return [] }
    return WrittenObjects(profile, of: channel, kind, writing: fields).hidden
  }

  package func needsRecentListing(_ draft: ChannelDraft) -> Bool {
    profile[.readChannel] == nil && writesBack(draft)
  }

  package func unplanned(
    from before: RemoteChannel, to after: RemoteChannel, by draft: ChannelDraft
  ) -> [String] {
    UnplannedMembers(profile, from: before, to: after, by: draft).names
  }

  package var profileIdentity: String? { profile.digest }

  package func delete(_ identity: ChannelIdentity) async -> Attempt<Void> {
    await write(.deleteChannel, .delete) { () throws(KitFailure) in
      encoder.delete(identity)
    } decode: { (_) throws(KitFailure) in
    } onFailure: { failure in
      // Only Kit's own 404 says that the channel is gone; a web server's says that the profile's path is wrong.
      if case .status(404, .some) = failure { return () }
      return nil
    }
  }

  /// The new channel's identity: an object, or its bare id.
  private func identity(_ envelope: Envelope) throws(KitFailure) -> ChannelIdentity {
    let document = envelope.document
    if document.shape(envelope.result) == .scalar, let id = document.wireID(envelope.result) {
      return ChannelIdentity(id: id, uuid: nil)
    }
    return ChannelIdentity(
      id: try reader.id(document, envelope.result), uuid: reader.uuid(document, envelope.result))
  }

  /// Whether a write that ended so certainly changed nothing.
  ///
  /// Of all answers, only a refusal in Kit's own envelope counts: whatever a proxy or another service answers may follow
  /// the commit.
  private func refuses(_ answer: Result<HTTPResponse, KitFailure>, _ failure: KitFailure, _ kind: MethodKind) -> Bool {
    switch answer {
    case .success(let response): Envelope.refusesWrite(response, kind, connection.profile)
    case .failure: failure.neverLeft
    }
  }

  /// Sends one write and sorts what came of it.
  private func write<Success: Sendable>(
    _ operation: Operation, _ kind: MethodKind, encode: () throws(KitFailure) -> ChannelEncoder.EncodedForm,
    decode: (Envelope) throws(KitFailure) -> Success, onFailure: (KitFailure) -> Success? = { _ in nil }
  ) async -> Attempt<Success> {
    var call = Call(operation, kind)
    do throws(KitFailure) {
      let form = try encode()
      call.fields = form.fields
      call.secrets = form.secrets
      for secret in form.foreign { connection.known?.insert(foreign: secret) }
    } catch {
      return Attempt(.refused(error.remote(connection.context(operation))), calls: 0)
    }
    let reply = await connection.send(call)
    do throws(KitFailure) {
      let envelope = try connection.envelope(try reply.response.get())
      return Attempt(.done(try decode(envelope)), calls: reply.calls)
    } catch {
      if case .transport(.cancelled) = error, reply.calls == 0, !Task.isCancelled {
        return Attempt(.keptBack, calls: 0)
      }
      if let success = onFailure(error) { return Attempt(.done(success), calls: reply.calls) }
      let failure = error.remote(reply.context)
      let isCertain = !reply.mayHaveTakenEffect && refuses(reply.response, error, kind)
      return Attempt(isCertain ? .refused(failure) : .unknown(failure), calls: reply.calls)
    }
  }
}

extension KitFailure {
  /// Whether the call certainly did not leave.
  fileprivate var neverLeft: Bool {
    switch self {
    case .notAvailable, .encoding, .transport(.notSent), .transport(.cancelled): true
    default: false
    }
  }
}
