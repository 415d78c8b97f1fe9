import Basics
import Channels
import Documents
import Manifest
import Provisioning
import Workload

extension Workload {
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
