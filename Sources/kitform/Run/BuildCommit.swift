/// The commit of an exported source tree: `git archive` puts it in, as `.gitattributes` says.
enum BuildCommit {
  static let text = "$Format:%H$"
}
