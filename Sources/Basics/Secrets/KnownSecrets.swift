import Synchronization

/// The secrets that a run knows, for masking them in everything that the run prints or writes.
///
/// Values under 8 characters are left alone, because masking them would mask ordinary words too; secrets that were read from
/// the account count from 4. Code that learns a secret inserts it at once, and code that prints redacts first.
package final class KnownSecrets: Sendable {
  private struct State {
    var values: Set<String> = []
    /// Nil where values have come since it was made.
    var redactor: Redactor? = Redactor([])
  }

  /// A part of a query that is as long as this is hardly a word of its own.
  private static let longValue = 16

  private let state = Mutex(State())

  package init() {}

  /// Takes in a value; of a URL also its path and its query, of which only the host may be shown.
  package func insert(_ value: String) {
    guard value.count >= 8, !state.withLock({ $0.values.contains(value) }) else { return }
    var parts = [value]
    if let url = try? URLParts(value) {
      parts.append(url.path)
      if let query = url.query { parts += [url.path + "?" + query] + KnownSecrets.parts(ofQuery: query) }
    }
    add(parts)
  }

  /// Takes in a secret that the account keeps and that no manifest names: from 4 characters.
  package func insert(foreign value: String) {
    guard value.count >= KnownSecrets.shortestForeign else { return }
    insert(value)
    state.withLock { if $0.values.insert(value).inserted { $0.redactor = nil } }
  }

  /// The fewest characters of a foreign secret that is masked.
  package static let shortestForeign = 4

  /// Takes in the query of a URL.
  package func insert(query: String) { add(KnownSecrets.parts(ofQuery: query)) }

  /// Masks the values that are known by now.
  package var redactor: Redactor {
    state.withLock { state in
      if let redactor = state.redactor { return redactor }
      let redactor = Redactor(state.values)
      state.redactor = redactor
      return redactor
    }
  }

  /// The text with a mask in the place of each value.
  package func redact(_ text: String) -> String { redactor.redact(text) }

  /// The value with a mask in the place of each value in its texts; keys stay as they are.
  package func redact(_ value: JSONValue) -> JSONValue { redactor.redact(value) }

  private func add(_ values: [String]) {
    state.withLock { state in
      for value in values where value.count >= 8 && state.values.insert(value).inserted { state.redactor = nil }
    }
  }

  /// The query, each of its pairs, and the values that are long.
  private static func parts(ofQuery query: String) -> [String] {
    let pairs = query.split(separator: "&").map(String.init)
    let values = pairs.compactMap { $0.split(separator: "=", maxSplits: 1).dropFirst().first.map(String.init) }
    return [query] + pairs + values.filter { $0.count >= longValue }
  }
}
