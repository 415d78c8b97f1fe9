package import Documents

extension Rule {
  // What a session finds in the process's environment.
  package static let variableUnused = Rule(
    "variable.unused", .warning, .conduct, summary: "A variable that the environment sets is one that the project has.",
    example: "export KITFORM_VAR_botHost=bots.example.com")
  package static let envUnknown = Rule(
    "env.unknown", .warning, .conduct, summary: "A variable whose name begins with KITFORM_ is one that Kitform knows.",
    example: "export KITFORM_SECRET_ENV='KIT_API_TOKEN OK_*'")
  package static let secretEnvOpen = Rule(
    "secret.env.open", .warning, .conduct,
    summary: "A pipeline says outside the repository which variables may be sent.",
    example: "export KITFORM_SECRET_ENV='KIT_API_TOKEN OK_*'")
}
