/// What happens in a sandbox's custom channels at run time: sessions, conversations, and what Kit would send.
struct Conversations: Sendable {
  /// All conversations by id, the oldest closed ones forgotten.
  private(set) var all: [Int: Conversation] = [:]
  /// The open conversation of a customer in a channel.
  private var open: [Key: Int] = [:]
  private var nextID = 1
  /// No conversation is due before this time.
  private var nextDue = Int.max
  /// The last event of each conversation, for sending it again.
  var lastEvents: [Int: OutgoingEvent] = [:]
  /// Ids of refresh tokens that were not used yet, with the seconds at which they expire.
  var refreshes: [String: Int] = [:]
  /// Ids of the events that channels took, in order, so that a repeated one is known.
  private var events: Set<EventKey> = []
  private var eventOrder: [EventKey] = []
  private var nextEvent = 0

  /// How many events and how many conversations are remembered.
  static let rememberedEvents = 100_000
  static let rememberedConversations = 10_000

  private struct Key: Hashable {
    var channel: Int
    var client: String
  }

  private struct EventKey: Hashable {
    var channel: Int
    var event: String
  }

  /// Notes an event's id; false where the channel has taken it before.
  mutating func acceptOnce(event: String, channel: Int) -> Bool {
    let key = EventKey(channel: channel, event: event)
    guard events.insert(key).inserted else { return false }
    if eventOrder.count < Conversations.rememberedEvents {
      eventOrder.append(key)
    } else {
      events.remove(eventOrder[nextEvent])
      eventOrder[nextEvent] = key
      nextEvent = (nextEvent + 1) % eventOrder.count
    }
    return true
  }

  /// Puts a customer's message into their open conversation, or opens one.
  mutating func receive(
    _ entry: Conversation.ConversationEntry, from client: String, name: String?, in channel: SandboxChannel, at now: Int
  ) -> Conversation {
    let key = Key(channel: channel.id, client: client)
    var conversation =
      open[key].flatMap { all[$0] } ?? Conversation(id: nextID, channel: channel, clientID: client, at: now)
    if conversation.id == nextID {
      nextID += 1
      forgetOldest()
    }
    if let name, !name.isEmpty { conversation.clientName = name }
    conversation.add(entry, at: now)
    open[key] = conversation.id
    keep(conversation, channel)
    return conversation
  }

  /// Adds an agent's or a bot's message.
  mutating func add(_ entry: Conversation.ConversationEntry, to id: Int, in channel: SandboxChannel, at now: Int) {
    guard var conversation = all[id] else { return }
    conversation.add(entry, at: now)
    keep(conversation, channel)
  }

  mutating func close(_ id: Int, _ reason: Conversation.ClosingReason) {
    guard let conversation = all[id] else { return }
    all[id]?.closeReason = reason
    open[Key(channel: conversation.channel, client: conversation.clientID)] = nil
  }

  /// The open conversations whose closing time has elapsed, by id; `channel` finds a channel by its id.
  mutating func due(at now: Int, channel: (Int) -> SandboxChannel?) -> [Int] {
    guard now >= nextDue else { return [] }
    var due: [Int] = []
    nextDue = Int.max
    for id in open.values.sorted() {
      guard let conversation = all[id], let channel = channel(conversation.channel),
        let time = conversation.due(channel)
      else { continue }
      if time <= now { due.append(id) } else { nextDue = min(nextDue, time) }
    }
    return due
  }

  /// Looks again at every conversation: closing times may have changed.
  mutating func channelsChanged() { nextDue = open.isEmpty ? Int.max : 0 }

  private mutating func keep(_ conversation: Conversation, _ channel: SandboxChannel) {
    all[conversation.id] = conversation
    if let due = conversation.due(channel) { nextDue = min(nextDue, due) }
  }

  private mutating func forgetOldest() {
    guard all.count >= Conversations.rememberedConversations else { return }
    for id in all.values.filter({ $0.closeReason != nil }).map(\.id).sorted().prefix(all.count / 10) {
      all[id] = nil
      lastEvents[id] = nil
    }
  }
}
