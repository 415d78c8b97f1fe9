/// Members as a profile lists them: a path of one name counts at any depth, a longer one from the channel's object on.
///
/// Steps through lists do not count.
struct MemberPaths: Sendable {
  private let names: Set<String>
  private let paths: Set<[String]>

  init(_ members: [[String]]) {
    names = Set(members.filter { $0.count == 1 }.map { $0[0] })
    paths = Set(members.filter { $0.count > 1 })
  }

  /// Whether the list has the member at the end of a path.
  func contains(_ path: [String]) -> Bool {
    path.last.map { names.contains($0) } ?? false || paths.contains(path)
  }
}
