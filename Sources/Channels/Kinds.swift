package import Manifest

/// The kinds of channels that Kitform knows; a new one is a file beside this one and an entry here.
package enum Kinds {
  package static let all: [Kind] = [.ok, .custom]
}
