import Basics
import Documents
import Manifest
import Provisioning
import Reports
import Support
import Testing

@Suite struct ApplyTextTests {
  static func result() throws -> ApplyResult {
    func change(
      _ address: String, _ action: Provisioning.Action, _ verdict: ChangeResult.ChangeEnding,
      error: RemoteFailure? = nil
    ) throws -> ChangeResult {
      ChangeResult(
        address: try #require(Address(address)), action: action, verdict: verdict, uuid: "u", error: error, calls: 1,
        duration: .milliseconds(1250))
    }
    return ApplyResult(
      outcome: .partial,
      changes: [
        try change("ok.a", .create, .done),
        try change(
          "ok.b", .update, .failed, error: RemoteFailure("refused\u{1B}[2J", remedy: "try again", status: 422, code: 7)),
        try change("ok.c", .create, .uncertain),
        try change("ok.d", .delete, .notAttempted, error: RemoteFailure("held back because ok.b failed")),
      ], state: State(lineage: "l", serial: 1, environment: "e", account: PlanScene.binding), calls: 3,
      duration: .seconds(2))
  }

  @Test func `the end is a full account: done, failed, uncertain, not attempted`() throws {
    let text = ApplyText(color: false).render(try ApplyTextTests.result())
    #expect(text.contains("1 done, 1 failed, 1 uncertain, 1 not attempted"))
    #expect(text.contains("held back because ok.b failed") && text.contains("try again"))
    #expect(text.unicodeScalars.allSatisfy { $0 == "\n" || !SafeText.isUnsafe($0) })
  }

  @Test func `results in JSON have status, code, calls and seconds`() throws {
    guard case .array(let results)? = JSONValue.object(ApplyJSON.members(try ApplyTextTests.result()))["results"] else {
      Issue.record("there are no results")
      return
    }
    #expect(results.map { $0["result"] } == ["done", "failed", "uncertain", "not-attempted"])
    #expect(results[1]["error"]?["status"] == 422 && results[1]["error"]?["code"] == 7)
    #expect(results[0]["error"] == .null && results[0]["calls"] == 1 && results[0]["seconds"] == .number("1.250"))
  }
}
