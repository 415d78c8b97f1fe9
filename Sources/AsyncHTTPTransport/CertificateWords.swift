import FoundationEssentials

/// Says in plain words what is wrong with a server's certificate.
enum CertificateWords {
  /// What the verification found.
  enum CertificateFault: Sendable {
    /// The chain does not end in a trusted authority, or a certificate in it is out of date.
    case notTrusted
    /// The chain is good, the name is another one.
    case wrongHost
  }

  /// One clause whose subject is the server's certificate; what a certificate says of itself is quoted plain and short.
  static func describe(
    _ fault: CertificateFault, chain: [CertificateFacts], host: String, proxy: ProxySettings.Proxy?, now: Date = Date()
  ) -> String {
    let seconds = Int(now.timeIntervalSince1970)
    guard let leaf = chain.first else {
      let path = proxy.map {
        "; it came through the proxy \($0.description), and one that opens TLS needs its own authority"
      }
      switch fault {
      case .wrongHost: return "its certificate is not for \(host)" + (path ?? "")
      case .notTrusted: return "its certificate is not from a trusted authority or out of date" + (path ?? "") + remedy
      }
    }
    if case .wrongHost = fault {
      let names = leaf.names.prefix(3).joined(separator: ", ") + (leaf.names.count > 3 ? ", …" : "")
      return names.isEmpty
        ? "its certificate names no host, so it is not for \(host)" : "its certificate is for \(names), not for \(host)"
    }
    if let expired = chain.first(where: { $0.notAfter < seconds }) {
      return (leaf.notAfter < seconds ? "its certificate" : "a certificate that its own relies on")
        + " expired on \(day(expired.notAfter)); where that is wrong, set this machine's clock"
    }
    if let early = chain.first(where: { $0.notBefore > seconds }) {
      return
        "its certificate is not valid before \(day(early.notBefore)); where that is wrong, set this machine's clock"
    }
    if leaf.isSelfIssued { return "its certificate is self-signed" + remedy }
    let issuer = chain.last?.issuer ?? leaf.issuer
    return "its certificate comes from " + (issuer.map { "\"\($0)\"" } ?? "an unnamed authority")
      + ", which is not a trusted authority" + remedy
  }

  private static let remedy = "; --ca-file adds an authority of your own"

  private static func day(_ seconds: Int) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
  }
}
