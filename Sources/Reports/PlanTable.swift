/// Lines whose parts stand under one another: what changes, how, why, and at the right where it comes from.
struct PlanTable {
  /// One line; its texts are escaped already.
  struct Line {
    /// How far its first part is indented.
    var indent: Int
    /// An address with its sign, or a field's name.
    var key: String
    /// A display name, or a difference.
    var value = ""
    /// Why.
    var cause = ""
    /// File and line.
    var place = ""
    var paint: Style.Paint?
  }

  /// No column grows beyond this where lines can be as long as they like.
  static let widest = 48

  private let lines: [Line]
  private let style: Style
  private let fieldKey: Int
  private let addressKey: Int
  private let cause: Int
  private let place: Int

  /// - Parameter widest: no column grows beyond this; a longer text moves the rest of its own line.
  init(_ lines: [Line], style: Style, widest: Int = PlanTable.widest) {
    self.lines = lines
    self.style = style
    func width(_ lines: [Line], _ part: (Line) -> Int) -> Int { min(lines.map(part).max() ?? 0, widest) }
    let tabular = lines.filter { !$0.value.isEmpty }
    let fieldKey = width(tabular.filter { $0.indent > 2 }) { $0.indent + $0.key.scalarCount }
    let addressKey = width(tabular.filter { $0.indent <= 2 }) { $0.indent + $0.key.scalarCount }
    self.fieldKey = fieldKey
    self.addressKey = addressKey
    let cause =
      2
      + (tabular.filter { !$0.cause.isEmpty || !$0.place.isEmpty }.map {
        ($0.indent > 2 ? fieldKey : addressKey) + 2 + min($0.value.scalarCount, widest)
      }.max() ?? 0)
    self.cause = cause
    place =
      2 + (lines.filter { !$0.place.isEmpty }.map { cause + min($0.cause.scalarCount, widest) }.max() ?? 0)
  }

  var text: String { rows.map { $0 + "\n" }.joined() }

  /// The lines as text, one for one.
  var rows: [String] { lines.map(render) }

  private func render(_ line: Line) -> String {
    var plain = String(repeating: " ", count: line.indent) + line.key
    if !line.value.isEmpty {
      plain = plain.padded(to: (line.indent > 2 ? fieldKey : addressKey) + 2) + line.value
    }
    var text = line.paint.map { style.paint(plain, $0) } ?? plain
    var column = plain.scalarCount
    for (part, start) in [(line.cause, cause), (line.place, place)] where !part.isEmpty {
      let blanks = max(start - column, 2)
      text += String(repeating: " ", count: blanks) + style.paint(part, .dim)
      column += blanks + part.scalarCount
    }
    return text
  }
}

extension String {
  fileprivate var scalarCount: Int { unicodeScalars.count }

  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(width - scalarCount, 2))
  }
}
