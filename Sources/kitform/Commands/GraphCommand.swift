import ArgumentParser
import Basics
import Manifest
import Provisioning
import Reports
import Wiring

/// `kitform graph`
struct GraphCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draw which channel leads to which queue or function.",
    discussion: "Reads the manifests of one environment, offline.",
    examples: [
      "kitform graph",
      "kitform graph --as mermaid",
      "kitform graph --as dot --env production",
    ])

  @OptionGroup var global: GlobalOptions
  @OptionGroup var sandbox: SandboxOptions

  @Option(name: .customLong("as"), help: "mermaid or dot (Graphviz).")
  var language = Language.mermaid

  enum Language: String, ExpressibleByArgument, CaseIterable {
    case mermaid, dot
  }

  func run() async throws {
    try await Invocation("graph", global).run { invocation in
      let session = Session(invocation, isSandbox: sandbox.isSandbox)
      try session.checkAccountFile(sandbox.sandboxFile)
      let map = RoutingMap(try session.configuration().records)
      let text =
        switch language {
        case .mermaid: MermaidGraph.text(map)
        case .dot: DOTGraph.text(map)
        }
      return CommandResult(
        .done, text: text,
        members: [
          .init("language", .string(language.rawValue)), .init("graph", .string(text)),
          .init("channels", RoutingJSON.value(map)),
        ])
    }
  }
}
