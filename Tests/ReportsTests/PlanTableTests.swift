import Basics
import Documents
import Testing

@testable import Reports

struct PlanTableTests {
  private func table(_ columns: Int?, _ values: [String]) -> [Substring] {
    let lines = values.map {
      PlanTable.TableLine(indent: 6, key: "name", value: $0, cause: "changed here", place: "channels/support.yaml:12")
    }
    return PlanTable(lines, style: Style(color: false), columns: columns).text.split(separator: "\n")
  }

  @Test func `parts stand under one another whatever the script of a name`() {
    let rows = table(nil, ["Sales", "日本語チーム", "Cafe\u{301}", "😀 team"])
    let causes = rows.map { row in
      CellWidth.of(String(row[..<(row.firstRange(of: "changed here")?.lowerBound ?? row.startIndex)]))
    }
    #expect(Set(causes).count == 1, "\(rows)")
  }

  @Test func `a place that does not fit gets a line of its own, and is never cut`() {
    for columns in [10, 40, 60, 80] {
      let rows = table(columns, ["Sales", "a name of some length that fills a line by itself"])
      let places = rows.filter { $0.contains("channels/support.yaml:12") }
      #expect(places.count == 2, "\(rows)")
      for row in places {
        let fits = CellWidth.of(String(row)) <= columns
        #expect(fits || row == "channels/support.yaml:12", "\(columns): \(row)")
      }
    }
    #expect(table(200, ["Sales"]).count == 1)
  }
}
