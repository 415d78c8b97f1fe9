import Basics
import KitProfile
import Provisioning
import Transport

/// Every error between Kitform and an account; this file has all their messages.
enum KitFailure: Error, Sendable {
  /// The profile leaves the operation out.
  case notAvailable
  case transport(TransportFailure)
  /// An answer with a status that is not 2xx; Kit's words where the body has them.
  case status(Int, KitWords?)
  /// 2xx, but `success` is false.
  case unsuccessful(KitWords)
  /// Not JSON: HTML where `isPage`, else why, where that is known.
  case notJSON(isPage: Bool, reason: String?)
  case tooDeep
  case tooLarge
  /// JSON of another form than the profile says.
  case undecodable(Misfit)
  /// The listing never came out complete.
  case changing
  /// More items or bytes than Kitform reads.
  case endless
  /// A value that the profile cannot carry; nothing was sent.
  case encoding(String)

  /// The failure in words.
  func remote(_ context: Context) -> RemoteFailure {
    let (reason, remedy) = words(context)
    return RemoteFailure(
      "could not \(context.operation.words) at \(SafeText.escape(context.host)): \(reason)", remedy: remedy,
      status: status, code: code, pathIsWrong: pathIsWrong, wasKeptBack: wasKeptBack)
  }

  private var wasKeptBack: Bool { if case .transport(.cancelled) = self { true } else { false } }

  /// What a failure's words name.
  struct Context: Sendable {
    var operation: Operation
    /// Host and port as users know them.
    var host: String
    var profile: String
    var method: APIMethod?
    /// Secret values that Kit's message may repeat.
    var secrets: [String] = []
    /// What else the run knows and Kit's words may repeat.
    var known: KnownSecrets?

    /// An answer's words without the secrets that the call sent or the run knows.
    func redact(_ text: String) -> String {
      let text = Redactor(secrets).redact(foreign: text)
      return known?.redact(text) ?? text
    }
  }

  private var status: Int? { if case .status(let status, _) = self { status } else { nil } }

  /// A server other than Kit answers that the path, or the path with this method, does not exist.
  private var pathIsWrong: Bool {
    if case .status(404, nil) = self { return true }
    if case .status(405, nil) = self { return true }
    if case .status(501, nil) = self { return true }
    return false
  }

  private var code: Int? {
    switch self {
    case .status(_, let words): words?.code
    case .unsuccessful(let words): words.code
    default: nil
    }
  }

  private func words(_ context: Context) -> (reason: String, remedy: String?) {
    let line =
      context.method.map { "the profile \(context.profile), line \($0.line)" } ?? "the profile \(context.profile)"
    switch self {
    case .notAvailable:
      return (
        "the profile \(context.profile) leaves the operation `\(context.operation.rawValue)` out",
        "ask Voximplant's support for the method, and write its path under `operations` of a profile of your own"
      )
    case .transport(.notSent(let reason)): return KitFailure.words(reason)
    case .transport(.ambiguous(let reason)): return KitFailure.words(reason)
    case .transport(.cancelled): return ("it was stopped before the request left", nil)
    case .status(let status, nil) where status != 404 && pathIsWrong:
      return (
        "\(context.method?.path ?? "the path") does not take this call (\(status))",
        "\(line), names this path: correct it, or check account.apiHost"
      )
    case .status(let status, nil) where status == 401 || status == 403:
      return (
        "the answer is \(status), and not in Kit's form",
        "check account.apiHost, and whether a proxy or a gateway in between refuses the call; else check account.token"
      )
    case .status(let status, let words):
      return KitFailure.words(status, quoted: KitFailure.quoted(words, context), line: line, context: context)
    case .unsuccessful(let words):
      return ("Kit refuses it" + KitFailure.quoted(words, context), "correct what Kit names, then try again")
    case .notJSON(isPage: true, _):
      return (
        "the answer is a web page, not JSON",
        "check account.apiHost, and whether a proxy or a sign-in page is in between"
      )
    case .notJSON(isPage: false, let reason):
      return ("the answer is not valid JSON" + (reason.map { ": \($0)" } ?? ""), "check account.apiHost and \(line)")
    case .tooDeep: return ("the answer is nested more than 64 levels deep", "check account.apiHost")
    case .tooLarge: return ("the answer is larger than Kitform reads (8 MiB, 400,000 values)", "check account.apiHost")
    case .undecodable(let misfit): return (misfit.words(context.profile, redact: context.redact), misfit.remedy)
    case .changing:
      return (
        "the listing changed while it was read, three times",
        "try again when no other person or run changes the account"
      )
    case .endless: return ("the listing is longer than Kitform reads", "check account.apiHost and \(line)")
    case .encoding(let what): return (what, "write another value, or correct the profile \(context.profile)")
    }
  }

  private static func words(
    _ status: Int, quoted: String, line: String, context: Context
  ) -> (reason: String, remedy: String?) {
    switch status {
    case 300..<400:
      ("the server answered with a redirect (\(status)), which Kitform does not follow", "check account.apiHost")
    case 401:
      (
        "the API token is not accepted (401)\(quoted)",
        "check account.name and account.token; Kit makes tokens under Administration > Security > API tokens"
      )
    case 402: ("the account's balance does not allow it (402)\(quoted)", "top up the account, then try again")
    case 403:
      (
        "the API token may not do this (403)\(quoted)",
        "give the role of the token's user this right, or switch the feature on in Kit"
      )
    case 404:
      (
        "\(context.method?.path ?? "the path") is not there (404)\(quoted)",
        "\(line), names this path: correct it, or check account.apiHost"
      )
    case 408: ("the server did not get the whole request in time (408)\(quoted)", "try again later")
    case 423, 425: ("the server does not take the call now (\(status))\(quoted)", "try again later")
    case 422: ("Kit refuses the values (422)\(quoted)", "correct what Kit names, then try again")
    case 429: ("Kit has had too many calls (429)\(quoted)", "try again later, or lower --rate")
    case 505:
      (
        "the server does not take this version of HTTP (505)\(quoted)",
        "check account.apiHost, and whether a proxy is in between"
      )
    case 511:
      (
        "a network in between asks for a sign-in (511)\(quoted)",
        "sign in to the network, or use one that leads to \(SafeText.escape(context.host))"
      )
    case 500...: ("Kit failed (\(status))\(quoted)", "try again later")
    default: ("Kit answered \(status)\(quoted)", "check account.apiHost and \(line)")
    }
  }

  private static func words(_ reason: TransportFailure.NotSentReason) -> (reason: String, remedy: String?) {
    switch reason {
    case .nameNotFound:
      (
        "no such host",
        "check account.region or account.apiHost: Kit shows the host under Administration > Security > API tokens"
      )
    case .connectionRefused:
      ("no server listens at this address", "check the host and the port, and that the server runs")
    case .connectTimeout: ("no connection in time", "check the network, a firewall and the proxy's variables")
    case .certificate(let detail):
      (
        "its certificate is not trusted (\(SafeText.escape(detail)))",
        "check account.apiHost; give an authority of your own with --ca-file"
      )
    case .tls(let detail):
      ("no secure connection (\(SafeText.escape(detail)))", "check account.apiHost, and whether a proxy intervenes")
    case .proxy(let detail), .proxyCredentials(let detail):
      ("the proxy refuses (\(SafeText.escape(detail)))", "check the proxy's variables")
    case .other(let detail), .unsendable(let detail):
      ("the request could not leave (\(SafeText.escape(detail)))", nil)
    }
  }

  private static func words(_ reason: TransportFailure.AmbiguousReason) -> (reason: String, remedy: String?) {
    switch reason {
    case .reset: ("the connection broke before the answer came", "try again")
    case .endOfStream: ("the server closed the connection before the answer was complete", "try again")
    case .timeout: ("no answer in time", "try again later")
    case .tooLarge(let limit): ("the answer is larger than \(limit >> 20) MiB", "check account.apiHost")
    case .badAnswer(let detail): (SafeText.escape(detail), "check account.apiHost")
    case .other(let detail): ("the answer did not come (\(SafeText.escape(detail)))", "try again")
    }
  }

  /// Kit's own words behind a colon: escaped, cut, and without the secrets that the call sent or the run knows.
  private static func quoted(_ words: KitWords?, _ context: Context) -> String {
    guard let said = words?.text, !said.isEmpty else { return words?.code.map { ": code \($0)" } ?? "" }
    // Before the message is cut: the redactor would not find half a secret.
    let text = SafeText.shortened(context.redact(said))
    return ": “\(SafeText.escape(text))”" + (words?.code.map { " (code \($0))" } ?? "")
  }
}
