import Basics
import Documents
package import Manifest
package import Provisioning

extension Engine {
  /// Which channels are exported.
  package struct ExportFilter: Sendable {
    /// The kind's name in manifests; nil for all.
    package var kind: String?
    /// A pattern for display names, with `*` and `?`; nil for all.
    package var name: String?

    package init(kind: String? = nil, name: String? = nil) {
      self.kind = kind
      self.name = name
    }

    func matches(_ channel: RemoteChannel) -> Bool {
      (kind.map { $0 == channel.kind?.name } ?? true) && (name.map { Glob.matches(name: channel.name, $0) } ?? true)
    }
  }

  /// An account as manifests, with everything that they do not say.
  package struct Export: Sendable {
    /// Channels of the kinds that Kitform knows, sorted by address.
    package var channels: [ChannelManifest] = []
    /// Channels of other kinds, sorted by id.
    package var unknown: [RemoteChannel] = []
    /// Channels that have an address already, sorted by id.
    package var managed: [(address: Address, channel: RemoteChannel)] = []
    /// What the next plan would change although nothing was edited, by address.
    package var changes: [(address: Address, fields: [String])] = []
  }

  /// Describes the channels of an account that no address is bound to.
  ///
  /// Keys are made from all names of the account, so that a filter changes none. Each channel is decoded again beside the
  /// project that is there; what would be an error makes it one that cannot be described.
  package func export(
    _ filter: ExportFilter, state: State?, view: AccountView, options: DecodingOptions
  ) -> Export {
    let bindings = Bindings(configuration, state: state, channels: view.channels)
    var keys = ChannelKey(
      taken: loaded.addresses(options).union(state?.channels.map(\.address) ?? []).union(bindings.bound))
    let writer = valueWriter(view, options)
    var export = Export()
    for channel in view.channels.sorted(by: { $0.id < $1.id }) {
      guard let kind = channel.kind else {
        if filter.matches(channel) { export.unknown.append(channel) }
        continue
      }
      if let address = bindings.addresses[channel.id] {
        if filter.matches(channel) { export.managed.append((address, channel)) }
        continue
      }
      let address = keys.address(kind: kind.name, name: channel.name, id: channel.id)
      guard filter.matches(channel) else { continue }
      export.channels.append(
        ChannelManifest(channel, kind: kind, address: address, writer: writer, environment: environment))
    }
    export.channels.sort { $0.address < $1.address }
    prove(&export, state: state, view: view, options: options)
    return export
  }

  /// Writes values as this project's manifests would.
  package func valueWriter(_ view: AccountView, _ options: DecodingOptions) -> ValueWriter {
    ValueWriter(
      view.facts, relaxed: loaded.project.findings.relaxed,
      allowsPrivateAddresses: options.isSandbox || HostClass.isLoopback(hostOfAPI))
  }

  private var hostOfAPI: String {
    configuration.account.apiHost.flatMap { try? Origin(written: $0.value) }?.host ?? ""
  }

  /// Holds every description beside the project against the account.
  private func prove(_ export: inout Export, state: State?, view: AccountView, options: DecodingOptions) {
    let described = export.channels.indices.filter { export.channels[$0].rejection == nil }
    let first = loaded.project.sources.files.count
    let candidate = loaded.adding(
      described.map { SourceFile(path: "\(export.channels[$0].address).yaml", text: export.channels[$0].file) })
    let (plan, findings) = preview(candidate, state: state, view: view, options: options)
    for finding in findings where finding.severity == .error {
      guard let file = finding.place.map({ Int($0.file) - first }), described.indices.contains(file) else { continue }
      export.channels[described[file]].rejection = "\(finding.message) (\(finding.id))"
    }
    let addresses = Set(described.map { export.channels[$0].address })
    for change in plan.changes where addresses.contains(change.address) && change.action != .adopt {
      export.changes.append((change.address, change.fields.map(\.name)))
    }
  }
}
