import Channels
package import Documents
package import Manifest
import YAML

/// Formats the files of a project, each for itself.
package enum ProjectFormatter {
  /// What formatting one file came to.
  package struct FormattingOutcome: Sendable {
    package var file: SourceFile
    /// The formatted bytes; equal to the file's where there is nothing to do or it was left alone.
    package var bytes: [UInt8]
    /// Why the file was left alone.
    package var reason: String?
    /// The aliases, as they are written, that hold a channel's keys in their order.
    package var holding: [String] = []

    package var isChanged: Bool { bytes != file.bytes }
  }

  /// Formats every file of a loaded project, in the order in which they were read.
  ///
  /// - Parameter orders: also puts keys of channels in order, and drops needless quotes.
  package static func format(_ loaded: LoadedProject, orders: Bool, kinds: [Kind] = Kinds.all) -> [FormattingOutcome] {
    loaded.project.documents.map { document in
      var outcome = FormattingOutcome(file: document.source, bytes: document.source.bytes, reason: nil)
      guard !loaded.unparsed.contains(document.file) else {
        outcome.reason = "it cannot be read without an error"
        return outcome
      }
      do throws(EditFailure) {
        let bytes = try Formatter.format(document)
        outcome.bytes = bytes
        guard orders else { return outcome }
        let (formatted, _) = YAMLComposer.compose(
          SourceFile(path: document.source.path, bytes: bytes), file: document.file)
        let (ordered, holding) = try ChannelOrder.apply(to: formatted, kinds: kinds)
        outcome.bytes = try Formatter.format(ordered)
        outcome.holding = holding
      } catch {
        outcome.reason = error.reason
        outcome.bytes = document.source.bytes
      }
      return outcome
    }
  }
}
