import Basics
import Documents
import KitSandbox
import Testing
import Transport

@Suite struct StatusTests {
  @Test func `a call without an account name, or with another one, is answered 401`() {
    let kit = LocalKit()
    let path = "/api/v3/account/getAccountInfo"
    #expect(kit.call(LocalKit.request(path, account: nil)).status == 401)
    #expect(kit.call(LocalKit.request(path, account: "other")).status == 401)
    #expect(kit.call(LocalKit.request(path)).status == 200)
  }

  @Test(arguments: [nil, "", "wrong", "disabled-token"])
  func `a call without a valid token is answered 401`(token: String?) {
    let answer = LocalKit().call(LocalKit.request("/api/v3/account/getAccountInfo", token: token))
    #expect(answer.status == 401)
    #expect(answer.json["success"] == false)
    #expect(answer.result?["code"] == 401)
    #expect(answer.error?.hasPrefix("access_token: ") == true)
  }

  @Test func `a form of another content type holds no token`() {
    var request = LocalKit.request("/api/v3/account/getAccountInfo")
    request.headers = [("Content-Type", "application/json")]
    #expect(LocalKit().call(request).status == 401)
  }

  @Test func `the token may stand in the query, as Kit documents`() {
    let request = LocalKit.request("/api/v3/account/getAccountInfo", query: "access_token=full-token", token: nil)
    #expect(LocalKit().call(request).status == 200)
  }

  @Test func `a reading token may list and not write`() {
    let kit = LocalKit()
    #expect(kit.call(LocalKit.request("/api/v3/channel/searchChannels", token: "reading-token")).status == 200)
    let answer = kit.call(LocalKit.request("/api/v3/channel/addChannel", LocalKit.ok, token: "reading-token"))
    #expect(answer.status == 403)
    #expect(kit.sandbox.snapshot.account.channels.isEmpty)
  }

  @Test func `a contact centre that is switched off is answered 403, and the account still says so`() {
    let kit = LocalKit { $0.contactCentre = false }
    #expect(kit.list().status == 403)
    #expect(kit.call(LocalKit.request("/api/v3/account/getAccountInfo")).result?["domain"]?["cc_enabled"] == false)
  }

  @Test func `functions that are switched off can neither be listed nor routed to`() {
    let kit = LocalKit { $0.functionsEnabled = false }
    #expect(kit.call(LocalKit.request("/api/v3/function/searchFunctions")).status == 403)
    #expect(kit.create(LocalKit.custom).status == 403)
    #expect(kit.create(LocalKit.ok).status == 200)
  }

  @Test func `an account without balance reads and is answered 402 when it writes`() {
    let kit = LocalKit { $0.hasBalance = false }
    #expect(kit.list().status == 200)
    #expect(kit.create(LocalKit.ok).status == 402)
  }

  @Test(arguments: ["/", "/api/v3/channel/nothing", "/api/v3/botService/logout", "/api/v4/channel/addChannel"])
  func `an unknown path is answered 404 before anything else`(path: String) {
    #expect(LocalKit().call(LocalKit.request(path, token: nil)).status == 404)
  }

  @Test func `a method is called with POST`() {
    #expect(LocalKit().call(LocalKit.request("/api/v3/account/getAccountInfo", method: "GET")).status == 405)
  }

  @Test func `an unknown channel is answered 404, an id that is none 422`() {
    let kit = LocalKit()
    #expect(kit.update(5, [("channel_name", "x")]).status == 404)
    #expect(kit.delete(5).status == 404)
    #expect(kit.call(LocalKit.request("/api/v3/channel/deleteChannel", [("id", "five")])).status == 422)
  }

  @Test func `more calls than the rate limit allows are answered 429 until the bucket fills`() {
    var faults = Faults()
    faults.rateLimit = .init(perSecond: 10, burst: 2)
    let kit = LocalKit(faults: faults)
    #expect(kit.list().status == 200)
    #expect(kit.list().status == 200)
    let refused = kit.create(LocalKit.ok)
    #expect(refused.status == 429)
    #expect(refused.retryAfter == "1")
    #expect(kit.sandbox.snapshot.account.channels.isEmpty)
    kit.clock.advance(99)
    #expect(kit.list().status == 429)
    kit.clock.advance(100)
    #expect(kit.list().status == 200)
  }

  @Test func `a rate limit can keep to itself when to come again`() {
    var faults = Faults()
    faults.rateLimit = .init(perSecond: 1, burst: 1, saysWhen: false)
    let kit = LocalKit(faults: faults)
    #expect(kit.list().status == 200)
    let refused = kit.list()
    #expect(refused.status == 429)
    #expect(refused.retryAfter == nil)
  }

  @Test func `the account tells its name and switches`() {
    let result = LocalKit().call(LocalKit.request("/api/v3/account/getAccountInfo")).result
    #expect(result?["domain"]?["name"] == "acme")
    #expect(result?["domain"]?["cc_enabled"] == true)
    #expect(result?["domain"]?["function_enabled"] == true)
  }
}
