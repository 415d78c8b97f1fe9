package import Manifest

/// A `--target`: one address, or all addresses of a kind (`ok.*`).
package enum Target: Sendable, Hashable, CustomStringConvertible {
  case address(Address)
  case kind(String)

  /// Reads `<kind>.<key>` or `<kind>.*`; nil for anything else.
  package init?(_ text: String) {
    if let address = Address(text) {
      self = .address(address)
    } else if text.hasSuffix(".*"), let probe = Address(text.dropLast() + "x") {
      self = .kind(probe.kind)
    } else {
      return nil
    }
  }

  package var description: String {
    switch self {
    case .address(let address): address.description
    case .kind(let kind): "\(kind).*"
    }
  }

  /// Whether an address is meant.
  package func matches(_ address: Address) -> Bool {
    switch self {
    case .address(let own): own == address
    case .kind(let kind): kind.utf8.elementsEqual(address.kind.utf8)
    }
  }

  /// The targets that neither the manifests nor the state know: a wrong use of the command line.
  package static func unknown(_ targets: [Target], configuration: Configuration, state: State?) -> [Target] {
    targets.filter { target in
      !configuration.records.contains { target.matches($0.address) }
        && !(state?.channels.contains { target.matches($0.address) } ?? false)
    }
  }
}

/// The targets of one plan, ready to be asked for many addresses.
struct TargetSet {
  private let addresses: Set<Address>
  private let kinds: Set<String>
  /// Whether there is no target, and so everything is meant.
  let isWhole: Bool
  /// The targets as given, once each, sorted by their bytes.
  let labels: [String]

  init(_ targets: [Target]) {
    var addresses: Set<Address> = []
    var kinds: Set<String> = []
    for target in targets {
      switch target {
      case .address(let address): addresses.insert(address)
      case .kind(let kind): kinds.insert(kind)
      }
    }
    self.addresses = addresses
    self.kinds = kinds
    isWhole = targets.isEmpty
    labels = Set(targets.map(\.description)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  func contains(_ address: Address) -> Bool {
    isWhole || addresses.contains(address) || kinds.contains(address.kind)
  }
}
