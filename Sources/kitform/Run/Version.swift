/// The tool's version, as `kitform version` prints it and reports carry it.
enum Version {
  static let number = "0.1.0"
  static let text = "kitform \(number)"
}
