import Basics
package import Documents

/// The difference of two versions of a file, as `diff -u` writes it, fit for a terminal and without secrets.
package struct UnifiedDiff: Sendable {
  private let old: Side
  private let new: Side
  private let color: Bool

  /// Lines of context around each change.
  private static let context = 3
  /// Past this many changed lines, the rest is shown as removed and added as a whole.
  private static let budget = 4_000

  /// One version: its lines for comparison, and what may be shown of them.
  private struct Side: Sendable {
    var lines: [ArraySlice<UInt8>] = []
    var source: SourceFile
    var masking: Masking
    /// Every line ends with CRLF.
    var isCRLF: Bool { !lines.isEmpty && lines.allSatisfy { $0.suffix(2).elementsEqual([0x0D, 0x0A]) } }

    init(_ source: SourceFile, _ secretPlaces: [SourcePlace]) {
      self.source = source
      masking = Masking(secretPlaces: secretPlaces, unparsed: [])
      var start = 0
      for index in source.bytes.indices where source.bytes[index] == 0x0A {
        lines.append(source.bytes[start...index])
        start = index + 1
      }
      if start < source.bytes.count { lines.append(source.bytes[start...]) }
    }

    /// A line as it may be shown, its secrets masked.
    func shown(_ index: Int, hidesReturns: Bool) -> String {
      let line = lines[index]
      let end = line.last == 0x0A ? line.endIndex - (hidesReturns ? 2 : 1) : line.endIndex
      var text = ""
      var position = line.startIndex
      for hidden in masking.ranges(ofLine: line.startIndex..<end, in: source, file: 0) {
        text += String(decoding: source.bytes[position..<hidden.lowerBound], as: UTF8.self) + "•••"
        position = hidden.upperBound
      }
      text += String(decoding: source.bytes[position..<end], as: UTF8.self)
      return SafeText.escape(text) + (line.last == 0x0A ? "" : "\n\\ No newline at end of file")
    }
  }

  /// Compares two versions; the places are those of secrets in each.
  package init(
    _ old: SourceFile, oldSecrets: [SourcePlace], new: SourceFile, newSecrets: [SourcePlace], color: Bool
  ) {
    self.old = Side(old, oldSecrets)
    self.new = Side(new, newSecrets)
    self.color = color
  }

  /// One line of the difference.
  private enum Step {
    case same(Int, Int)
    case removed(Int)
    case added(Int)

    var isSame: Bool { if case .same = self { true } else { false } }
  }

  /// The difference; empty where both are equal.
  package func render() -> String {
    let steps = steps()
    let changed = steps.indices.filter { !steps[$0].isSame }
    guard !changed.isEmpty else { return "" }
    let path = SafeText.escape(old.source.path)
    var result = paint("--- \(path)", "1") + "\n" + paint("+++ \(path)", "1") + "\n"
    var index = 0
    var (counted, starts) = (0, (old: 0, new: 0))
    while index < changed.count {
      let first = max(0, changed[index] - UnifiedDiff.context)
      var last = changed[index]
      while index < changed.count, changed[index] - last <= 2 * UnifiedDiff.context + 1 {
        last = changed[index]
        index += 1
      }
      for step in steps[counted..<first] {
        if !isAdded(step) { starts.old += 1 }
        if !isRemoved(step) { starts.new += 1 }
      }
      counted = first
      result += hunk(steps, first..<min(steps.count, last + UnifiedDiff.context + 1), starts)
    }
    return result
  }

  /// - Parameter starts: How many lines of each version come before the hunk.
  private func hunk(_ steps: [Step], _ range: Range<Int>, _ starts: (old: Int, new: Int)) -> String {
    var starts = starts
    let counts = (old: steps[range].count { !isAdded($0) }, new: steps[range].count { !isRemoved($0) })
    // An empty side is named by the line before it.
    if counts.old > 0 { starts.old += 1 }
    if counts.new > 0 { starts.new += 1 }
    // Line ends that both versions have everywhere are no difference.
    let hidesReturns = old.isCRLF && new.isCRLF
    var result = paint("@@ -\(starts.old),\(counts.old) +\(starts.new),\(counts.new) @@", "36") + "\n"
    for step in steps[range] {
      switch step {
      case .same(let index, _): result += " \(old.shown(index, hidesReturns: hidesReturns))\n"
      case .removed(let index): result += paint("-\(old.shown(index, hidesReturns: hidesReturns))", "31") + "\n"
      case .added(let index): result += paint("+\(new.shown(index, hidesReturns: hidesReturns))", "32") + "\n"
      }
    }
    return result
  }

  /// Both versions in one list, in order.
  private func steps() -> [Step] {
    var first = 0
    let shorter = min(old.lines.count, new.lines.count)
    while first < shorter, old.lines[first] == new.lines[first] { first += 1 }
    var tail = 0
    while tail < shorter - first, old.lines[old.lines.count - 1 - tail] == new.lines[new.lines.count - 1 - tail] {
      tail += 1
    }
    let oldMiddle = first..<old.lines.count - tail
    let newMiddle = first..<new.lines.count - tail
    var removed: Set<Int> = Set(oldMiddle)
    var added: Set<Int> = Set(newMiddle)
    if oldMiddle.count + newMiddle.count <= UnifiedDiff.budget {
      removed = []
      added = []
      for change in new.lines[newMiddle].difference(from: old.lines[oldMiddle]) {
        switch change {
        case .remove(let offset, _, _): removed.insert(first + offset)
        case .insert(let offset, _, _): added.insert(first + offset)
        }
      }
    }
    var result: [Step] = []
    var left = 0
    var right = 0
    while left < old.lines.count || right < new.lines.count {
      if removed.contains(left) {
        result.append(.removed(left))
        left += 1
      } else if added.contains(right) {
        result.append(.added(right))
        right += 1
      } else {
        result.append(.same(left, right))
        left += 1
        right += 1
      }
    }
    return result
  }

  private func isAdded(_ step: Step) -> Bool { if case .added = step { true } else { false } }
  private func isRemoved(_ step: Step) -> Bool { if case .removed = step { true } else { false } }

  private func paint(_ text: String, _ code: String) -> String { color ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
