import Manifest

/// The files that no pattern of `include` matches although one nearly does: `.yml` for `.yaml`, or another letter case.
package struct NearMisses {
  /// The files, each with the index of the first pattern that nearly matches it.
  private(set) var owners: [String: Int] = [:]
  /// For each pattern the first file that it nearly matches.
  private(set) var examples: [String?]

  /// - Parameters:
  ///   - patterns: the patterns as they are written.
  ///   - files: the paths that none of them matches.
  ///   - fileName: the name of the first manifest, which no pattern has to match.
  init(_ patterns: [String], among files: [String], fileName: String) {
    examples = patterns.map { _ in nil }
    let loose = patterns.enumerated().flatMap { index, text in
      [text, IncludePattern.twin(of: text)].compactMap { $0.flatMap { IncludePattern($0.lowercased()) } }
        .map { (index: index, pattern: $0) }
    }
    var originals: [String: [String]] = [:]
    for file in files where NearMisses.nearName(of: fileName, among: [file]) == nil {
      originals[file.lowercased(), default: []].append(file)
    }
    let found = IncludedPaths(loose.map(\.pattern), among: originals.keys.sorted())
    for (file, index) in found.owners {
      for original in originals[file] ?? [] { owners[original] = loose[index].index }
    }
    for (index, file) in found.examples.enumerated() {
      let owner = loose[index].index
      examples[owner] = examples[owner] ?? file.flatMap { originals[$0]?.first }
    }
  }

  /// A name in a directory that was probably meant to be that of the first manifest, `fileName`; nil where there is none.
  package static func nearName(of fileName: String, among names: [String]) -> String? {
    names.sorted().first { name in
      name != fileName
        && ["kitform.yml", fileName, "kitform.yaml.yaml", "kitform.yaml.txt", "kitform.json"]
          .contains(name.lowercased())
    }
  }
}
