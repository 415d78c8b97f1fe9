import Documents
import KitSandbox
import Testing

@Suite struct SecrecyTests {
  @Test func `an access token stands in no answer and in no file, and its hash is another each time`() throws {
    let kit = LocalKit()
    let first = kit.create(LocalKit.ok)
    let second = kit.create(LocalKit.ok)
    let updated = kit.update(1001, [("channel_settings", #"{"api_key":"tknSECRET:abc"}"#)])
    let texts = [first.text, second.text, updated.text, kit.list().text]
    #expect(texts.allSatisfy { !$0.contains("SECRET") && !$0.contains("api_key") })
    let account = kit.sandbox.snapshot.account
    let file = String(decoding: AccountFile.bytes(of: account), as: UTF8.self)
    #expect(!file.contains("SECRET"))
    #expect(!file.contains("full-token"))
    let hashes = account.channels.compactMap(\.accessToken)
    #expect(hashes.count == 2)
    #expect(hashes[0] != hashes[1])
    #expect(hashes.allSatisfy { $0.matches("tknSECRET:abc") && !$0.matches("tknSECRET:abd") })
  }

  @Test func `another access token replaces the old one`() throws {
    let kit = LocalKit()
    let id = try #require(kit.create(LocalKit.ok).id)
    _ = kit.update(id, [("channel_settings", #"{"api_key":"tkn2:x"}"#)])
    let hash = try #require(kit.sandbox.snapshot.account[channel: id]?.accessToken)
    #expect(hash.matches("tkn2:x"))
    #expect(!hash.matches("tknSECRET:abc"))
  }

  @Test func `a member of another kind's secret is not kept as an unknown one`() throws {
    let kit = LocalKit()
    let settings = #"{"url":"https://a.example","token_id":41,"api_key":"tknSECRET"}"#
    #expect(kit.create(LocalKit.custom.dropLast() + [("channel_settings", settings)]).status == 200)
    #expect(!kit.list().text.contains("SECRET"))
  }

  @Test func `refusals do not repeat what was sent as a secret`() {
    let kit = LocalKit()
    let answer = kit.create(LocalKit.ok.dropLast() + [("channel_settings", #"{"api_key":["tknSECRET"]}"#)])
    #expect(answer.status == 422)
    #expect(!answer.text.contains("SECRET"))
  }

  @Test func `events hold no query`() {
    let event = SandboxEvent(
      LocalKit().call(LocalKit.request("/x", query: "access_token=full-token")).exchange, method: "POST", path: "/x")
    #expect(event.words == "call 1: POST /x: 404")
  }
}
