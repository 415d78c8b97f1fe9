import ArgumentParser
import Documents
import Foundation
import Provisioning
import Testing

@testable import kitform
import Wiring

@Suite struct InvocationReportsTests {
  private func invocation(_ reports: [ReportRequest]) throws -> Invocation {
    Invocation("validate", try GlobalOptions.parse([]), reports: reports)
  }

  private var directory: String {
    FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
  }

  @Test(arguments: [
    (RunOutcome.done, RunOutcome.failed), (.noChanges, .failed), (.changes, .failed), (.invalid, .invalid),
    (.partial, .partial), (.interrupted, .interrupted),
  ])
  func `a report that cannot be written turns a success into a failure, and nothing worse into it`(
    before: RunOutcome, after: RunOutcome
  ) throws {
    let invocation = try invocation([ReportRequest(kind: .sarif, file: "\(directory)/a.sarif")])
    #expect(invocation.writeReports(before) == after)
    #expect(invocation.diagnostics.map(\.id) == ["report.unwritten"])
  }

  @Test func `the other reports are written all the same`() throws {
    let directory = directory
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let missing = ReportRequest(kind: .junit, file: "\(directory)/missing/a.xml")
    let there = ReportRequest(kind: .codequality, file: "\(directory)/a.json")
    let invocation = try invocation([missing, there])
    #expect(throws: LocalFailure.self) { try invocation.checkReports() }
    #expect(invocation.writeReports(.failed) == .failed)
    #expect(FileManager.default.fileExists(atPath: "\(directory)/a.json"))
    #expect(invocation.diagnostics.isEmpty, "the check has reported it already")
  }
}
