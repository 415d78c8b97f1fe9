package import Manifest
package import Provisioning
import YAML

/// One channel of the account as the YAML that describes it, and the entry of `adopt` that binds it.
package struct ChannelManifest: Sendable {
  package var address: Address
  package var id: Int
  package var uuid: String
  package var name: String
  /// The channel's fields in form order, a line each, without indentation.
  private(set) var lines: [String] = []
  /// Fields that the manifests cannot say, each with why; they are left to Kit.
  package private(set) var omitted: [(field: String, reason: String)] = []
  /// A callback URL with a part that may be a secret, which the YAML shows to every reader.
  package private(set) var hasQuery = false
  /// Why the channel cannot be described at all; nil where it can.
  package var rejection: String?

  /// Describes a channel.
  ///
  /// - Parameters:
  ///   - environment: the only environment in which the channel exists; nil in a project without environments.
  package init(_ channel: RemoteChannel, kind: Kind, address: Address, writer: ValueWriter, environment: String?) {
    self.address = address
    id = channel.id
    uuid = channel.uuid
    name = channel.name
    var group: (name: String, members: [String])?
    func closed(_ group: (name: String, members: [String])?) -> [String] {
      group.map { ["\($0.name): {\($0.members.joined(separator: ", "))}"] } ?? []
    }
    for (index, field) in kind.fields.enumerated() where field.role == .managed {
      let value = index < channel.values.count ? channel.values[index] : nil
      if group?.name != field.group.map(String.init) {
        lines += closed(group)
        group = nil
      }
      do throws(ValueWriter.Unsayable) {
        if channel.misread.contains(index) {
          throw ValueWriter.Unsayable(reason: "Kit shows it in another form than the API profile says")
        }
        guard let written = try ChannelManifest.written(value, field, writer) else { continue }
        if field.shape == .callbackURL, written.yaml.utf8.contains(UInt8(ascii: "?")) { hasQuery = true }
        let text = "\(field.key): \(written.yaml)"
        if let name = field.group.map(String.init) {
          group = (name, (group?.members ?? []) + [text])
        } else {
          lines.append(text + (written.comment.map { "  # \($0)" } ?? ""))
        }
      } catch {
        if field.isRequired {
          rejection = "\(field.name): \(error.reason)"
        } else {
          omitted.append((field.name, error.reason))
          lines += closed(group)
          group = nil
          lines.append("# \(field.name) stays as it is in Kit: \(ValueWriter.comment(error.reason))")
        }
      }
    }
    lines += closed(group)
    if let environment, let only = kind.fields.first(where: { $0.role == .environments }) {
      lines.append("\(only.name): [\(ScalarText.scalar(environment))]")
    }
  }

  /// The value as manifests write it; nil for an optional field that the account does not show.
  private static func written(
    _ value: Value?, _ field: Field, _ writer: ValueWriter
  ) throws(ValueWriter.Unsayable) -> ValueWriter.WrittenValue? {
    if field.isSecret {
      return ValueWriter.WrittenValue("{keep: true}", comment: "Kit's value stays; write {env: NAME} to manage it")
    }
    guard let value else {
      if field.isRequired { throw ValueWriter.Unsayable(reason: "the account does not show it") }
      return nil
    }
    return try writer.write(value, field)
  }

  /// The lines of the channel with its key, indented as under its kind.
  package var block: String {
    "    \(ScalarText.scalar(address.key)):\n" + lines.map { "      \($0)\n" }.joined()
  }

  /// The entry that binds the address to the channel, indented as under `adopt`.
  package var adoption: String { "  \(address): {uuid: \(ChannelManifest.scalar(uuid: uuid))}\n" }

  /// A whole file with this channel alone; `SchemaModeline` has a line to put before it.
  package var file: String { ChannelManifest.document([self]) }

  /// One document with several channels, sorted by address; a channel that cannot be described becomes comments.
  package static func document(_ channels: [ChannelManifest]) -> String {
    let channels = channels.sorted { $0.address < $1.address }
    var text = ""
    let described = channels.filter { $0.rejection == nil }
    if !described.isEmpty {
      text += "channels:\n"
      var kind: String?
      for channel in described {
        if channel.address.kind != kind { text += "  \(channel.address.kind):\n" }
        kind = channel.address.kind
        text += channel.block
      }
      text += "\nadopt:\n" + described.map(\.adoption).joined()
    }
    for channel in channels {
      guard let rejection = channel.rejection else { continue }
      text += text.isEmpty ? "" : "\n"
      text +=
        "# \(channel.address) (id \(channel.id), \"\(ValueWriter.comment(channel.name))\") cannot be described: \(ValueWriter.comment(rejection))\n"
      text += "#   \(channel.address.kind):\n"
      text += channel.block.split(separator: "\n").map { "# \($0)\n" }.joined()
    }
    return text
  }

  /// A UUID needs no quotes in its usual form.
  package static func scalar(uuid: String) -> String {
    let parts = uuid.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    let isUsual =
      parts.map(\.count) == [8, 4, 4, 4, 12]
      && parts.allSatisfy { part in
        part.allSatisfy { byte in
          (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
        }
      }
    return isUsual ? uuid : ValueWriter.scalar(uuid)
  }
}
