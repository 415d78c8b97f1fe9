import Basics

/// Lines whose parts are aligned: what changes, how, why, and at the right where it comes from.
struct PlanTable {
  /// One line; its texts are escaped already.
  struct TableLine {
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

  private let lines: [TableLine]
  private let style: Style
  /// How wide the first part and the value of each line are.
  private let widths: [(key: Int, value: Int)]
  private let fieldKey: Int
  private let addressKey: Int
  private let cause: Int
  private let place: Int
  private let columns: Int?

  /// - Parameters:
  ///   - widest: no column grows beyond this; a longer text moves the rest of its own line.
  ///   - columns: how wide the terminal is; a place that does not fit gets a line of its own, so that it is never cut.
  init(_ lines: [TableLine], style: Style, widest: Int = PlanTable.widest, columns: Int? = nil) {
    self.lines = lines
    self.style = style
    self.columns = columns
    widths = lines.map { ($0.indent + $0.key.cells, $0.value.cells) }
    var keys = (field: 0, address: 0)
    for (line, width) in zip(lines, widths) where !line.value.isEmpty {
      if line.indent > 2 {
        keys.field = max(keys.field, width.key)
      } else {
        keys.address = max(keys.address, width.key)
      }
    }
    fieldKey = min(keys.field, widest)
    addressKey = min(keys.address, widest)
    var values = 0
    var causes: Int?
    for (line, width) in zip(lines, widths) where !line.cause.isEmpty || !line.place.isEmpty {
      if !line.value.isEmpty {
        values = max(values, (line.indent > 2 ? fieldKey : addressKey) + 2 + min(width.value, widest))
      }
      if !line.place.isEmpty { causes = max(causes ?? 0, min(line.cause.cells, widest)) }
    }
    let cause = 2 + values
    self.cause = cause
    place = 2 + (causes.map { cause + $0 } ?? 0)
  }

  /// The lines as text, each with its end.
  var text: String {
    var output: [UInt8] = []
    for index in lines.indices {
      render(index, to: &output)
      output.append(UInt8(ascii: "\n"))
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The lines as text, one for one.
  var rows: [String] {
    lines.indices.map { index in
      var output: [UInt8] = []
      render(index, to: &output)
      return String(decoding: output, as: UTF8.self)
    }
  }

  private func render(_ index: Int, to output: inout [UInt8]) {
    let line = lines[index]
    let width = widths[index]
    var column = width.key
    let start = output.count
    output.appendSpaces(line.indent)
    output.append(contentsOf: line.key.utf8)
    if !line.value.isEmpty {
      let spaces = max((line.indent > 2 ? fieldKey : addressKey) + 2 - column, 2)
      output.appendSpaces(spaces)
      output.append(contentsOf: line.value.utf8)
      column += spaces + width.value
    }
    if let paint = line.paint, style.color {
      let plain = String(decoding: output[start...], as: UTF8.self)
      output.removeSubrange(start...)
      output.append(contentsOf: style.paint(plain, paint).utf8)
    }
    for (part, start, isPlace) in [(line.cause, cause, false), (line.place, place, true)] where !part.isEmpty {
      var spaces = max(start - column, 2)
      if isPlace, let columns, column + spaces + part.cells > columns {
        // Under the key, or further left where it would not fit there either.
        output.append(UInt8(ascii: "\n"))
        spaces = max(min(line.indent + 4, columns - part.cells), 0)
        column = 0
      }
      output.appendSpaces(spaces)
      output.append(contentsOf: (style.color ? style.paint(part, .dim) : part).utf8)
      column += spaces + part.cells
    }
  }
}

extension [UInt8] {
  fileprivate mutating func appendSpaces(_ count: Int) {
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }
}

extension String {
  fileprivate var cells: Int { CellWidth.of(self) }
}
