import Foundation
import Support
import Testing

/// A git repository with a developer's clone, and a machine that runs a pipeline's shell in a clone of its own.
struct Runner {
  let workspace: Workspace
  /// What every job sees.
  var environment: [String: String]

  private var developer: String { "\(workspace.path)/developer" }
  private var machine: String { "\(workspace.path)/machine" }

  /// Makes the repository with these files on its main branch, and a clone for the machine.
  init(_ files: [String: String], scripts: [(from: String, to: String)], environment: [String: String]) async throws {
    workspace = try Workspace()
    self.environment = environment
    for (name, text) in files { try workspace.write(text, to: "developer/\(name)") }
    for script in scripts {
      try workspace.write(try Examples.text(script.from), to: "developer/\(script.to)")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(developer)/\(script.to)")
    }
    try await shell(
      """
      git init --quiet --bare --initial-branch=main origin
      git -C developer init --quiet --initial-branch=main
      git -C developer remote add origin "$PWD/origin"
      git -C developer add .
      git -C developer commit --quiet --message 'Begin'
      git -C developer push --quiet origin main
      git clone --quiet origin machine
      """, in: workspace.path)
  }

  /// Commits a change of a file on a branch that begins at main, and pushes it.
  func push(_ branch: String, replacing old: String, with new: String, in file: String = "kitform.yaml") async throws {
    try await shell(
      "git fetch --quiet origin && git checkout --quiet -B \(branch) origin/main", in: developer)
    try workspace.replace(old, with: new, in: "developer/\(file)")
    try await shell(
      "git commit --quiet --all --message 'Change' && git push --quiet --force origin \(branch)", in: developer)
  }

  /// Checks out the merge result of a branch, as a pull request's pipeline gets it.
  func checkOutMerge(of branch: String) async throws {
    try await checkOut("main")
    try await shell("git merge --quiet --no-ff --no-edit origin/\(branch)", in: machine)
  }

  /// Checks out a branch of the repository; files that git ignores stay, as on a machine of one's own.
  func checkOut(_ branch: String) async throws {
    try await shell("git fetch --quiet origin && git checkout --quiet -B \(branch) origin/\(branch)", in: machine)
  }

  /// Merges a branch into main, and returns the commit.
  func merge(_ branch: String) async throws -> String {
    try await shell(
      """
      git fetch --quiet origin && git checkout --quiet -B main origin/main
      git merge --quiet --no-ff --no-edit origin/\(branch)
      git push --quiet origin main
      """, in: developer)
    return try await shell("git rev-parse HEAD", in: developer).output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Runs a job's shell as the pipeline's machine does.
  func run(_ script: String, _ more: [String: String] = [:]) async throws -> BinaryUnderTest.Ended {
    try await BinaryUnderTest.bash(script, in: machine, environment: environment.merging(more) { $1 })
  }

  /// A file that a job left.
  func file(_ name: String) throws -> String { try workspace.read("machine/\(name)") }
  func hasFile(_ name: String) -> Bool { workspace.exists("machine/\(name)") }

  @discardableResult
  private func shell(_ script: String, in directory: String) async throws -> BinaryUnderTest.Ended {
    let identity = ["AUTHOR", "COMMITTER"].flatMap { [("GIT_\($0)_NAME", "dev"), ("GIT_\($0)_EMAIL", "dev@invalid")] }
    let ended = try await BinaryUnderTest.bash(
      script, in: directory,
      environment: Dictionary(uniqueKeysWithValues: identity).merging(["GIT_CONFIG_NOSYSTEM": "1"]) { $1 })
    try #require(ended.exitCode == 0, "\(script)\n\(ended.all)")
    return ended
  }
}
