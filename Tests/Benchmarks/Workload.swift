import Channels
import Documents
import Manifest
import Provisioning

/// A project of many channels, half of each kind, with an account and a state that agree with it.
struct Workload {
  /// The number of channels.
  let count: Int

  /// The text of `kitform.yaml`, about 290 bytes a channel; `host` puts the account on a local Kit.
  func manifest(host: String? = nil, environments: [String] = []) -> String {
    let place = host.map { "apiHost: \"\($0)\", messagingHost: \"\($0)\"" } ?? "region: eu"
    var text = "kitform: 1\naccount: {name: acme, \(place), token: {env: KIT_API_TOKEN}}\n"
    if !environments.isEmpty { text += "environments:\n" + environments.map { "  \($0): {}\n" }.joined() }
    return text + "channels:\n" + channels(0..<count)
  }

  /// The manifests of one project in files of at most 10,000 channels; all but the first have `channels` alone.
  func files(environments: [String] = []) -> [String] {
    stride(from: 0, to: count, by: 10_000).map { first in
      let part = first..<min(first + 10_000, count)
      return first == 0
        ? Workload(count: part.count).manifest(environments: environments) : "channels:\n" + channels(part)
    }
  }

  private func channels(_ range: Range<Int>) -> String {
    "  ok:\n" + range.filter { $0 % 2 == 0 }.map(Workload.ok).joined()
      + (range.count < 2 ? "" : "  custom:\n" + range.filter { $0 % 2 == 1 }.map(Workload.custom).joined())
  }

  private static func ok(_ number: Int) -> String {
    """
        group-\(number):
          name: Group \(number)
          accessToken: {env: GROUP_TOKEN_\(number)}
          redirect: {queue: Support \(number % 50)}
          closing:
            agent: 24h
            bot: 10m
          useTags: false
          topicSet: Retail
          skills:
            russian: 3
            billing: 2

    """
  }

  private static func custom(_ number: Int) -> String {
    """
        bot-\(number):
          name: Bot \(number)
          callbackURL: https://bots.example.com/kit/\(number)
          apiToken: {id: \(number)}
          redirect: {function: \(1000 + number % 10)}
          closing:
            agent: 2h
            bot: 30m
          useTags: true
          topicSet: Retail
          skills:
            english: 3
            billing: 2

    """
  }

  /// The project as `validate` reads it.
  func project(_ files: [String]) -> Project {
    var sources = SourceMap()
    var documents: [Document] = []
    var findings: [Diagnostic] = []
    for (index, text) in files.enumerated() {
      let file = SourceFile(path: index == 0 ? "kitform.yaml" : "channels/\(index).yaml", text: text)
      let (document, found) = YAMLComposer.compose(file, file: sources.add(file))
      documents.append(document)
      findings += found
    }
    return Project(documents: documents, sources: sources, kinds: Kinds.all, findings: findings)
  }

  /// The account objects that the channels name.
  private var facts: AccountFacts {
    AccountFacts([
      .queue: .objects((0..<50).map { AccountObject(id: 100 + $0, title: "Support \($0)", maxWaitingTime: 600) }),
      .function: .objects((0..<10).map { AccountObject(id: 1000 + $0, title: "Function \($0)") }),
      .topicSet: .objects([AccountObject(id: 7, title: "Retail")]),
      .skill: .objects(
        ["russian", "english", "billing"].enumerated().map { AccountObject(id: 1 + $0.offset, title: $0.element) }),
      .apiToken: .objects((0..<count).map { AccountObject(id: $0, title: "Token \($0)") }),
    ])
  }

  /// What a plan depends on when an account and a state agree with the manifests, and one channel in `every` was renamed
  /// in the account since (none for 0).
  func planInput(changedEvery every: Int) -> PlanInput {
    let project = project(files())
    var configuration = project.configuration(for: nil).configuration
    var findings = Findings()
    configuration.records = Resolver(facts).resolve(configuration.records, &findings)
    let binding = State.AccountBinding(host: "kit.example", name: "acme", isSandbox: false)
    let fingerprinter = SecretFingerprinter(
      source: Secret("a state key of more than thirty-two bytes"), host: binding.host, account: binding.name)
    var secrets = ResolvedSecrets()
    for record in configuration.records where record["accessToken"] != nil {
      secrets[record.address, "accessToken"] = Secret("token of \(record.address)")
    }
    let empty = PlanInput(
      configuration: configuration, state: nil, account: binding, channels: [], facts: facts, secrets: secrets,
      fingerprinter: fingerprinter, sources: project.sources, diagnostics: findings.list)
    var state = State(lineage: "0", serial: 1, environment: "default", account: binding)
    var channels: [RemoteChannel] = []
    let wanted = Dictionary(Planner.plan(empty).changes.map { ($0.address, $0) }) { first, _ in first }
    for (id, record) in configuration.records.enumerated() {
      guard let change = wanted[record.address] else { continue }
      let name = every > 0 && id % every == 0 ? "Renamed \(id)" : record.name
      let values: [Value?] = zip(record.slots, record.kind.fields).map { slot, field in
        field.name == "name" ? .text(name) : field.isSecret ? nil : slot?.value
      }
      channels.append(
        RemoteChannel(
          id: id, uuid: "uuid-\(id)", kind: record.kind, kindLabel: record.kind.name, name: name, values: values,
          raw: .object([])))
      state[record.address] = State.Entry(
        address: record.address, id: id, uuid: "uuid-\(id)", name: record.name, source: change.source?.position,
        applied: change.wanted, isProtected: false)
    }
    var input = empty
    input.state = state
    input.channels = channels
    return input
  }
}
