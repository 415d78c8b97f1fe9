import Basics
package import Manifest

extension Address {
  /// Reads an address of the command line.
  ///
  /// - Throws: `UsageFailure` where it is none.
  package init(argument text: String) throws {
    guard let address = Address(text) else {
      throw UsageFailure(message: "`\(SafeText.escape(text))` is not an address", remedy: "write it like ok.community")
    }
    self = address
  }
}
