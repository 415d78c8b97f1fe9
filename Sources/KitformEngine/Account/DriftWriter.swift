import Basics
import Documents
package import Manifest
package import Provisioning
import YAML

/// Writes what Kit has now into the manifests, so that the next plan has nothing to say about it.
///
/// Each value is patched where the channel has it, with every comment and line around it; one from `defaults` is written into the
/// channel. Left alone is what other places share: variables, aliases, merges, and values that another environment takes
/// too. After the edit every file is composed and every environment decoded again: they must give the intended values
/// and nothing else; a value that spoils this is left alone.
package struct DriftWriter: Sendable {
  private let loaded: LoadedProject
  private let configuration: Configuration
  private let facts: AccountFacts
  private let writer: ValueWriter
  private let options: DecodingOptions

  /// What became of the drift.
  package struct Edits: Sendable {
    /// Files with other bytes, in the order of the project.
    package var files: [ManifestChange] = []
    package var outcome = DriftOutcome()
    /// Whether the edited manifests name anything that the account does not have.
    package var isUnresolved = false
  }

  package init(_ engine: Engine, _ drifted: Engine.Drifted, options: DecodingOptions) {
    loaded = engine.loaded
    configuration = drifted.configuration
    facts = drifted.view.facts
    writer = engine.valueWriter(drifted.view, options)
    self.options = options
  }

  /// Edits the project's files in memory.
  package func edits(_ drift: Drift) -> Edits {
    var left: [DriftOutcome.Left] = []
    var wishes: [Wish] = []
    let records = Dictionary(configuration.records.map { ($0.address, $0) }) { first, _ in first }
    for channel in drift.channels { wishes += self.wishes(of: channel, records[channel.address], &left) }
    var settled = Settled(left: left)
    settle(wishes, into: &settled)
    var edits = edits(settled.documents, settled.wishes, settled.left)
    edits.isUnresolved = isUnresolved(settled.documents)
    return edits
  }

  private func isUnresolved(_ documents: [Document]) -> Bool {
    let chosen = loaded.project.environments.isEmpty ? nil : configuration.environment
    let edited = loaded.replacing(documents).project.configuration(for: chosen, options: options)
    var findings = Findings()
    _ = Resolver(facts).resolve(edited.configuration.records, &findings)
    return findings.hasErrors
  }

  /// What is decided: the wishes that the edited documents fulfil together, and those that are left to a person.
  private struct Settled {
    var wishes: [Wish] = []
    var documents: [Document] = []
    var left: [DriftOutcome.Left]
  }

  /// Takes wishes into the edit: together where that holds, else in halves, so that one value that cannot be written holds
  /// no other back.
  private func settle(_ wishes: [Wish], into settled: inout Settled) {
    var wishes = wishes
    while !wishes.isEmpty {
      let all = settled.wishes + wishes
      let (documents, failures) = apply(all)
      let refusal =
        failures.isEmpty ? verdict(on: documents, all) : .refused(failures.mapValues(\.reason))
      switch refusal {
      case .asIntended:
        settled.wishes = all
        settled.documents = documents
        return
      case .refused(let reasons) where reasons.keys.contains { $0 >= settled.wishes.count }:
        for index in reasons.keys.sorted(by: >) where index >= settled.wishes.count {
          let wish = wishes.remove(at: index - settled.wishes.count)
          settled.left.append(wish.left(reasons[index] ?? ""))
        }
      case .refused(let reasons): return split(wishes, reasons.values.sorted().first ?? "", &settled)
      case .otherwise(let reason): return split(wishes, reason, &settled)
      }
    }
  }

  /// Takes each half of wishes for itself; a single one is left, with why.
  private func split(_ wishes: [Wish], _ reason: String, _ settled: inout Settled) {
    guard wishes.count > 1 else { return settled.left += wishes.map { $0.left(reason) } }
    let middle = wishes.count / 2
    settle(Array(wishes[..<middle]), into: &settled)
    settle(Array(wishes[middle...]), into: &settled)
  }

  private func edits(_ documents: [Document], _ wishes: [Wish], _ left: [DriftOutcome.Left]) -> Edits {
    Edits(
      files: documents.map { document in
        ManifestChange(
          path: document.source.path, before: loaded.project.sources.files[Int(document.file)].bytes,
          after: document.source.bytes)
      },
      outcome: DriftOutcome(
        written: wishes.map {
          DriftOutcome.Written(
            address: $0.record.address, field: $0.field.name,
            file: loaded.project.sources.files[Int($0.record.place.file)].path)
        },
        left: left.sorted { one, other in
          one.address == other.address ? (one.field ?? "") < (other.field ?? "") : one.address < other.address
        }))
  }

  // MARK: - Wishes

  /// One field of one channel with the value that Kit has.
  private struct Wish {
    var record: Record
    var index: Int
    var slot: Slot
    /// The place of the present value, for people.
    var source: SourcePosition
    var value: Value
    var written: ValueWriter.WrittenValue

    var field: Field { record.kind.fields[index] }

    /// The line that a person would write into the channel.
    var yaml: String {
      field.group.map { "\($0): {\(field.key): \(written.yaml)}" } ?? "\(field.key): \(written.yaml)"
    }

    func left(_ reason: String) -> DriftOutcome.Left {
      DriftOutcome.Left(
        address: record.address, field: field.name, reason: reason, yaml: isShowable ? yaml : nil, source: source)
    }

    /// The query of a URL may be a secret.
    private var isShowable: Bool {
      if case .text(let text) = value, field.shape == .callbackURL {
        !text.utf8.contains(UInt8(ascii: "?"))
      } else {
        true
      }
    }
  }

  private func wishes(
    of channel: DriftedChannel, _ record: Record?, _ left: inout [DriftOutcome.Left]
  ) -> [Wish] {
    guard !channel.isMissing, let record else {
      left.append(
        DriftOutcome.Left(
          address: channel.address, field: nil,
          reason: channel.isMissing
            ? "it is gone from Kit: create it again with --recreate, or remove it from the manifests"
            : "it is no longer in the manifests, so there is no place to write it to",
          yaml: nil, source: record.map { position($0.place) }))
      return []
    }
    var wishes: [Wish] = []
    for drifted in channel.fields {
      guard let index = record.kind.index(of: drifted.name), let slot = record.slots[index] else { continue }
      guard case .value(let json) = drifted.account, let value = record.kind.fields[index].value(json: json) else {
        var name = "its secret reference"
        if case .secret(let reference?) = drifted.manifest { name = SafeText.escape(reference.label) }
        left.append(
          DriftOutcome.Left(
            address: record.address, field: drifted.name,
            reason: "it cannot be read back into \(name): put Kit's value there, or apply the old one again", yaml: nil,
            source: position(slot.place)))
        continue
      }
      do throws(ValueWriter.Unsayable) {
        let written = try writer.write(value, record.kind.fields[index])
        guard !written.yaml.hasPrefix("{keep:") else {
          throw ValueWriter.Unsayable(reason: "the manifests do not take Kit's URL as it is")
        }
        wishes.append(
          Wish(
            record: record, index: index, slot: slot, source: position(slot.place), value: value, written: written))
      } catch {
        left.append(
          DriftOutcome.Left(
            address: record.address, field: drifted.name, reason: "it cannot be written: \(error.reason)", yaml: nil,
            source: position(slot.place)))
      }
    }
    return wishes
  }

  private func position(_ place: SourcePlace) -> SourcePosition { loaded.project.sources.position(of: place) }

  // MARK: - Edits

  private func document(_ file: Int32) -> Document? { loaded.project.documents.first { $0.file == file } }

  /// The edited documents, and the wishes that no edit fulfils with why.
  private func apply(_ wishes: [Wish]) -> (documents: [Document], failures: [Int: EditFailure]) {
    var documents: [Document] = []
    var failures: [Int: EditFailure] = [:]
    let files = Set(wishes.map(\.record.place.file)).sorted()
    for file in files {
      guard let document = document(file) else { continue }
      let own = wishes.indices.filter { wishes[$0].record.place.file == file }
      var editor = DocumentEditor(document)
      failures.merge(apply(own, wishes: wishes, document: document, editor: &editor)) { first, _ in first }
      do throws(EditFailure) {
        let edited = try editor.finish()
        if !editor.isEmpty { documents.append(edited) }
      } catch {
        // One edit spoils the others: each is tried for itself.
        for index in own where failures[index] == nil {
          var single = DocumentEditor(document)
          let failed = apply([index], wishes: wishes, document: document, editor: &single)[index]
          do throws(EditFailure) { _ = try single.finish() } catch { failures[index] = failed ?? error }
        }
        if own.allSatisfy({ failures[$0] == nil }) { for index in own { failures[index] = error } }
      }
    }
    return (documents, failures)
  }

  private func apply(
    _ indices: [Int], wishes: [Wish], document: Document, editor: inout DocumentEditor
  ) -> [Int: EditFailure] {
    var failures: [Int: EditFailure] = [:]
    var addresses: [Address] = []
    for index in indices where addresses.last != wishes[index].record.address {
      addresses.append(wishes[index].record.address)
    }
    for address in addresses {
      let own = indices.filter { wishes[$0].record.address == address }
      do throws(EditFailure) {
        let channel = try ChannelEditor(wishes[own[0]].record, in: document, writer: writer)
        let results = channel.write(
          own.map { index in
            ChannelEditor.Wish(
              field: wishes[index].field, slot: wishes[index].slot,
              origin: self.document(wishes[index].slot.place.file), value: wishes[index].value,
              written: wishes[index].written)
          }, &editor)
        for (index, failure) in zip(own, results) { failures[index] = failure }
      } catch {
        for index in own { failures[index] = error }
      }
    }
    return failures
  }

  // MARK: - Proof

  private enum Verdict {
    case asIntended
    /// Wishes that cannot be fulfilled, with why.
    case refused([Int: String])
    /// The edit as a whole is wrong, and it is unknown which wish causes that.
    case otherwise(String)
  }

  /// Decodes every environment of the edited project, and holds it against what was intended.
  private func verdict(on documents: [Document], _ wishes: [Wish]) -> Verdict {
    guard !documents.isEmpty else { return wishes.isEmpty ? .asIntended : .otherwise("the edit changed nothing") }
    let candidate = loaded.replacing(documents)
    let chosen = loaded.project.environments.isEmpty ? nil : configuration.environment
    var shared: [Int: String] = [:]
    var places: [Address: [Int: Int]] = [:]
    for (number, wish) in wishes.enumerated() { places[wish.record.address, default: [:]][wish.index] = number }
    for environment in loaded.allEnvironments {
      let before = loaded.project.configuration(for: environment, options: options)
      let after = candidate.project.configuration(for: environment, options: options)
      if let new = newError(after.findings, before.findings) {
        return .otherwise("it cannot be written: \(new.message) (\(new.id))")
      }
      var old = before.configuration.records
      var new = after.configuration.records
      if environment == chosen {
        var findings = Findings()
        old = configuration.records
        new = Resolver(facts).resolve(new, &findings)
      }
      guard old.map(\.address) == new.map(\.address) else { return .otherwise("the edit would add other channels") }
      for (one, other) in zip(old, new) {
        let own = places[one.address]
        for index in one.slots.indices {
          let wish = own?[index]
          if let wish, environment == chosen {
            guard let slot = other.slots[index], slot.value.isSame(as: wishes[wish].value) else {
              return .otherwise("the manifests would not have Kit's value")
            }
          } else if !DriftWriter.areSame(one.slots[index], other.slots[index]) {
            guard let wish else { return .otherwise("the edit would change another value too") }
            shared[wish] =
              "the environment `\(environment ?? "")` uses the same value: give each a variable of its own"
          }
        }
      }
    }
    return shared.isEmpty ? .asIntended : .refused(shared)
  }

  private static func areSame(_ one: Slot?, _ other: Slot?) -> Bool {
    switch (one, other) {
    case (nil, nil): true
    case (let one?, let other?): one.value.isSame(as: other.value)
    default: false
    }
  }

  private func newError(_ after: [Diagnostic], _ before: [Diagnostic]) -> Diagnostic? {
    let known = Set(before.map { "\($0.id) \($0.message)" })
    return after.first { $0.severity == .error && !known.contains("\($0.id) \($0.message)") }
  }
}
