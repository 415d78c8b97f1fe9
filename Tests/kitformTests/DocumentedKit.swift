import Foundation
import Support

/// A server of Python that answers every documented method with the bodies of real answers, and knows no profile.
final class DocumentedKit {
  let url: String
  private let running: BinaryUnderTest.Running

  static let credentials = [
    "KIT_API_TOKEN": "real-token-5fQ2xW-of-thirty-two-bytes", "OK_COMMUNITY_TOKEN": "tknPLANTED7d4:xK91",
  ]

  /// - Parameters:
  ///   - older: whether the account's flags are beside its name's object, as in March 2026.
  ///   - channels: whether what nobody has published answers too.
  ///   - normalises: whether names and URLs are kept in a form of the account's own.
  ///   - refusal: the status with which the channel methods refuse every call.
  ///   - many: how many channels there are beside the usual ones; each page of them then takes 0.2 s.
  init(
    older: Bool = false, channels: Bool = true, normalises: Bool = false, refusal: Int? = nil, many: Int? = nil
  ) async throws {
    guard let python = BinaryUnderTest.tool("python3") else {
      throw BinaryUnderTest.Problem(description: "there is no python3")
    }
    let support = GeneratedFile.root.appendingPathComponent("Tests/Support")
    var arguments = [
      support.appendingPathComponent("documented-kit.py").path, support.appendingPathComponent("KitAnswers").path,
    ]
    if older { arguments.append("--older") }
    if channels { arguments.append("--channels") }
    if normalises { arguments.append("--normalise") }
    if let refusal { arguments += ["--refuse", "\(refusal)"] }
    if let many { arguments += ["--many", "\(many)"] }
    running = try BinaryUnderTest.start(arguments, in: support.path, executable: python)
    do {
      try await running.wait { $0.output.contains("\n") }
      guard let port = Int(running.output.prefix { $0 != "\n" }) else {
        throw BinaryUnderTest.Problem(description: "no port: \(running.output)")
      }
      url = "http://127.0.0.1:\(port)"
    } catch {
      try await running.stop()
      throw error
    }
  }

  /// A project for this account, with its credentials.
  func project(_ manifest: String = DocumentedKit.manifest) throws -> TestProject {
    var project = try TestProject(manifest.calling(url), options: [])
    project.environment = DocumentedKit.credentials
    return project
  }

  /// One channel of each kind; every object that the documented answers have is named by its title.
  static let manifest = Manifests.two.replacing("{russian: 3, billing: 2}", with: "{english: 3}")
    .replacing(
      "redirect: {function: 1207}", with: "redirect: {queue: Поддержка}\n      closing: {agent: 31m, bot: 1h}")

  /// The calls so far: path, names of the form and of the query.
  var calls: [[String]] {
    running.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
  }

  func stop() async throws { try await running.stop() }
}
