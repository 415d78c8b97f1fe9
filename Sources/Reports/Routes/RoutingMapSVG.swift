import Manifest

/// A routing map as a picture: channels at the left, queues and functions at the right, each at its place in both pictures.
///
/// A sign, words, the border's form and a colour show what happens to a channel, so that no reader depends on colours.
struct RoutingMapSVG {
  /// Which of the two pictures.
  enum Side: String {
    case before = "Before"
    case after = "After"
  }

  private static let width = 360
  private static let row = 46
  private static let height = 38
  private static let channel = (x: 6, width: 166)
  private static let target = (x: 230, width: 124)

  private let map: RoutingMap
  private let channelRows: [Int]
  private let targetRows: [Int]
  private let total: Int

  init(_ map: RoutingMap) {
    self.map = map
    let row = RoutingMapSVG.row
    channelRows = map.channels.indices.map { $0 * row }
    var sums = [(sum: Int, count: Int)](repeating: (0, 0), count: map.targets.count)
    for (place, channel) in map.channels.enumerated() {
      for target in [channel.after, channel.before == channel.after ? nil : channel.before].compactMap({ $0 }) {
        sums[target].sum += place * row
        sums[target].count += 1
      }
    }
    targetRows = RoutingMapSVG.spread(sums.map { $0.count == 0 ? 0 : $0.sum / $0.count })
    total = max(map.channels.count * row, (targetRows.max() ?? 0) + row)
  }

  /// Places near the wanted ones, in their order and a row apart at least, none above the top.
  private static func spread(_ wanted: [Int]) -> [Int] {
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var places = wanted
    var next = 0
    for index in order {
      places[index] = max(wanted[index], next)
      next = places[index] + row
    }
    return places
  }

  /// The picture of one side.
  func render(_ side: Side) -> String {
    var svg =
      "<svg viewBox=\"0 0 \(RoutingMapSVG.width) \(total)\" role=\"img\" aria-label=\"\(side.rawValue): which channel leads to which queue or function\">\n"
    for (place, channel) in map.channels.enumerated() {
      guard let target = side == .before ? channel.before : channel.after else { continue }
      svg += edge(channelRows[place], targetRows[target], channel.status)
    }
    for (place, channel) in map.channels.enumerated() { svg += node(channel, at: channelRows[place], side) }
    let used = Set(map.channels.compactMap { side == .before ? $0.before : $0.after })
    for (place, target) in map.targets.enumerated() {
      svg += node(target, at: targetRows[place], isUsed: used.contains(place))
    }
    return svg + "</svg>\n"
  }

  private func edge(_ from: Int, _ to: Int, _ status: RoutingMap.Status) -> String {
    let x = RoutingMapSVG.channel.x + RoutingMapSVG.channel.width
    let end = RoutingMapSVG.target.x - 2
    let (y, z) = (from + RoutingMapSVG.height / 2, to + RoutingMapSVG.height / 2)
    let middle = (x + end) / 2
    return "<g class=\"edge \(status.name)\"><path d=\"M\(x) \(y)C\(middle) \(y) \(middle) \(z) \(end - 5) \(z)\"/>"
      + "<path class=\"tip\" d=\"M\(end - 8) \(z - 4)L\(end) \(z)L\(end - 8) \(z + 4)Z\"/></g>\n"
  }

  private func node(_ channel: RoutingMap.Channel, at y: Int, _ side: Side) -> String {
    let isGhost = side == .before ? channel.status == .created : channel.status == .deleted
    let words = isGhost ? (side == .before ? "not there yet" : "deleted") : statusWords(channel.status, side)
    let sign = RoutingMapSVG.sign(channel.status)
    let (x, width) = RoutingMapSVG.channel
    let kind = HTMLText.escape(channel.address.kind)
    var svg = "<g class=\"channel \(channel.status.name)\(isGhost ? " ghost" : "")\">"
    svg += "<title>\(HTMLText.escape("\(channel.address) “\(channel.name)”")), \(channel.status.words)</title>"
    svg += "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(RoutingMapSVG.height)\" rx=\"7\"/>"
    if !sign.isEmpty {
      svg += "<text class=\"sign\" x=\"\(x + 14)\" y=\"\(y + 25)\">\(sign)</text>"
    }
    let text = sign.isEmpty ? x + 10 : x + 26
    svg += "<text class=\"key\" x=\"\(text)\" y=\"\(y + 16)\">"
    svg += HTMLText.escape(RoutingMapSVG.fitted(channel.address.key, in: x + width - text - 4)) + "</text>"
    svg +=
      "<text class=\"note\" x=\"\(text)\" y=\"\(y + 31)\">\(kind)\(words.isEmpty ? "" : " · \(words)")</text></g>\n"
    return svg
  }

  private func node(_ target: RoutingMap.MapTarget, at y: Int, isUsed: Bool) -> String {
    let (x, width) = RoutingMapSVG.target
    let height = RoutingMapSVG.height
    let words = HTMLText.escape("\(target.kind.words) \(target.label)")
    var svg = "<g class=\"target\(isUsed ? "" : " ghost")\"><title>\(words)</title>"
    if target.kind == .queue {
      svg += "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" rx=\"2\"/>"
      svg += "<path d=\"M\(x + 5) \(y)V\(y + height)\"/>"
    } else {
      let (right, middle) = (x + width, y + height / 2)
      svg +=
        "<path class=\"box\" d=\"M\(x + 9) \(y)H\(right - 9)L\(right) \(middle)L\(right - 9) \(y + height)H\(x + 9)"
      svg += "L\(x) \(middle)Z\"/>"
    }
    svg += "<text class=\"key\" x=\"\(x + 14)\" y=\"\(y + 16)\">"
    svg += HTMLText.escape(RoutingMapSVG.fitted(target.label, in: width - 24)) + "</text>"
    svg += "<text class=\"note\" x=\"\(x + 14)\" y=\"\(y + 31)\">\(HTMLText.escape(target.kind.words))</text></g>\n"
    return svg
  }

  private static func sign(_ status: RoutingMap.Status) -> String {
    switch status {
    case .created: "+"
    case .deleted: "−"
    case .rerouted: "⇄"
    case .forgotten: "×"
    case .changed: "~"
    case .unchanged: ""
    }
  }

  private func statusWords(_ status: RoutingMap.Status, _ side: Side) -> String {
    switch (status, side) {
    case (.unchanged, _), (.changed, .before): ""
    case (.deleted, .before): "goes"
    case (.rerouted, .before): "leads elsewhere"
    default: status.words
    }
  }

  /// A string with its middle left out where it is wider than so many units; wide scripts count twice.
  private static func fitted(_ text: String, in width: Int) -> String {
    func size(_ text: some StringProtocol) -> Int {
      text.unicodeScalars.reduce(0) { sum, scalar in
        sum + (scalar.value < 0x80 ? 68 : scalar.value < 0x1100 ? 76 : 130)
      }
    }
    guard size(text) > width * 10 else { return text }
    var (head, tail) = (text[...], text[...])
    while size(head) > width * 5 { head = head.dropLast() }
    while size(tail) > width * 5 - 90 { tail = tail.dropFirst() }
    return "\(head)…\(tail)"
  }
}
