import Basics
import Manifest

/// A routing map as a Mermaid flow chart, which GitHub and GitLab draw.
package enum MermaidGraph {
  /// The chart: channels at the left, queues and functions at the right; a route that ends is dotted.
  package static func text(_ map: RoutingMap) -> String {
    var text = "flowchart LR\n"
    for (number, channel) in map.channels.enumerated() {
      let mark = channel.status == .unchanged ? "" : "\(channel.status.words): "
      text += "  c\(number)[\"\(mark)\(label(channel.address.description))<br/>\(label(channel.name))\"]\n"
    }
    for (number, target) in map.targets.enumerated() {
      let words = label("\(target.kind.words) \(target.label)")
      text += target.kind == .queue ? "  t\(number)[[\"\(words)\"]]\n" : "  t\(number){{\"\(words)\"}}\n"
    }
    for (number, channel) in map.channels.enumerated() {
      if let before = channel.before, before != channel.after {
        text += "  c\(number) -. before .-> t\(before)\n"
      }
      if let after = channel.after { text += "  c\(number) --> t\(after)\n" }
    }
    for status in RoutingMap.Status.allCases where status != .unchanged {
      let names = map.channels.indices.filter { map.channels[$0].status == status }.map { "c\($0)" }
      guard !names.isEmpty else { continue }
      text += "  classDef \(status.name) \(style(status))\n  class \(names.joined(separator: ",")) \(status.name)\n"
    }
    return text
  }

  /// Colours that can be read on light and dark pages, and a border that shows the same without them.
  private static func style(_ status: RoutingMap.Status) -> String {
    switch status {
    case .created: "fill:#dafbe1,stroke:#1a7f37,color:#0b2e14,stroke-width:3px"
    case .deleted: "fill:#ffebe9,stroke:#cf222e,color:#4c0a0e,stroke-width:2px,stroke-dasharray:6 4"
    case .rerouted: "fill:#ddf4ff,stroke:#0969da,color:#0a2540,stroke-width:3px"
    case .forgotten: "fill:#eaeef2,stroke:#57606a,color:#24292f,stroke-width:2px,stroke-dasharray:2 3"
    case .changed, .unchanged: "fill:#fff8c5,stroke:#9a6700,color:#3b2300,stroke-width:2px"
    }
  }

  /// A label inside double quotes: letters, digits, spaces, and a full stop or hyphen between letters as they are, all else
  /// as the code of a character.
  ///
  /// Mermaid puts the characters back after it has read the chart, so that none of them is syntax, Markdown or HTML.
  static func label(_ text: String) -> String {
    let scalars = Array(RoutingLabel.cut(text).unicodeScalars)
    func isPlain(_ place: Int) -> Bool {
      guard scalars.indices.contains(place) else { return false }
      return scalars[place].properties.isAlphabetic || scalars[place].properties.numericType == .decimal
    }
    var result = ""
    for (place, scalar) in scalars.enumerated() {
      let joins = (scalar == "." || scalar == "-") && isPlain(place - 1) && isPlain(place + 1)
      if isPlain(place) || joins || scalar == " " {
        result.unicodeScalars.append(scalar)
      } else {
        result += "#\(scalar.value);"
      }
    }
    return result
  }
}

/// A routing map in Graphviz's language.
package enum DOTGraph {
  package static func text(_ map: RoutingMap) -> String {
    var text = """
      digraph kitform {
        rankdir=LR
        node [fontname="sans-serif" fontsize=11 style="rounded"]
        edge [fontname="sans-serif" fontsize=9]

      """
    for (number, channel) in map.channels.enumerated() {
      let mark = channel.status == .unchanged ? "" : "\(channel.status.words): "
      text +=
        "  c\(number) [shape=box label=\"\(label(mark + channel.address.description))\\n\(label(channel.name))\""
        + "\(style(channel.status))]\n"
    }
    for (number, target) in map.targets.enumerated() {
      let shape = target.kind == .queue ? "box3d" : "hexagon"
      text += "  t\(number) [shape=\(shape) style=\"\" label=\"\(label("\(target.kind.words) \(target.label)"))\"]\n"
    }
    for (number, channel) in map.channels.enumerated() {
      if let before = channel.before, before != channel.after {
        text += "  c\(number) -> t\(before) [style=dashed label=\"before\"]\n"
      }
      if let after = channel.after { text += "  c\(number) -> t\(after)\n" }
    }
    return text + "}\n"
  }

  private static func style(_ status: RoutingMap.Status) -> String {
    switch status {
    case .created: " color=\"#1a7f37\" penwidth=3"
    case .deleted: " color=\"#cf222e\" style=\"rounded,dashed\" penwidth=2"
    case .rerouted: " color=\"#0969da\" penwidth=3"
    case .forgotten: " color=\"#57606a\" style=\"rounded,dotted\" penwidth=2"
    case .changed: " color=\"#9a6700\" penwidth=2"
    case .unchanged: ""
    }
  }

  /// A label inside double quotes: no quote, escape sequence or HTML entity of its own.
  static func label(_ text: String) -> String {
    RoutingLabel.cut(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("&", with: "&amp;")
  }
}

/// A label of a graph's node.
enum RoutingLabel {
  /// Escaped, and cut where it would make a node too large.
  static func cut(_ text: String, to length: Int = 80) -> String {
    let shown = SafeText.escape(text)
    guard shown.unicodeScalars.count > length else { return shown }
    return String(String.UnicodeScalarView(shown.unicodeScalars.prefix(length - 1))) + "…"
  }
}
