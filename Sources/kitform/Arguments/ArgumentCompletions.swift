import ArgumentParser
import KitformEngine
import Manifest
import StateBackends
import Wiring

/// The values that a shell proposes for arguments: what the project of the command line has, read offline.
enum ArgumentCompletions {
  /// The names under `environments`.
  static let environments = CompletionKind.custom { words, _, _ in project(words).environments }

  /// The addresses of the channels in the manifests.
  static let addresses = CompletionKind.custom { words, _, _ in
    let project = project(words)
    let chosen = value(of: ["--env"], in: words).flatMap { project.environments.contains($0) ? $0 : nil }
    let validation = Validation(
      project, environments: [chosen ?? project.environments.first], options: DecodingOptions())
    return Set(validation.configurations.flatMap(\.records).map(\.address)).sorted().map(\.description)
  }

  /// The names that `kitform explain` knows.
  static let referenceNames = CompletionKind.custom { _, _, _ in Set(ReferencePage.standard.names).sorted() }

  private static func project(_ words: [String]) -> Project {
    let directory = value(of: ["-C", "--directory"], in: words) ?? "."
    return ProjectLoader.load(PosixProjectFiles(root: Surroundings.current.absolute(directory))).project
  }

  /// The last value that a command line gives to an option.
  private static func value(of names: [String], in words: [String]) -> String? {
    let apart = Array(zip(words, words.dropFirst())).last { names.contains($0.0) }?.1
    let joined = words.last { word in names.contains { word.hasPrefix("\($0)=") } }
    return apart ?? joined.map { String($0.drop { $0 != "=" }.dropFirst()) }
  }
}
