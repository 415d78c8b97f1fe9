import Documents
import Manifest

/// Whether an included file is meant as a manifest, before any line of it is shown.
///
/// A pattern of `include` may name a file in which another tool keeps credentials.
enum ManifestForm {
  private static let sections = ["kitform"] + Project.guardedSections + Project.openSections

  /// Whether a key at the top of the file is a section or nearly one, or begins with `x-`; true for an empty file.
  ///
  /// - Parameter isWhole: whether the file was read to its end; of another one the lines count too.
  static func fits(_ document: Document, isWhole: Bool) -> Bool {
    let roots = document.roots.filter { !document.isNull($0) }
    if roots.isEmpty, isWhole { return true }
    let keys = roots.filter(document.isMapping).flatMap { root in document.pairs(root).map { document.text($0.key) } }
    return keys.contains(where: isSection) || !isWhole && firstWords(of: document.source).contains(where: isSection)
  }

  private static func isSection(_ key: String) -> Bool {
    sections.contains(key) || key.hasPrefix("x-") || Words.didYouMean(key, among: sections) != nil
  }

  /// The part before the colon of each line that is not indented.
  private static func firstWords(of source: SourceFile) -> [String] {
    source.bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
      guard let colon = line.prefix(64).firstIndex(of: UInt8(ascii: ":")) else { return nil }
      return String(decoding: line[..<colon], as: UTF8.self)
    }
  }
}
