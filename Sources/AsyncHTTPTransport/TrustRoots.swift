import FoundationEssentials
import NIOSSL

/// The certificate authorities that a server's certificate must come from.
///
/// The system's, as OpenSSL reads them: `SSL_CERT_FILE` replaces the system's file and `SSL_CERT_DIR` (directories parted
/// by colons) for its directory, so that the system's authorities count unless both are set. `--ca-file` adds to them.
package struct TrustRoots: Sendable {
  /// Why the authorities cannot be read.
  package struct TrustProblem: Error, Sendable, Equatable {
    /// The flag or variable that names the file or directory.
    package var source: String
    package var path: String
    /// What is wrong, as the end of a sentence that begins with the path.
    package var message: String

    /// One sentence without a full stop.
    package var description: String { "\(source): \(path) \(message)" }
  }

  let includesSystem: Bool
  let added: [NIOSSLCertificate]
  /// Where authorities beside the system's come from, in words for `-v`; nil when there are none.
  package let description: String?

  /// The system's authorities alone.
  package static let system = TrustRoots(includesSystem: true, added: [], description: nil)

  private init(includesSystem: Bool, added: [NIOSSLCertificate], description: String?) {
    self.includesSystem = includesSystem
    self.added = added
    self.description = description
  }

  /// Reads the files that the flag and the environment name.
  package init(caFile: String?, environment: [String: String]) throws(TrustProblem) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    var added: [NIOSSLCertificate] = []
    var sources: [String] = []
    if let path = caFile {
      added += try TrustRoots.certificates(inFile: path, source: "--ca-file")
      sources.append("--ca-file \(path)")
    }
    if let path = value("SSL_CERT_FILE") {
      added += try TrustRoots.certificates(inFile: path, source: "SSL_CERT_FILE")
      sources.append("SSL_CERT_FILE \(path)")
    }
    if let paths = value("SSL_CERT_DIR") {
      for path in paths.split(separator: ":") {
        added += try TrustRoots.certificates(inDirectory: String(path))
      }
      sources.append("SSL_CERT_DIR \(paths)")
    }
    self.added = added
    includesSystem = value("SSL_CERT_FILE") == nil || value("SSL_CERT_DIR") == nil
    description = sources.isEmpty ? nil : sources.joined(separator: ", ")
  }

  private static func certificates(inFile path: String, source: String) throws(TrustProblem) -> [NIOSSLCertificate] {
    let found: [NIOSSLCertificate]
    do {
      found = try NIOSSLCertificate.fromPEMFile(path)
    } catch {
      throw TrustProblem(
        source: source, path: path,
        message: FileManager.default.isReadableFile(atPath: path)
          ? "holds no certificates in PEM form" : "cannot be read")
    }
    guard !found.isEmpty else {
      throw TrustProblem(source: source, path: path, message: "holds no certificates in PEM form")
    }
    return found
  }

  /// The certificates of every file that has any; a directory of authorities holds other files too.
  private static func certificates(inDirectory path: String) throws(TrustProblem) -> [NIOSSLCertificate] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path).sorted() else {
      throw TrustProblem(source: "SSL_CERT_DIR", path: path, message: "cannot be read")
    }
    return names.flatMap { (try? NIOSSLCertificate.fromPEMFile("\(path)/\($0)")) ?? [] }
  }

  /// The TLS settings that hold for every connection: TLS 1.2 or later, chain and host name verified.
  var configuration: TLSConfiguration {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv12
    configuration.certificateVerification = .fullVerification
    configuration.trustRoots = includesSystem ? .default : .certificates([])
    configuration.additionalTrustRoots = added.isEmpty ? [] : [.certificates(added)]
    return configuration
  }
}
