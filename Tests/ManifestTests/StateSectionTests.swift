import Documents
import Manifest
import Support
import Testing

/// The `state` section with its three backends.
struct StateSectionTests {
  private func check(_ marked: String, at location: SourceLocation = #_sourceLocation) {
    let text = MarkedText(marked)
    #expect(ProjectFixture.mark(text) == text.expected, sourceLocation: location)
  }

  private func state(_ text: String, environments: String = "") -> StateSettings? {
    let project = ProjectFixture.project(ProjectFixture.header + environments + "state: \(text)\n")
    let validation = ProjectFixture.validate(project)
    #expect(validation.findings.map(\.message) == [])
    return validation.configurations.last?.state
  }

  @Test func `each backend reads its own settings`() throws {
    let http = try #require(
      state(
        "{backend: http, address: \"https://gitlab.example.com/s/${environment}\", lockAddress: https://gitlab.example.com/l, updateMethod: PUT, username: ci, password: {env: CI_JOB_TOKEN}, key: {env: K}, encrypt: true}"
      ))
    #expect(http.backend == .http)
    #expect(http["address"]?.value == "https://gitlab.example.com/s/default")
    #expect(http.settings.map(\.name) == ["address", "lockAddress", "updateMethod", "username"])
    #expect(http.password?.value == .environment("CI_JOB_TOKEN"))
    #expect(http.key?.value == .environment("K"))
    #expect(http.encrypts)
    let s3 = try #require(
      state(
        "{backend: s3, bucket: acme-kitform, key: kitform/state.json, endpoint: \"http://127.0.0.1:9000\", pathStyle: false}"
      ))
    #expect(s3["path"]?.value == "kitform/state.json")
    #expect(s3.key == nil)
    #expect(s3.pathStyle == false)
    let both = try #require(
      state("{backend: s3, bucket: acme-kitform, path: kitform/state.json, key: {env: K}, region: eu-central-1}"))
    #expect(both["path"]?.value == "kitform/state.json")
    #expect(both.key?.value == .environment("K"))
    #expect(both.pathStyle == nil)
    #expect(try #require(state("{}")).backend == .local)
  }

  @Test func `a local state's path stays in the project and out of git's directory`() {
    for path in ["/tmp/x", "../x", "a/../../x", "../\u{301}x", "", ".git/index", "a/.Git/x", ".git"] {
      #expect(ProjectPath.problem(path) != nil, "\(path)")
    }
    for path in ["state.json", ".kitform/x.json", "a/b", ".gitlab/x", "git/x"] {
      #expect(ProjectPath.problem(path) == nil, "\(path)")
    }
    check(
      ProjectFixture.header + """
        state: {path: .git/index}
                      ^^^^^^^^^^ error state.backend: `state.path` lies in `.git`, which is git's own
        """)
  }

  @Test func `an http state's addresses are URLs that hold no credentials`() {
    check(
      ProjectFixture.header + """
        state: {backend: http, address: http://gitlab.example.com/s, lockAddress: "https://a:b@gitlab.example.com/s", unlockAddress: gitlab, updateMethod: DELETE, username: "a:b"}
                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error state.backend: `state.address` is plain http, which only 127.0.0.1 and localhost may be
                                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error state.backend: `state.lockAddress` holds a user name or password; they belong into `username` and `password`
                                                                                                                                     ^^^^^^ error state.backend: `state.unlockAddress` does not begin with http:// or https://
                                                                                                                                                           ^^^^^^ error value.choice: `state.updateMethod` is `POST`, `PUT` or `PATCH`
                                                                                                                                                                             ^^^^^ error state.backend: `state.username` holds a colon, which no user name may
        """)
  }

  @Test func `an s3 state names its object once, in a bucket and a store that can be`() {
    check(
      ProjectFixture.header + """
        state: {backend: s3, bucket: Not_A_Bucket, key: a.json, path: a/../b.json, region: "EU 1", endpoint: http://s3.example.com, pathStyle: 1}
                                     ^^^^^^^^^^^^ error state.backend: `state.bucket` is not a bucket's name
                                                        ^^^^^^ error state.backend: `state.key` and `state.path` both name the object
                                                                      ^^^^^^^^^^^ error state.backend: `state.path` is not the name of an object
                                                                                           ^^^^^^ error state.backend: `state.region` is not a region's name
                                                                                                             ^^^^^^^^^^^^^^^^^^^^^ error state.backend: `state.endpoint` is plain http, which only 127.0.0.1 and localhost may be
                                                                                                                                               ^ error value.type: `state.pathStyle` is a boolean: `true` or `false`
        """)
    check(
      ProjectFixture.header + """
        state: {backend: s3, address: https://a.example.com/, encrypt: true}
                ^^^^^^^ error field.missing: `state` lacks `bucket` and `key`
                             ^^^^^^^ error state.backend: the backend `s3` has no setting `address`
                                                                       ^^^^ error state.encrypt: an encrypted state takes a key, and `state.key` is not there
        """)
  }

  @Test func `a backend that is not there is one finding`() {
    check(
      ProjectFixture.header + """
        state: {backend: htp, address: x, encrypt: true}
                         ^^^ error state.backend: there is no backend `htp`
        """)
  }

  @Test func `environments share no address and no object`() {
    check(
      ProjectFixture.header + """
        environments:
          one: {}
          two: {state: {backend: s3, bucket: acme-kitform, key: one.json}}
          three: {state: {backend: s3, bucket: acme-kitform, key: one.json}}
                                                                  ^^^^^^^^ error state.shared: two environments would share one state
          four: {state: {backend: s3, bucket: acme-other, key: one.json}}
        state: {backend: http, address: https://state.example.com/kitform}
                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error state.shared: all environments would share one state
        """)
  }

  @Test func `an environment's own backend leaves the project's settings behind`() throws {
    let settings = try #require(
      state(
        "{backend: http, address: \"https://state.example.com/${environment}\"}",
        environments: "environments: {production: {}, local: {state: {backend: local}}}\n"))
    #expect(settings.backend == .local)
    #expect(settings.settings.isEmpty)
  }
}
