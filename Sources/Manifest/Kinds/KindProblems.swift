import Documents

extension Kind {
  /// What is wrong with a kind's table, in words for the author of a kind; empty for a correct table.
  package func definitionProblems() -> [String] {
    var problems: [String] = []
    if name.isEmpty || !name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) }) {
      problems.append("the kind's name `\(name)` is not lower-case letters and digits")
    }
    if title.isEmpty || documentation.isEmpty || summary.isEmpty {
      problems.append("`\(name)` lacks words for the reference")
    }
    if Set(fields.map(\.name)).count != fields.count { problems.append("`\(name)` has a field twice") }
    for field in fields { problems += field.definitionProblems(in: self) }
    return problems
  }
}

extension Field {
  fileprivate func definitionProblems(in kind: Kind) -> [String] {
    var problems: [String] = []
    let label = "\(kind.name).\(name)"
    for part in name.split(separator: ".", omittingEmptySubsequences: false)
    where part.isEmpty || !(97...122).contains(part.utf8.first ?? 0)
      || !part.utf8.allSatisfy({ (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0) })
    {
      problems.append("`\(label)` is not a field's name")
    }
    if !documentation.hasSuffix(".") { problems.append("`\(label)` lacks its documentation sentence") }
    if role == .managed, form == nil { problems.append("`\(label)` has no place in Kit's form") }
    if example.isEmpty {
      problems.append("`\(label)` lacks an example")
    } else if case .duration = shape, case .seconds = TimeSpan.read(example) {
    } else if case .duration = shape {
      problems.append("the example of `\(label)` is not a duration")
    }
    for check in checks {
      switch check {
      case .length(_, let rule), .duration(_, let rule), .unshared(let rule), .exceedsWaitingTime(_, let rule):
        if Rule.named(rule) == nil { problems.append("`\(label)` refers to no rule: `\(rule)`") }
      }
      if case .exceedsWaitingTime(let route, _) = check, kind.index(of: route) == nil {
        problems.append("`\(label)` refers to no field: `\(route)`")
      }
    }
    return problems
  }
}
