import Basics
package import Manifest
package import Provisioning
package import Transport

/// The callback URL of one channel, as a request that can be sent and as words that can be shown.
package struct CallbackProbe: Sendable {
  package var address: Address
  /// One GET; nil where the URL has no value here.
  package private(set) var request: HTTPRequest?
  /// Whether the request has the signature that Kit's own would have.
  package private(set) var isSigned = false
  /// Why the request of an applied channel has no signature; nil where nothing keeps it from having one.
  package private(set) var unsigned: String?
  /// Scheme, host and port; the path may be what keeps the callback secret.
  package var shown: String
  /// Why there is no request.
  package var problem: String?
  /// The whole URL, which is never shown; empty where it has no value here.
  private var url = ""

  /// The callbacks of an environment's channels, sorted by address.
  package static func of(_ configuration: Configuration, _ secrets: SecretResolver) -> [CallbackProbe] {
    let resolved = secrets.resolve(records: configuration.records)
    return configuration.records.compactMap { record in
      guard let index = record.kind.fields.firstIndex(where: { $0.shape == .callbackURL }),
        let slot = record.slots[index]
      else { return nil }
      let name = record.kind.fields[index].name
      switch slot.value {
      case .text(let text): return CallbackProbe(record.address, text)
      case .secret(.keep): return nil
      case .secret(let reference):
        guard let secret = resolved[record.address, name] else {
          return CallbackProbe(
            address: record.address, request: nil, shown: "", problem: "\(reference.label) has no value here")
        }
        return secret.reveal { CallbackProbe(record.address, $0) }
      default: return nil
      }
    }
  }

  /// The target with a signature for its request.
  package func signed(_ signature: String) -> CallbackProbe {
    var target = self
    target.request?.headers.append(("Authorization", signature))
    target.isSigned = request != nil
    return target
  }

  /// The target with the reason why its request has no signature.
  package func unsigned(because reason: String) -> CallbackProbe {
    var target = self
    target.unsigned = request == nil ? nil : reason
    return target
  }

  /// Whether the URL is the one that the account's channel has, byte by byte: only there Kit sends its signature too.
  package func isKnown(to channel: RemoteChannel) -> Bool {
    guard let kind = channel.kind, let index = kind.fields.firstIndex(where: { $0.shape == .callbackURL }),
      channel.values.indices.contains(index), case .text(let text)? = channel.values[index]
    else { return false }
    return url.utf8.elementsEqual(text.utf8)
  }

  private init(address: Address, request: HTTPRequest?, shown: String, problem: String?) {
    self.address = address
    self.request = request
    self.shown = shown
    self.problem = problem
  }

  private init(_ address: Address, _ text: String) {
    guard let url = try? URLParts(text) else {
      self.init(address: address, request: nil, shown: "", problem: "the callback is no usable URL")
      return
    }
    let host = url.host.utf8.contains(UInt8(ascii: ":")) ? "[\(url.host)]" : url.host
    self.init(
      address: address,
      request: HTTPRequest(
        method: "GET", scheme: url.scheme, host: url.host, port: url.port, path: url.path.isEmpty ? "/" : url.path,
        query: url.query ?? "", queryIsSecret: true),
      shown: "\(url.scheme)://\(host)\(url.port.map { ":\($0)" } ?? "")", problem: nil)
    self.url = text
  }
}
