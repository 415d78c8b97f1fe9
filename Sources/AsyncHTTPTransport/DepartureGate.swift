import NIOCore
import NIOHTTP1
import Synchronization

/// Requests that are asked once more whether they may leave, when nothing but the socket is before them.
///
/// A process may be held anywhere on the way there. What is asked on the event loop right before the bytes are written is a
/// few microseconds old when they leave, and not as old as the way through connection pool and queues.
final class Departures: Sendable {
  /// The field that names a request to the gate, which takes it off.
  static let field = "Kitform-Departure"

  private struct State {
    var waiting: [String: @Sendable () -> Bool] = [:]
    var refused: Set<String> = []
    var count = 0
  }

  private let state = Mutex(State())

  /// Announces a request; its field holds the name.
  func announce(_ mayLeave: @escaping @Sendable () -> Bool) -> String {
    state.withLock { state in
      state.count += 1
      let name = String(state.count)
      state.waiting[name] = mayLeave
      return name
    }
  }

  /// Whether a request may leave now.
  func mayLeave(_ name: String) -> Bool {
    guard let mayLeave = state.withLock({ $0.waiting[name] }) else { return true }
    if mayLeave() { return true }
    state.withLock { _ = $0.refused.insert(name) }
    return false
  }

  /// Forgets a request; returns whether the gate had it.
  func forget(_ name: String) -> Bool {
    state.withLock { state in
      state.waiting[name] = nil
      return state.refused.remove(name) != nil
    }
  }
}

/// The last handler before a connection's encoder: what may not leave any more closes the connection instead.
///
/// A head waits for what follows it, so that a request leaves whole: a server acts on it when it has all of it, and that
/// must not be long after the gate was passed.
final class DepartureGate: ChannelOutboundHandler {
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = HTTPClientRequestPart

  /// A request was kept back.
  struct Closed: Error {}

  private let departures: Departures
  private var isClosed = false
  /// The head that waits, and who wants to know of it.
  private var waiting: (head: HTTPRequestHead, promise: EventLoopPromise<Void>?)?

  init(_ departures: Departures) { self.departures = departures }

  /// Puts a gate before the encoder of a connection.
  static func add(to channel: any Channel, _ departures: Departures) -> EventLoopFuture<Void> {
    channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      let encoder = try pipeline.handler(type: HTTPRequestEncoder.self)
      try pipeline.addHandler(DepartureGate(departures), position: .after(encoder))
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if !isClosed, case .head(let head) = unwrapOutboundIn(data) {
      waiting = (head, promise)
      return
    }
    if let (head, promise) = waiting {
      waiting = nil
      leave(context, head, promise)
    }
    if isClosed { promise?.fail(Closed()) } else { context.write(data, promise: promise) }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    waiting?.promise?.fail(Closed())
    waiting = nil
  }

  private func leave(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ promise: EventLoopPromise<Void>?) {
    var head = head
    if let name = head.headers.first(name: Departures.field) {
      guard departures.mayLeave(name) else {
        isClosed = true
        promise?.fail(Closed())
        context.close(promise: nil)
        return
      }
      head.headers.remove(name: Departures.field)
    }
    context.write(wrapOutboundOut(.head(head)), promise: promise)
  }
}
