import Foundation
package import NIOSSL

/// Certificates that the `openssl` command makes once for all tests, in a directory of their own.
package struct TestCertificates: Sendable {
  package let directory: String

  /// Why there are none.
  struct Problem: Error, CustomStringConvertible {
    let description: String
  }

  private static let place = FileManager.default.temporaryDirectory
    .appendingPathComponent("kitform-tls-\(UUID().uuidString)").path
  private static let made = Result { try TestCertificates() }

  /// The certificates; a test that needs them fails with the reason where they cannot be made.
  package static func all() throws -> TestCertificates { try made.get() }

  package var authority: String { "\(directory)/ca.pem" }

  private init() throws {
    directory = TestCertificates.place
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    atexit { TestCertificates.remove() }
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    for (name, subject) in [("ca", "/CN=Kitform test authority"), ("stranger", "/CN=Unknown test authority")] {
      try openssl(
        ["req", "-x509"] + key + ["-days", "3650", "-subj", subject, "-keyout", "\(name).key", "-out", "\(name).pem"])
    }
    let here = "subjectAltName=DNS:localhost,DNS:kit.example.test,IP:127.0.0.1"
    try openssl(
      ["req", "-x509"] + key + [
        "-days", "30", "-subj", "/CN=localhost", "-addext", here, "-keyout", "self.key", "-out", "self.pem",
      ])
    try leaf("good", signedBy: "ca", days: 30, names: here)
    try leaf("unknown", signedBy: "stranger", days: 30, names: here)
    try leaf("expired", signedBy: "ca", days: -1, names: here)
    try leaf("elsewhere", signedBy: "ca", days: 30, names: "subjectAltName=DNS:other.example,DNS:www.other.example")
  }

  private static func remove() {
    try? FileManager.default.removeItem(atPath: place)
  }

  private func leaf(_ name: String, signedBy authority: String, days: Int, names: String) throws {
    try openssl([
      "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
      "-keyout",
      "\(name).key", "-out", "\(name).csr",
    ])
    try names.write(toFile: "\(directory)/\(name).cnf", atomically: false, encoding: .utf8)
    try openssl([
      "x509", "-req", "-in", "\(name).csr", "-CA", "\(authority).pem", "-CAkey", "\(authority).key", "-CAcreateserial",
      "-days", "\(days)", "-extfile", "\(name).cnf", "-out", "\(name).pem",
    ])
  }

  private func openssl(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["openssl"] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    let errors = Pipe()
    process.standardError = errors
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    let words = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Problem(
        description: process.terminationStatus == 127
          ? "the TLS tests need the openssl command; install it (apt-get install openssl)"
          : "openssl \(arguments.joined(separator: " ")) failed: \(String(decoding: words, as: UTF8.self))")
    }
  }

  /// A server's side of TLS with one of the certificates.
  package func server(_ name: String, from oldest: TLSVersion = .tlsv12, to newest: TLSVersion = .tlsv13) throws
    -> NIOSSLContext
  {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile("\(directory)/\(name).pem").map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: "\(directory)/\(name).key", format: .pem)))
    configuration.minimumTLSVersion = oldest
    configuration.maximumTLSVersion = newest
    return try NIOSSLContext(configuration: configuration)
  }
}
