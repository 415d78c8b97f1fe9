import Testing

@testable import kitform

struct TypedArgumentsTests {
  @Test(arguments: [
    (["plan", "--token", "hunter2"], "Unknown option '--token'; got hunter2", "Unknown option '--token'; got •••"),
    (["plan", "--token=hunter2"], "Unknown option '--token=hunter2'", "Unknown option '--token=•••'"),
    (["plan", "--tokn", "hunter2"], "Unknown option '--tokn' hunter2", "Unknown option '--tokn' •••"),
    (["plan", "--var", "TOKEN=abc def"], "--var `TOKEN=abc def` is wrong", "--var `TOKEN=•••` is wrong"),
    (["plan", "--var=API_KEY=hunter2"], "`API_KEY=hunter2`", "`API_KEY=•••`"),
    (["plan", "--var", "x=eyJhbGciOiJIUzI1NiJ9"], "x=eyJhbGciOiJIUzI1NiJ9", "x=•••"),
    (["plan", "sk_live_51Habcdef0123"], "Unexpected argument 'sk_live_51Habcdef0123'", "Unexpected argument '•••'"),
    (["--rate", "a1b2c3d4e5f6a7b8"], "The value 'a1b2c3d4e5f6a7b8' is invalid", "The value '•••' is invalid"),
    (["plan", "--env", "KjHgFdSaQwErTy"], "no environment `KjHgFdSaQwErTy`", "no environment `•••`"),
    (["-x", "AKIAIOSFODNN7EXAMPLE\u{1B}"], "got AKIAIOSFODNN7EXAMPLE\\u{001B}", "got •••"),
  ])
  func `what looks like a credential is not repeated`(arguments: [String], words: String, shown: String) {
    #expect(TypedArguments(arguments).hidden(in: words) == shown)
  }

  @Test(arguments: [
    ["plan", "--target", "ok.comunity-2024"], ["plan", "--env", "staging"], ["plan", "--rate", "fast"],
    ["aplly", "plan-2024-11-30.json"], ["plan", "--var", "botHost=bots.example.com"],
    ["apply", "kf1-0123456789abcdef"],
    ["plan", "-C", "/home/anna/kitform-projects/acme-production"],
  ])
  func `other words are`(arguments: [String]) {
    let words = "wrong: " + arguments.joined(separator: " ")
    #expect(TypedArguments(arguments).hidden(in: words) == words)
  }
}
