import Channels
import Documents
package import Manifest
import YAML

/// A project of many channels, half of each kind, as the figures of speed are measured with.
package struct Workload {
  /// The number of channels.
  package let count: Int

  package init(count: Int) { self.count = count }

  /// The text of `kitform.yaml`, about 290 bytes a channel.
  ///
  /// A `host` puts the account on a local Kit and gives the state a key of its own, as `doctor` advises: to derive one from
  /// the short token of a local Kit takes 0.1 s and 32 MB.
  package func manifest(host: String? = nil, environments: [String] = []) -> String {
    let place = host.map { "apiHost: \"\($0)\", messagingHost: \"\($0)\"" } ?? "region: eu"
    var text = "kitform: 1\naccount: {name: acme, \(place), token: {env: KIT_API_TOKEN}}\n"
    if host != nil { text += "state: {backend: local, key: {env: KITFORM_STATE_KEY}}\n" }
    if !environments.isEmpty { text += "environments:\n" + environments.map { "  \($0): {}\n" }.joined() }
    return text + "channels:\n" + channels(0..<count)
  }

  /// The manifests of one project in files of at most 10,000 channels; all but the first have `channels` alone.
  package func files(environments: [String] = []) -> [String] {
    stride(from: 0, to: count, by: 10_000).map { first in
      let part = first..<min(first + 10_000, count)
      return first == 0
        ? Workload(count: part.count).manifest(environments: environments) : "channels:\n" + channels(part)
    }
  }

  private func channels(_ range: Range<Int>) -> String {
    "  ok:\n" + range.filter { $0 % 2 == 0 }.map(Workload.ok).joined()
      + (range.count < 2 ? "" : "  custom:\n" + range.filter { $0 % 2 == 1 }.map(Workload.custom).joined())
  }

  private static func ok(_ number: Int) -> String {
    """
        group-\(number):
          name: Group \(number)
          accessToken: {env: GROUP_TOKEN_\(number)}
          redirect: {queue: Support \(number % 50)}
          closing:
            agent: 24h
            bot: 10m
          useTags: false
          topicSet: Retail
          skills:
            russian: 3
            billing: 2

    """
  }

  private static func custom(_ number: Int) -> String {
    """
        bot-\(number):
          name: Bot \(number)
          callbackURL: https://bots.example.com/kit/\(number)
          apiToken: {id: \(number)}
          redirect: {function: \(1000 + number % 10)}
          closing:
            agent: 2h
            bot: 30m
          useTags: true
          topicSet: Retail
          skills:
            english: 3
            billing: 2

    """
  }

  /// The project as `validate` reads it.
  package func project(_ files: [String]) -> Project {
    var sources = SourceMap()
    var documents: [Document] = []
    var findings: [Diagnostic] = []
    for (index, text) in files.enumerated() {
      let file = SourceFile(path: index == 0 ? "kitform.yaml" : "channels/\(index).yaml", text: text)
      let (document, found) = YAMLComposer.compose(file, file: sources.add(file))
      documents.append(document)
      findings += found
    }
    return Project(documents: documents, sources: sources, kinds: Kinds.all, findings: findings)
  }
}
