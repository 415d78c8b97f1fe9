package import Basics
package import Documents
import Foundation

/// The verdicts of an independent implementation of JSON Schema: Python's `jsonschema`.
package enum SchemaVerdicts {
  /// Whether the implementation is on this machine.
  package static let isAvailable: Bool = (try? run(["-c", "import jsonschema"])) == 0

  /// What the schema says to each instance: nil where it is valid, else where and why not.
  package static func judge(_ instances: [JSONValue], by schema: JSONValue) throws -> [String?] {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("kitform-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let files = ["schema", "instances", "verdicts"].map { directory.appendingPathComponent($0) }
    try Data(CanonicalJSON.encode(schema)).write(to: files[0])
    try Data(instances.flatMap { CanonicalJSON.encode($0) + [UInt8(ascii: "\n")] }).write(to: files[1])
    let script = GeneratedFile.root.appendingPathComponent("Tests/Support/schema-verdicts.py").path
    let status = try run([script] + files.map(\.path))
    guard status == 0 else { throw Failure.status(status) }
    let verdicts = String(decoding: try Data(contentsOf: files[2]), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    guard verdicts.count == instances.count else { throw Failure.count(verdicts.count) }
    return verdicts.map { $0.isEmpty ? nil : String($0) }
  }

  private enum Failure: Error { case status(Int32), count(Int) }

  private static func run(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}

extension Document {
  /// The value of a node as an editor reads it: plain scalars typed by YAML 1.2's core schema, whatever their spelling.
  package func coreJSON(_ node: Int) -> JSONValue {
    switch shape(node) {
    case .sequence: return .array(items(node).map { coreJSON($0) })
    case .mapping: return .object(pairs(node).map { JSONValue.Member(self.text($0.key), coreJSON($0.value)) })
    case .scalar, .alias: break
    }
    let text = self.text(node)
    guard isPlain(node) else { return .string(text) }
    if isNull(node) { return .null }
    if ["true", "True", "TRUE"].contains(text) { return true }
    if ["false", "False", "FALSE"].contains(text) { return false }
    if Scalars.isCoreInteger(text) {
      if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map { .integer($0) } ?? .number("1e40") }
      if text.hasPrefix("0o") { return Int(text.dropFirst(2), radix: 8).map { .integer($0) } ?? .number("1e40") }
      return Int(text).map { .integer($0) } ?? .number("1e40")
    }
    if Scalars.isCoreFloat(text) {
      guard let number = Double(text), number.isFinite else { return .number("1e999") }
      return .number("\(number)")
    }
    return .string(text)
  }
}
