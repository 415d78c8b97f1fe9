package import Provisioning
import Synchronization

/// The notices of a run about states that are not stored as the manifests want it.
package final class StorageNotices: Sendable {
  package init() {}

  private let noted = Mutex<Set<DocumentSealer.Notice>>([])

  package func add(_ notice: DocumentSealer.Notice) { noted.withLock { _ = $0.insert(notice) } }

  /// All of them, each once, in a fixed order.
  package var all: [DocumentSealer.Notice] {
    let noted = noted.withLock { $0 }
    return DocumentSealer.Notice.allCases.filter(noted.contains)
  }
}
