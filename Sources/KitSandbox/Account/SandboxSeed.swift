/// What manifests name of an account, so that a sandbox can have it.
package struct SandboxSeed: Sendable {
  /// The name of a new account.
  package var accountName: String
  package var queues: [SeedQueue] = []
  package var functions: [ObjectName] = []
  package var skills: [ObjectName] = []
  package var topicSets: [ObjectName] = []
  package var apiTokens: [Token] = []
  /// Values that calls authenticate with: the stand-in for the account's token.
  package var credentials: [String] = []
  /// Whether what the account has already follows the manifests too: its name, waiting times and values of API tokens.
  package var leads = false

  package init(accountName: String) { self.accountName = accountName }

  /// How manifests name an object: by Kit's id or by its title.
  package enum ObjectName: Sendable, Hashable {
    case id(Int)
    case title(String)
  }

  /// A queue, with the waiting time that the manifests assume.
  package struct SeedQueue: Sendable {
    package var name: ObjectName
    /// In seconds.
    package var maxWaitingTime: Int?

    package init(_ name: ObjectName, maxWaitingTime: Int? = nil) {
      self.name = name
      self.maxWaitingTime = maxWaitingTime
    }
  }

  /// An API token, with the stand-in for its value where the manifests have a reference to it.
  package struct Token: Sendable {
    package var name: ObjectName
    package var value: String?

    package init(_ name: ObjectName, value: String? = nil) {
      self.name = name
      self.value = value
    }
  }

  /// What was made, in words for people, by the order of the seed.
  package struct Made: Sendable, Equatable {
    package var lines: [String] = []
    /// Values of API tokens by id, for `Sandbox(tokenValues:)`.
    package var tokenValues: [Int: String] = [:]
  }
}

extension SandboxSeed {
  /// Adds to an account what it lacks; what it has stays as it is.
  ///
  /// A title is looked up after canonical equivalence, as Kit's own forms do. Fresh ids lie above every id that the seed
  /// names, so that none stands for two objects.
  package func plant(in account: inout Account, using generator: inout some RandomNumberGenerator) -> Made {
    var made = Made()
    account.raiseNextID()
    account.nextID = max(account.nextID, (namedIDs.max() ?? 0) + 1)
    if leads { lead(&account, &made) }
    for queue in queues {
      plant(queue.name, words: "queue", known: account.queues.map { ($0.id, $0.title) }, in: &account, made: &made) {
        account, id, title in
        account.queues.append(.init(id: id, title: title, maxWaitingTime: queue.maxWaitingTime))
      }
    }
    for (words, names, list) in [
      ("function", functions, \Account.functions), ("skill", skills, \Account.skills),
      ("topic set", topicSets, \Account.topicSets),
    ] {
      for name in names {
        let known = account[keyPath: list].map { ($0.id, $0.title) }
        plant(name, words: words, known: known, in: &account, made: &made) { account, id, title in
          account[keyPath: list].append(.init(id: id, title: title))
        }
      }
    }
    for token in apiTokens { plant(token, in: &account, &made, using: &generator) }
    for value in credentials where !account.apiTokens.contains(where: { $0.hash?.matches(value) ?? false }) {
      let id = account.makeID()
      account.apiTokens.append(
        APIToken(id: id, name: "Kitform stand-in \(id)", hash: SaltedHash(value, using: &generator)))
    }
    return made
  }

  /// Brings what the account has to what the manifests say of it now.
  private func lead(_ account: inout Account, _ made: inout Made) {
    if account.name != accountName {
      made.lines.append("the name \"\(accountName)\", which was \"\(account.name)\"")
      account.name = accountName
    }
    for queue in queues {
      guard let index = account.queues.firstIndex(where: { queue.name.means(id: $0.id, title: $0.title) }),
        account.queues[index].maxWaitingTime != queue.maxWaitingTime
      else { continue }
      account.queues[index].maxWaitingTime = queue.maxWaitingTime
      made.lines.append(
        "\(queue.maxWaitingTime.map { "the max. waiting time of \($0) s" } ?? "no max. waiting time") for the queue \"\(account.queues[index].title)\""
      )
    }
  }

  private var namedIDs: [Int] {
    let names = queues.map(\.name) + functions + skills + topicSets + apiTokens.map(\.name)
    return names.compactMap { if case .id(let id) = $0 { id } else { nil } }
  }

  private func plant(
    _ token: Token, in account: inout Account, _ made: inout Made, using generator: inout some RandomNumberGenerator
  ) {
    let known = account.apiTokens.map { ($0.id, $0.name) }
    plant(token.name, words: "API token", known: known, in: &account, made: &made) { account, id, title in
      account.apiTokens.append(APIToken(id: id, name: title))
    }
    guard let value = token.value,
      let index = account.apiTokens.firstIndex(where: { token.name.means(id: $0.id, title: $0.name) })
    else { return }
    if !(account.apiTokens[index].hash?.matches(value) ?? false) {
      guard leads || account.apiTokens[index].hash == nil else { return }
      account.apiTokens[index].hash = SaltedHash(value, using: &generator)
    }
    made.tokenValues[account.apiTokens[index].id] = value
  }

  private func plant(
    _ name: ObjectName, words: String, known: [(id: Int, title: String)], in account: inout Account,
    made: inout Made,
    add: (inout Account, Int, String) -> Void
  ) {
    guard !known.contains(where: { name.means(id: $0.id, title: $0.title) }) else { return }
    let id: Int
    let title: String
    switch name {
    case .id(let number):
      id = number
      title = "no. \(number)"
      made.lines.append("\(words) \(number)")
    case .title(let text):
      id = account.makeID()
      title = text
      made.lines.append("\(words) \"\(text)\" with the id \(id)")
    }
    add(&account, id, title)
  }
}

extension SandboxSeed.ObjectName {
  /// Whether an object is the one that is named.
  fileprivate func means(id: Int, title: String) -> Bool {
    switch self {
    case .id(let number): number == id
    case .title(let text): text == title
    }
  }
}
