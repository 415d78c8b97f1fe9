import Channels
package import Manifest
import Provisioning

extension ReferencePage {
  /// The reference of this version: its kinds, its sections and the rules of its commands.
  package static let standard = ReferencePage(kinds: Kinds.all, rules: Rule.all + Rule.planning)
}
