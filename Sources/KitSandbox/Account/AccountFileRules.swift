package import Documents

extension Rule {
  // What the file of a sandbox's account must be.
  package static let accountFileType = Rule(
    "account-file.type", "A value of an account file has the type of its key.",
    example: "queues: [{id: 1, title: Support}]")
  package static let accountFileFormat = Rule(
    "account-file.format", "An account file says the format that it is written in.",
    example: "format: kitform.account/v1")
  package static let accountFileKey = Rule(
    "account-file.key", "Only the keys of account files exist.", example: "skills: [{id: 11, title: russian}]")
  package static let accountFileMissing = Rule(
    "account-file.missing", "An account file has its required keys.", example: "name: acme")
  package static let accountFileValue = Rule(
    "account-file.value", "A value of an account file is within the limits of its key.",
    example: "apiTokens: [{id: 42, name: Bots, role: readOnly}]")
  package static let accountFileDuplicate = Rule(
    "account-file.duplicate", "Each channel of an account file has an id of its own.",
    example: "channels: [{id: 17, uuid: 0f6c, kind: ok, name: OK community}]")

  /// Every rule of account files, in the order of the reference.
  package static let accountFile: [Rule] = [
    accountFileType, accountFileFormat, accountFileKey, accountFileMissing, accountFileValue, accountFileDuplicate,
  ]
}
