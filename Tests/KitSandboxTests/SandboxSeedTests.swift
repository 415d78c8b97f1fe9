import KitProfile
import KitSandbox
import Testing

@Suite struct SandboxSeedTests {
  private func seed() -> SandboxSeed {
    var seed = SandboxSeed(accountName: "acme")
    seed.queues = [.init(.title("Support"), maxWaitingTime: 300), .init(.title("Night"), maxWaitingTime: 900)]
    seed.functions = [.id(1207), .id(88)]
    seed.skills = [.title("billing"), .title("cafe\u{301}"), .title("café")]
    seed.topicSets = [.id(1002)]
    seed.apiTokens = [.init(.id(42), value: "stand-in-42"), .init(.title("Bots"), value: "stand-in-bots")]
    seed.credentials = ["stand-in-account"]
    return seed
  }

  @Test func `what the account lacks is made and said, what it has stays`() throws {
    var generator = SplitMix(state: 2)
    var account = LocalKit.account()
    let made = seed().plant(in: &account, using: &generator)
    #expect(
      made.lines == [
        "queue \"Night\" with the id 1208", "function 1207", "skill \"cafe\u{301}\" with the id 1209",
        "topic set 1002", "API token \"Bots\" with the id 1210",
      ])
    #expect(account.queues.map(\.maxWaitingTime) == [600, nil, 900])
    #expect(account.functions.map(\.id) == [88, 1207])
    #expect(account.topicSets.map(\.title) == ["Retail", "Wholesale", "no. 1002"])
    #expect(made.tokenValues == [1210: "stand-in-bots"])
  }

  @Test func `planting twice makes nothing the second time`() {
    var generator = SplitMix(state: 2)
    var account = Account(name: "acme")
    let first = seed().plant(in: &account, using: &generator)
    let once = account
    let second = seed().plant(in: &account, using: &generator)
    #expect(account == once)
    #expect(second.lines.isEmpty)
    #expect(first.tokenValues == second.tokenValues)
    #expect(first.tokenValues.count == 2)
  }

  @Test func `calls with the stand-in are let in, and fresh ids collide with none`() {
    var generator = SplitMix(state: 2)
    var account = Account(name: "acme")
    _ = seed().plant(in: &account, using: &generator)
    let ids =
      account.queues.map(\.id) + account.functions.map(\.id) + account.skills.map(\.id)
      + account.topicSets.map(\.id) + account.apiTokens.map(\.id)
    #expect(Set(ids).count == ids.count)
    let sandbox = Sandbox(account: account, profile: .builtIn)
    let path = "/api/v3/account/getAccountInfo"
    #expect(Answer(sandbox.exchange(LocalKit.request(path, token: "stand-in-account"))).status == 200)
    #expect(Answer(sandbox.exchange(LocalKit.request(path, token: "another"))).status == 401)
  }

  @Test func `the sandbox's own account follows the manifests, and one that a person gives stays`() {
    var generator = SplitMix(state: 2)
    var account = Account(name: "acme")
    _ = seed().plant(in: &account, using: &generator)
    var changed = seed()
    changed.accountName = "globex"
    changed.queues[0].maxWaitingTime = 1200
    changed.apiTokens[0].value = "stand-in-of-another-variable"
    var given = account
    #expect(changed.plant(in: &given, using: &generator).lines.isEmpty && given == account)
    changed.leads = true
    let made = changed.plant(in: &account, using: &generator)
    #expect(
      made.lines == [
        "the name \"globex\", which was \"acme\"", "the max. waiting time of 1200 s for the queue \"Support\"",
      ])
    #expect(account.name == "globex" && account.queues[0].maxWaitingTime == 1200)
    #expect(account.apiTokens.first { $0.id == 42 }?.hash?.matches("stand-in-of-another-variable") == true)
    #expect(changed.plant(in: &account, using: &generator).lines.isEmpty)
    changed.queues[0].maxWaitingTime = nil
    #expect(
      changed.plant(in: &account, using: &generator).lines == ["no max. waiting time for the queue \"Support\""])
    #expect(account.queues[0].maxWaitingTime == nil)
  }
}
