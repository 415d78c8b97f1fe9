import Documents
import Manifest
import Testing

@Suite struct FindingsTests {
  @Test func `past a limit nothing more is kept, and the last one says how much that is`() {
    var findings = Findings()
    for number in 0..<Findings.limit + 7 { findings.report(.valueType, at: nil, "number \(number)") }
    #expect(findings.list.count == Findings.limit)
    #expect(findings.list.last?.message == "number \(Findings.limit - 1)")
    #expect(findings.list.last?.notes.map(\.message) == ["7 more findings are not shown"])
  }

  @Test func `warnings without end hide no error`() {
    var findings = Findings()
    findings.append(
      contentsOf: (0...Findings.limit).map { Diagnostic(.nameLength, .warning, at: nil, "number \($0)") })
    #expect(!findings.hasErrors)
    findings.report(.valueType, at: nil, "the error")
    #expect(findings.hasErrors && findings.list.contains { $0.message == "the error" })
  }
}
