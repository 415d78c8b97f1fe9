import Channels
import Documents
import Manifest
import Provisioning
import Support
import Testing

/// A project that changes at random, with an account in which somebody changes things as well.
struct RandomProject {
  private var random: SeededGenerator
  var input: PlanInput
  var account = ModelAccount()
  private var values: [String: String] = [:]
  private var names = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    input = PlanInput(
      configuration: Configuration(environment: "default"), state: nil, account: PlanScene.binding, channels: [],
      fingerprinter: PlanScene.fingerprinter, sources: RandomProject.sources)
    for _ in 0..<Int.random(in: 0...3, using: &random) { account.add(kind(), name()) }
  }

  /// One file, because every value needs a place.
  private static let sources: SourceMap = {
    var sources = SourceMap()
    _ = sources.add(SourceFile(path: "kitform.yaml", text: "kitform: 1\n"))
    return sources
  }()
  private static let place = SourcePlace(file: 0, start: 0, end: 1)

  /// Lets some time go by: edits of the manifests, of the secrets, and in Kit.
  mutating func evolve() {
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      switch Int.random(in: 0...9, using: &random) {
      case 0...2: add()
      case 3: removeRecord()
      case 4...6: editRecord()
      case 7: editAccount()
      case 8: values[RandomProject.variables.randomElement(using: &random) ?? ""] = String(random.next())
      default: if Bool.random(using: &random) { removeChannel() } else { account.add(kind(), name()) }
      }
    }
    refactor()
    input.configuration.records.sort { $0.address < $1.address }
    input.channels = account.channels.shuffled(using: &random)
    input.facts = account.facts
    input.secrets = ResolvedSecrets()
    for record in input.configuration.records {
      for (slot, field) in zip(record.slots, record.kind.fields) {
        if case .secret(.environment(let name))? = slot?.value {
          input.secrets[record.address, field.name] = Secret(values[name] ?? "value of \(name)")
        }
      }
    }
  }

  /// Carries the plan out, whatever the guards say of it.
  mutating func apply(_ plan: Plan) {
    input.state = account.apply(plan, to: input.state, secrets: input.secrets)
    input.channels = account.channels
  }

  private static let variables = ["A", "B", "C"]

  private mutating func kind() -> Kind { Bool.random(using: &random) ? .ok : .custom }

  private mutating func name() -> String {
    names += 1
    return "Channel \(names)"
  }

  private mutating func add() {
    let kind = kind()
    let address = Address(kind: kind.name, key: "c\(Int.random(in: 0...9, using: &random))")
    guard !input.configuration.records.contains(where: { $0.address == address }) else { return }
    var record = Record(
      address: address, kind: kind, place: RandomProject.place, slots: kind.fields.map { _ in nil })
    for slot in kind.fields.indices where kind.fields[slot].isRequired || Bool.random(using: &random) {
      record.slots[slot] = value(kind.fields[slot]).map { Slot($0, at: RandomProject.place) }
    }
    input.configuration.records.append(record)
  }

  private mutating func removeRecord() {
    guard let index = input.configuration.records.indices.randomElement(using: &random) else { return }
    input.configuration.records.remove(at: index)
  }

  private mutating func editRecord() {
    guard let index = input.configuration.records.indices.randomElement(using: &random) else { return }
    let kind = input.configuration.records[index].kind
    guard let slot = kind.fields.indices.randomElement(using: &random) else { return }
    let field = kind.fields[slot]
    let isCleared = !field.isRequired && Int.random(in: 0...2, using: &random) == 0
    input.configuration.records[index].slots[slot] =
      isCleared ? nil : value(field).map { Slot($0, at: RandomProject.place) }
  }

  private mutating func editAccount() {
    guard let channel = account.channels.randomElement(using: &random), let kind = channel.kind else { return }
    guard let field = kind.fields.filter({ $0.role == .managed && !$0.isSecret }).randomElement(using: &random) else {
      return
    }
    guard let value = value(field) else { return }
    if case .secret = value { return }
    account.change(channel.name, field.name, to: value)
  }

  private mutating func removeChannel() {
    if let channel = account.channels.randomElement(using: &random) { account.remove(channel.name) }
  }

  /// Sometimes adopts, moves or removes what can be.
  private mutating func refactor() {
    input.configuration.adoptions = []
    input.configuration.moves = []
    input.configuration.removals = []
    let managed = Set(input.state?.channels.map(\.id) ?? [])
    let written = Set(input.configuration.records.map(\.address))
    let entries = input.state?.channels.filter { !written.contains($0.address) } ?? []
    let fresh = input.configuration.records.filter { record in
      !(input.state?.channels.contains { $0.address == record.address } ?? false)
    }
    if let record = fresh.randomElement(using: &random), Bool.random(using: &random) {
      if let entry = entries.first(where: { $0.address.kind == record.kind.name }), Bool.random(using: &random) {
        input.configuration.moves = [Move(new: record.address, old: entry.address, place: RandomProject.place)]
      } else if let channel = account.channels.first(where: { $0.kind === record.kind && !managed.contains($0.id) }) {
        input.configuration.adoptions = [
          Adoption(address: record.address, target: .uuid(channel.uuid), place: RandomProject.place)
        ]
      }
    } else if let entry = entries.randomElement(using: &random) {
      input.configuration.removals = [
        Removal(address: entry.address, destroy: Bool.random(using: &random), place: RandomProject.place)
      ]
    }
  }

  private mutating func value(_ field: Field) -> Value? {
    switch field.shape {
    case .text: .text(name())
    case .callbackURL:
      Bool.random(using: &random)
        ? .text("https://host\(Int.random(in: 0...2, using: &random)).example.com/x")
        : .secret(.environment(RandomProject.variables.randomElement(using: &random) ?? "A"))
    case .flag: .flag(Bool.random(using: &random))
    case .duration: .seconds(60 * Int.random(in: 1...4, using: &random))
    case .secret:
      Int.random(in: 0...5, using: &random) == 0
        ? .secret(.keep) : .secret(.environment(RandomProject.variables.randomElement(using: &random) ?? "A"))
    case .reference: Bool.random(using: &random) ? .cleared : .reference(Reference(id: 21))
    case .route:
      Bool.random(using: &random)
        ? .route(.queue, Reference(id: Int.random(in: 1...3, using: &random))) : .route(.function, Reference(id: 11))
    case .credential: .credential(Reference(id: Int.random(in: 41...42, using: &random)), value: nil)
    case .levels:
      Bool.random(using: &random)
        ? .cleared : .levels([Value.Level(Reference(id: 31), level: Int.random(in: 1...5, using: &random))])
    case .environments: nil
    }
  }
}

@Suite struct PlannerPropertyTests {
  /// How many random projects are tried; `TRIALS` asks for more of them.
  static let projects = UInt64(Scorecard.trials(750))

  @Test func `once a plan is carried out, the next one is empty`() {
    var plans = 0
    for seed in UInt64(0)..<PlannerPropertyTests.projects {
      var project = RandomProject(seed: seed)
      for _ in 0..<4 {
        project.evolve()
        let plan = Planner.plan(project.input)
        project.apply(plan)
        project.input.configuration.adoptions = []
        let next = Planner.plan(project.input)
        #expect(next.isEmpty && next.refreshed.isEmpty, "seed \(seed): \(next.summary) after \(plan.summary)")
        guard next.isEmpty else { return }
        plans += 1
      }
    }
    Scorecard.count(8, ["projects": Int(PlannerPropertyTests.projects), "empty plans": plans])
  }

  @Test func `one input gives one plan, byte by byte`() {
    for seed in UInt64(0)..<200 {
      var project = RandomProject(seed: seed)
      project.evolve()
      project.apply(Planner.plan(project.input))
      project.evolve()
      let plan = Planner.plan(project.input)
      var shuffled = project.input
      shuffled.channels.reverse()
      #expect(plan == Planner.plan(shuffled) && plan.digest == Planner.plan(shuffled).digest)
      #expect("\(plan)" == "\(Planner.plan(project.input))")
    }
  }

  @Test func `two threads make the plan that one makes`() {
    for seed in UInt64(0)..<200 {
      var project = RandomProject(seed: seed)
      project.evolve()
      project.apply(Planner.plan(project.input))
      project.evolve()
      let input = project.input
      var unresolved = input
      unresolved.secrets = ResolvedSecrets()
      var otherKey = input
      otherKey.fingerprinter = SecretFingerprinter(
        source: Secret("a key that nobody has used before"), host: "h", account: "a")
      var keyless = input
      keyless.fingerprinter = nil
      for input in [input, unresolved, otherKey, keyless] {
        let plan = Planner.plan(input, worthSharing: .max)
        let shared = Planner.plan(input, worthSharing: 1)
        #expect(plan == shared && "\(plan)" == "\(shared)", "seed \(seed)")
      }
    }
  }

  @Test func `a saved plan comes back, still holds, and is another one's by its bytes`() throws {
    for seed in UInt64(0)..<PlannerPropertyTests.projects / 5 {
      var project = RandomProject(seed: seed)
      project.evolve()
      project.apply(Planner.plan(project.input))
      project.evolve()
      var plan = Planner.plan(project.input)
      plan.refusals = []
      plan.diagnostics = []
      let bytes = PlanFile(plan, tool: "t").encode()
      let read = try PlanFile(decoding: bytes, label: "p").plan
      #expect(read == plan && PlanFile(read, tool: "t").encode() == bytes)
      let state = try #require(project.input.state)
      let check = SavedPlanCheck(read, state: state, channels: project.input.channels)
      // Two channels of one name are an error of the plan, which is then not saved.
      let reasons = check.reasons.filter { !$0.contains("second channel of its name") }
      #expect(reasons.isEmpty, "seed \(seed): \(reasons)")
      guard !plan.changes.isEmpty else { continue }
      project.apply(plan)
      let applied = try #require(project.input.state)
      #expect(!SavedPlanCheck(read, state: applied, channels: project.input.channels).reasons.isEmpty, "seed \(seed)")
    }
  }

  @Test func `an approval holds for the rest, whatever part of it is done, and for nothing else`() throws {
    for seed in UInt64(0)..<PlannerPropertyTests.projects / 5 {
      var random = SeededGenerator(seed: seed)
      var project = RandomProject(seed: seed)
      project.evolve()
      project.apply(Planner.plan(project.input))
      project.evolve()
      let plan = Planner.plan(project.input)
      let approval = Approval(plan: plan)
      let done = Set(plan.changes.map(\.address)).sorted().filter { _ in Bool.random(using: &random) }
      var part = plan
      part.changes.removeAll { !done.contains($0.address) }
      project.apply(part)
      func reasons() throws -> [String] {
        ApprovalCheck(
          approval, plan: Planner.plan(project.input), records: project.input.configuration.records,
          state: try #require(project.input.state), channels: project.input.channels
        ).reasons
      }
      let objections = try reasons()
      #expect(objections.isEmpty, "seed \(seed): \(objections)")
      project.evolve()
      let next = Planner.plan(project.input)
      let approved = Set(approval.changes.map(\.hash))
      if next.changes.contains(where: { !approved.contains(PlanDigest.hash(of: $0, in: next)) }) {
        #expect(try !reasons().isEmpty, "seed \(seed)")
      }
    }
  }

  @Test func `changes stand in order and count their calls`() {
    for seed in UInt64(0)..<300 {
      var project = RandomProject(seed: seed)
      for _ in 0..<3 {
        project.evolve()
        let plan = Planner.plan(project.input)
        let isDelete = plan.changes.map { $0.action == .delete }
        #expect(isDelete == isDelete.sorted { $0 && !$1 })
        #expect(plan.calls == plan.changes.count { $0.isCall })
        let addresses = plan.changes.filter { $0.action != .delete }.map(\.address)
        #expect(addresses == addresses.sorted())
        project.apply(plan)
      }
    }
  }
}
