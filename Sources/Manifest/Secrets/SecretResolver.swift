package import Basics
package import Documents

/// Turns secret references into their values, late and in memory only (Security.md, "Where a value is and is not").
package struct SecretResolver: Sendable {
  /// The variable that lists the directories for secrets, separated by colons.
  package static let directoriesVariable = "KITFORM_SECRET_DIRS"
  /// The directories where the variable is not set: where Docker, Podman and Kubernetes put secrets.
  package static let defaultDirectories = ["/run/secrets", "/var/run/secrets"]

  private let mode: Mode

  private enum Mode: Sendable {
    case real(Sources)
    case standIns
  }

  fileprivate struct Sources: Sendable {
    var environment: [String: String]
    /// Absolute, without `.` and `..`.
    var project: String
    var directories: [String]
    var files: any SecretFiles
    var known: KnownSecrets
  }

  /// Resolves from `environment` and from files.
  ///
  /// - Parameters:
  ///   - environment: the process's variables; the directories for secrets are read from it too.
  ///   - projectDirectory: an absolute path; relative paths start there.
  ///   - files: reads the files.
  ///   - known: gets every value as soon as it is resolved.
  package init(
    environment: [String: String], projectDirectory: String, files: any SecretFiles,
    known: KnownSecrets = KnownSecrets()
  ) {
    mode = .real(
      Sources(
        environment: environment, project: FilePath.absolute(projectDirectory, in: "/"),
        directories: SecretResolver.directories(environment[SecretResolver.directoriesVariable]), files: files,
        known: known))
  }

  private init(mode: Mode) { self.mode = mode }

  /// Resolves nothing: each reference gets a stand-in derived from the reference, the same in every run, for `--sandbox`.
  package static let standIns = SecretResolver(mode: .standIns)

  /// The value of a reference; nil for `{keep: true}`.
  package func resolve(_ reference: SecretReference) throws(SecretFailure) -> Secret? {
    switch mode {
    case .standIns: return SecretResolver.standIn(for: reference, shape: .secret)
    case .real(let sources):
      let secret = try sources.resolve(reference)
      secret?.reveal { sources.known.insert($0) }
      return secret
    }
  }

  /// The values of every field that comes from a secret reference, in the order of the records.
  ///
  /// The secret behind an API token (`apiToken.value`) is none of them: it serves the channel at run time only.
  package func resolve(records: [Record]) -> ResolvedSecrets {
    resolve(
      records.lazy.flatMap { record in
        zip(record.kind.fields, record.slots).compactMap { field, slot in
          guard let slot, case .secret(let reference) = slot.value else { return nil }
          return SecretRequest(record.address, field, reference, at: slot.place)
        }
      })
  }

  /// The values of single fields.
  package func resolve(_ requests: some Sequence<SecretRequest>) -> ResolvedSecrets {
    var result = ResolvedSecrets()
    var cache: [SecretReference: Result<Secret?, SecretFailure>] = [:]
    for request in requests {
      if case .standIns = mode {
        result[request.address, request.field.name] = SecretResolver.standIn(
          for: request.reference, shape: request.field.shape)
        continue
      }
      let value = cache[request.reference] ?? attempt(request.reference)
      cache[request.reference] = value
      switch value {
      case .success(let secret): result[request.address, request.field.name] = secret
      case .failure(let failure):
        let key = ResolvedSecrets.SecretField(request.address, request.field.name)
        result.fail(
          .init(
            key: key, reference: request.reference, reason: failure.words, isMissing: failure.isMissing,
            place: request.place))
      }
    }
    return result
  }

  /// A field whose value comes from a secret reference.
  package struct SecretRequest {
    var address: Address
    var field: Field
    var reference: SecretReference
    var place: SourcePlace?

    package init(_ address: Address, _ field: Field, _ reference: SecretReference, at place: SourcePlace?) {
      self.address = address
      self.field = field
      self.reference = reference
      self.place = place
    }
  }

  private func attempt(_ reference: SecretReference) -> Result<Secret?, SecretFailure> {
    do throws(SecretFailure) { return .success(try resolve(reference)) } catch { return .failure(error) }
  }

  /// The directories that `KITFORM_SECRET_DIRS` lists; relative and empty entries count for nothing.
  private static func directories(_ list: String?) -> [String] {
    guard let list else { return defaultDirectories }
    return list.utf8.split(separator: UInt8(ascii: ":")).filter { $0.first == UInt8(ascii: "/") }
      .map { FilePath.absolute(String(Substring($0)), in: "/") }
  }

  /// What a stand-in is derived from.
  private static func words(_ reference: SecretReference) -> String {
    switch reference {
    case .environment(let name): name
    case .file(let path): "file \(path)"
    case .fileNamedBy(let name): "the file named by \(name)"
    case .keep: "keep"
    }
  }

  /// A stand-in for a value: a hash of the reference, as a URL where the field is one.
  ///
  /// It has 33 bytes: no key that is made of it needs scrypt, which would be most of a sandboxed plan's time.
  private static func standIn(for reference: SecretReference, shape: Shape) -> Secret? {
    guard reference != .keep else { return nil }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in SecretResolver.words(reference).utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let digits = String(hash, radix: 16)
    let name = String(repeating: "0", count: 16 - digits.count) + digits
    return Secret(shape == .callbackURL ? "https://sandbox.invalid/\(name)" : "sandbox-stand-in-\(name)")
  }
}

extension SecretResolver.Sources {
  func resolve(_ reference: SecretReference) throws(SecretFailure) -> Secret? {
    switch reference {
    case .keep: return nil
    case .environment(let name):
      guard let value = environment[name] else { throw .notSet(name) }
      return try SecretText.check(Array(value.utf8), of: reference)
    case .file(let path):
      let absolute = FilePath.absolute(path, in: project)
      if directories.contains(where: { FilePath.lies(absolute, in: $0) }) {
        return try read(absolute, inside: nil, of: reference)
      }
      guard FilePath.lies(absolute, in: project) else { throw .notAllowed(path, directories: directories) }
      return try read(absolute, inside: project, of: reference)
    case .fileNamedBy(let name):
      guard let path = environment[name] else { throw .notSet(name) }
      guard !path.isEmpty else { throw .empty(.environment(name)) }
      return try read(named: path, of: reference)
    }
  }

  /// Reads the file that a variable names: anywhere, but under the rules of the project where it lies in it.
  ///
  /// The environment chose the file, so that outside the project only the directories of git and other tools are refused.
  private func read(named path: String, of reference: SecretReference) throws(SecretFailure) -> Secret {
    let absolute = FilePath.absolute(path, in: project)
    guard FilePath.lies(absolute, in: project) else {
      guard !SecretPolicy.isForeign(absolute, from: absolute) else { throw .file(reference, .foreign) }
      return try read(absolute, inside: nil, of: reference)
    }
    let inner = String(Substring(absolute.utf8.dropFirst(project.utf8.count)))
    guard !SecretPolicy.isForeign(inner) else { throw .file(reference, .foreign) }
    return try read(absolute, inside: project, of: reference)
  }

  private func read(
    _ path: String, inside root: String?, of reference: SecretReference
  ) throws(SecretFailure) -> Secret {
    let bytes: [UInt8]
    do throws(SecretFileFailure) {
      bytes = try files.read(path, limit: SecretFailure.fileLimit, inside: root)
    } catch {
      if error == .missing, let root, case .file(let named) = reference, SecretReference.isShown(named),
        let near = near(path, inside: root)
      {
        throw .misnamed(named, near: near)
      }
      throw .file(reference, error)
    }
    return try SecretText.check(bytes, of: reference)
  }

  /// The name of a file beside a missing one that was probably meant: with another ending, or spelt a little differently.
  private func near(_ path: String, inside root: String) -> String? {
    let name = String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    let names = files.names(beside: path, inside: root).filter { $0 != name }.sorted()
    return names.first { $0.hasPrefix(name + ".") || name.hasPrefix($0 + ".") }
      ?? Suggestion.nearest(to: name, among: names, limit: 1).first
  }
}
