/// The limits of one file, past which reading it ends with a clear error.
package struct DocumentBudget: Sendable {
  /// Bytes of the file.
  package var bytes: Int
  /// Collections within one another.
  package var depth: Int
  /// Bytes of one scalar's text.
  package var scalarBytes: Int
  /// Nodes that aliases and merges add, taken together.
  package var addedNodes: Int
  /// Bytes of text that aliases and merges add, taken together.
  package var addedBytes: Int
  /// Nodes of the file.
  package var nodes: Int

  package init(
    bytes: Int, depth: Int = 64, scalarBytes: Int, addedNodes: Int = 100_000, addedBytes: Int = 8 << 20, nodes: Int
  ) {
    self.bytes = bytes
    self.depth = depth
    self.scalarBytes = scalarBytes
    self.addedNodes = addedNodes
    self.addedBytes = addedBytes
    self.nodes = nodes
  }
}
