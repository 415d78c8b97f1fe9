/// How listings are cut into pages.
package struct Paging: Sendable, Hashable {
  /// How the next page is named.
  package enum PagingStyle: Sendable, Hashable {
    /// By its number, from 1; `parameter` carries it, and the answer repeats counts at the other paths.
    case pages(parameter: String, pages: ReadMember?, current: ReadMember?, perPage: ReadMember?)
    /// By a string that the page before gave at `next`; absent, null or empty on the last page.
    case cursor(parameter: String, next: ReadMember)
  }

  package var style: PagingStyle
  /// Where the parameters go.
  package var location: ParameterLocation
  /// The parameter for the number of items on a page.
  package var size: String
  /// The number that Kitform asks for.
  package var pageSize: Int
  /// Where an answer has the number of all items; nil where it has none.
  package var total: ReadMember?

  package init(style: PagingStyle, location: ParameterLocation, size: String, pageSize: Int, total: ReadMember?) {
    self.style = style
    self.location = location
    self.size = size
    self.pageSize = pageSize
    self.total = total
  }
}

/// Where a parameter of a call travels.
package enum ParameterLocation: String, Sendable, Hashable, CaseIterable {
  case query, body
}
