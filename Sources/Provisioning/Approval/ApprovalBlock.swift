/// The lines around the approval that a Markdown report hides in a comment.
package enum ApprovalBlock {
  package static let start = "<!-- kitform-approval"
  package static let end = "-->"
}
