import Documents
import Reports
import Testing

@Suite struct UnifiedDiffTests {
  private func diff(_ old: String, _ new: String) -> String {
    UnifiedDiff(
      SourceFile(path: "kitform.yaml", text: old), oldSecrets: [], new: SourceFile(path: "kitform.yaml", text: new),
      newSecrets: [], color: false
    ).render()
  }

  @Test func `equal files have no difference`() {
    #expect(diff("a\n", "a\n") == "")
  }

  @Test func `changes stand in hunks with three lines around`() {
    let old = (1...20).map { "line \($0)\n" }.joined()
    let new = old.replacing("line 3\n", with: "line three\n").replacing("line 18\n", with: "")
    #expect(
      diff(old, new) == """
        --- kitform.yaml
        +++ kitform.yaml
        @@ -1,6 +1,6 @@
         line 1
         line 2
        -line 3
        +line three
         line 4
         line 5
         line 6
        @@ -15,6 +15,5 @@
         line 15
         line 16
         line 17
        -line 18
         line 19
         line 20

        """)
  }

  @Test func `a missing line break at the end is said`() {
    #expect(
      diff("a", "a\n")
        == "--- kitform.yaml\n+++ kitform.yaml\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+a\n")
  }

  @Test func `neither secrets nor control characters are shown`() {
    let old = SourceFile(path: "a.yaml", text: "token:  hush\r\n")
    let new = SourceFile(path: "a.yaml", text: "token: hush\n")
    let text = UnifiedDiff(
      old, oldSecrets: [SourcePlace(file: 0, start: 8, end: 12)], new: new,
      newSecrets: [SourcePlace(file: 0, start: 7, end: 11)], color: false
    ).render()
    #expect(text == "--- a.yaml\n+++ a.yaml\n@@ -1,1 +1,1 @@\n-token:  •••\\u{000D}\n+token: •••\n")
  }

  @Test func `very many changes are shown as a whole`() {
    let old = (1...5_000).map { "a \($0)\n" }.joined()
    let new = (1...5_000).map { "b \($0)\n" }.joined()
    let text = diff(old, new)
    #expect(text.hasPrefix("--- kitform.yaml\n+++ kitform.yaml\n@@ -1,5000 +1,5000 @@\n-a 1\n-a 2\n"))
    #expect(text.hasSuffix("+b 5000\n"))
  }
}
