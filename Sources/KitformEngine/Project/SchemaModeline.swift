/// The comment by which an editor with a YAML language server finds the schema of a manifest.
///
/// It names a file of the project rather than an address: every user of the binary has the schema, in the version that the binary
/// holds, and an editor needs no network. `kitform init` writes that file, and `kitform schema --write schemas` renews it.
package enum SchemaModeline {
  /// The project's directory with the schemas.
  package static let directory = "schemas"
  /// The file of the schema that manifests have.
  package static let fileName = "kitform.v1.schema.json"
  /// The same from the project's directory.
  package static let path = "\(directory)/\(fileName)"

  /// The first line of a manifest at a path relative to the project, with its line break: language servers take the schema's
  /// path from the file that names it.
  package static func line(for manifest: String) -> String {
    let levels = manifest.split(separator: "/").filter { $0 != "." }.count - 1
    return "# yaml-language-server: $schema=\(String(repeating: "../", count: max(0, levels)))\(path)\n"
  }
}
