/// The queues of `assume`, ready to be asked for many channels.
struct AssumedQueues {
  private var byID: [Int: Int] = [:]
  /// Swift compares strings after NFC, as titles compare (Glossary.md, "Channels and manifests").
  private var byTitle: [String: Int] = [:]

  init(_ queues: [AssumedQueue]) {
    for (index, assumed) in queues.enumerated().reversed() {
      if let id = assumed.queue.id { byID[id] = index }
      if let title = assumed.queue.title { byTitle[title] = index }
    }
  }

  /// The first assumption about a queue, by its id or by its title; nil where there is none.
  func index(of queue: Reference) -> Int? {
    let sameID = queue.id.flatMap { byID[$0] }
    let sameTitle = queue.title.flatMap { byTitle[$0] }
    guard let sameID, let sameTitle else { return sameID ?? sameTitle }
    return min(sameID, sameTitle)
  }
}
