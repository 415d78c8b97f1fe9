import Channels
import Documents
import KitProfile
import Manifest
import Testing

@Suite struct ProfileProblemTests {
  private func kind(_ name: String, _ fields: [(String, Shape)]) -> Kind {
    Kind(
      name: name, title: name, documentation: "", summary: "",
      fields: fields.map { Field($0.0, $0.1, documentation: "", example: "", source: .ours) }, outputs: [])
  }

  @Test func `the built-in profile serves every kind`() {
    #expect(!Kinds.all.isEmpty)
    for kind in Kinds.all { #expect(APIProfile.builtIn.problems(for: kind) == []) }
  }

  @Test func `what a profile does not say is named`() {
    let problems = APIProfile.builtIn.problems(
      for: kind("ok", [("greeting", .text), ("name", .route([.queue])), ("redirect", .route([.skill]))]))
    let line = APIProfile.builtIn.channel[kind: "ok"]?.fields.first?.line ?? 0
    #expect(
      problems == [
        "the profile kit-v3 has no member for ok.greeting",
        "the profile kit-v3 describes ok.name wrongly: it needs `method` and one entry for each kind of objects",
        "the profile kit-v3 describes ok.redirect wrongly: it needs `skill`",
        "the profile kit-v3, line \(line), names ok.accessToken, which does not exist",
      ])
  }

  @Test func `a kind that a profile does not know is one problem`() {
    #expect(
      APIProfile.builtIn.problems(for: kind("viber", [("name", .text)]))
        == ["the profile kit-v3 does not have the kind viber under channel.kinds"])
  }
}
