package import KitProfile
import Provisioning

extension APIProfile {
  /// Which profile this is, for a state that remembers under which ones it has written: 64 hexadecimal digits.
  ///
  /// Name, status and the file's text count; it is the one place that says so.
  package var identity: String {
    var digest = FramedDigest()
    digest.add(name)
    digest.add(status.rawValue)
    digest.add(rendered)
    return digest.finish()
  }
}
