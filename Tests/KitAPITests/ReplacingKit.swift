import Basics
import Documents
import Synchronization
import Transport

/// A Kit that takes a written object as its new value, and that knows no profile, no sandbox and no field.
///
/// Listings show its channels through `display`, which may hide or mask what it likes; so does the reading of one channel,
/// unless `readDisplay` is given.
final class ReplacingKit: Transport {
  private let state: Mutex<State>
  private let display: @Sendable (JSONValue) -> JSONValue
  private let readDisplay: @Sendable (JSONValue) -> JSONValue

  private struct State {
    var channels: [JSONValue]
    var paths: [String] = []
  }

  init(
    _ channels: [JSONValue], display: @escaping @Sendable (JSONValue) -> JSONValue = { $0 },
    readDisplay: (@Sendable (JSONValue) -> JSONValue)? = nil
  ) {
    state = Mutex(State(channels: channels))
    self.display = display
    self.readDisplay = readDisplay ?? display
  }

  /// The channels as they truly are.
  var channels: [JSONValue] {
    get { state.withLock { $0.channels } }
    set { state.withLock { $0.channels = newValue } }
  }

  /// The last part of the path of each call, in order.
  var paths: [String] { state.withLock { $0.paths } }

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let fields = request.form.fields.filter { $0.name != "access_token" }
    let result: JSONValue = state.withLock { state in
      let method = request.path.split(separator: "/").last.map(String.init) ?? ""
      state.paths.append(method)
      let index = state.channels.firstIndex { channel in
        fields.contains { $0.name == "id" && .integer(Int($0.value) ?? 0) == channel["id"] }
      }
      switch method {
      case "searchChannels": return .array(state.channels.map(display))
      case "readChannel": return index.map { readDisplay(state.channels[$0]) } ?? .null
      default:
        guard let index, case .object(var members) = state.channels[index] else { return .null }
        for (name, text) in fields where name != "id" {
          let value = ReplacingKit.value(text)
          if let place = members.firstIndex(where: { $0.key == name }) {
            members[place].value = value
          } else {
            members.append(.init(name, value))
          }
        }
        state.channels[index] = .object(members)
        return true
      }
    }
    var answer: [JSONValue.Member] = [.init("success", true), .init("result", result)]
    if case .array(let items) = result {
      answer.append(
        .init("_meta", ["totalCount": .integer(items.count), "pageCount": 1, "currentPage": 1, "perPage": 50]))
    }
    return HTTPResponse(
      status: 200, headers: [("Content-Type", "application/json")],
      body: CanonicalJSON.encode(.object(answer), pretty: false))
  }

  private static func value(_ text: String) -> JSONValue {
    guard text.hasPrefix("{") else { return .string(text) }
    let document = JSONComposer.compose(SourceFile(path: "form", text: text), file: 0).document
    return document.roots.first.map { document.json($0) } ?? .null
  }
}
