package import Basics
import Manifest

/// A routing map as members of a JSON document.
package enum RoutingJSON {
  /// An object for each channel, sorted by address: `{"address", "name", "route": {"kind", "label"}}`.
  package static func value(_ map: RoutingMap) -> JSONValue {
    .array(
      map.channels.sorted { $0.address < $1.address }.map { channel in
        [
          "address": .string(channel.address.description), "name": .string(channel.name),
          "route": channel.after.map { place in
            ["kind": .string(map.targets[place].kind.rawValue), "label": .string(map.targets[place].label)]
          } ?? .null,
        ]
      })
  }
}
