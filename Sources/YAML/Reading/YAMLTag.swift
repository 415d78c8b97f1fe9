import Documents

/// The tags that a manifest may have, YAML's own core types, and whether one fits its value.
enum YAMLTag: String {
  case str, int, float, bool, null, map, seq

  /// What a tag means for the node that carries it.
  enum TagMeaning {
    /// Nothing follows from it.
    case fits
    /// The scalar is a string in any case.
    case text
    case unknown
    case unfit(YAMLTag)
  }

  private static let prefix = "tag:yaml.org,2002:"

  /// Judges a resolved tag on a collection.
  static func meaning(_ tag: String, on shape: Document.NodeShape) -> TagMeaning {
    if tag == "!" { return .fits }
    guard let known = named(tag) else { return .unknown }
    return known == (shape == .mapping ? .map : .seq) ? .fits : .unfit(known)
  }

  /// Judges a resolved tag on a scalar.
  static func meaning(_ tag: String, text: String, isPlain: Bool) -> TagMeaning {
    if tag == "!" { return .text }
    guard let known = named(tag) else { return .unknown }
    switch known {
    case .str: return .text
    case .map, .seq: return .unfit(known)
    case .null: return isPlain && ["", "~", "null", "Null", "NULL"].contains(text) ? .fits : .unfit(known)
    case .bool: return isPlain && (text == "true" || text == "false") ? .fits : .unfit(known)
    case .int: return isPlain && Scalars.isCoreInteger(text) ? .fits : .unfit(known)
    case .float: return isPlain && (Scalars.isCoreInteger(text) || Scalars.isCoreFloat(text)) ? .fits : .unfit(known)
    }
  }

  private static func named(_ tag: String) -> YAMLTag? {
    tag.hasPrefix(prefix) ? YAMLTag(rawValue: String(tag.dropFirst(prefix.count))) : nil
  }
}
