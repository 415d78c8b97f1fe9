/// The key for fingerprints could not be derived: its source is empty, or 32 MB of memory are not to be had.
package struct KeyDerivationFailure: Error, Sendable, Equatable {
  package init() {}

  package var words: String {
    "the key for comparing secrets could not be derived: its source (state.key, else the account's token) is empty, "
      + "or the 32 MB of memory that it takes are not free"
  }
}
