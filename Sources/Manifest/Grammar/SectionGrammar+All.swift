import Documents

/// The page of Kit with an account's name, hosts and tokens.
private let tokens = "Administration > Security > API tokens"

extension SectionGrammar {
  package static let account = SectionGrammar(
    name: "account", documentation: "The Kit account that the channels belong to.", isGuarded: true, isOverlaid: true,
    example: "{name: acme, region: eu, token: {env: KIT_API_TOKEN}}",
    form: .settings([
      SectionKey(
        "name", .text, required: "always", documentation: "Kit's account name, as \(tokens) shows it.",
        example: "acme", source: .documented("API tokens")),
      SectionKey(
        "region", .choice(["us", "br", "eu", "kz", "ru", "ru2"]),
        required: "unless both `apiHost` and `messagingHost` are given",
        documentation: "Where the account lives; the hosts of its API follow from it.", example: "eu",
        source: .documented("API tokens")),
      SectionKey(
        "apiHost", .host, standard: "the region's",
        documentation: "The host of the API, as Kit shows it; wins over the region.",
        example: "kitapi-eu.voximplant.com", source: .documented("API tokens")),
      SectionKey(
        "messagingHost", .host, standard: "the region's",
        documentation: "The host to which custom channels post messages; wins over the region.",
        example: "kit-im-eu.voximplant.com", source: .documented("Custom channel")),
      SectionKey(
        "token", .secret(mayKeep: false), required: "always",
        documentation: "The API token with which Kitform calls the account: a reference, never the token itself.",
        example: "{env: KIT_API_TOKEN}", source: .documented("API tokens")),
      SectionKey(
        "profile", .text, standard: "kit-v3",
        documentation: "The API profile: `kit-v3`, or the path of one of your own.", example: "./kit-profile.yaml"),
    ]))

  package static let state = SectionGrammar(
    name: "state", documentation: "Where the state is kept, the record of what was applied.", isGuarded: true,
    isOverlaid: true, example: "{backend: local}",
    form: .settings(
      [
        SectionKey(
          "backend", .choice(StateBackend.allCases.map(\.rawValue)), standard: "local",
          documentation:
            "What keeps the state: a file, a server of Terraform's http protocol, or an S3-compatible store.",
          example: "http"),
        SectionKey(
          "path", .path, standard: ".kitform/<environment>/state.json",
          documentation:
            "The state's file, or the object in an `s3` bucket; in a project with environments it contains `${environment}`, or each environment sets it.",
          example: "states/${environment}.json"),
        SectionKey(
          "address", .text, standard: "TF_HTTP_ADDRESS",
          documentation: "`http`: the state's URL, one for each environment.",
          example: "https://gitlab.example.com/api/v4/projects/7/terraform/state/${environment}"),
        SectionKey(
          "lockAddress", .text, standard: "TF_HTTP_LOCK_ADDRESS, else the address",
          documentation: "`http`: where the lock is taken, by POST; by LOCK where it is the address itself.",
          example: "https://gitlab.example.com/api/v4/projects/7/terraform/state/${environment}/lock"),
        SectionKey(
          "unlockAddress", .text, standard: "TF_HTTP_UNLOCK_ADDRESS, else the lock's address",
          documentation: "`http`: where the lock is given back, by DELETE; by UNLOCK where it is the address itself.",
          example: "https://gitlab.example.com/api/v4/projects/7/terraform/state/${environment}/lock"),
        SectionKey(
          "updateMethod", .choice(["POST", "PUT", "PATCH"]), standard: "TF_HTTP_UPDATE_METHOD, else POST",
          documentation: "`http`: the method that writes the state.", example: "POST"),
        SectionKey(
          "username", .text, standard: "TF_HTTP_USERNAME", documentation: "`http`: the user name.",
          example: "gitlab-ci-token"),
        SectionKey(
          "password", .secret(mayKeep: false), standard: "TF_HTTP_PASSWORD",
          documentation: "`http`: the password or token, a reference.", example: "{env: CI_JOB_TOKEN}"),
        SectionKey(
          "bucket", .text, documentation: "`s3`: the bucket.", example: "acme-kitform"),
        SectionKey(
          "region", .text, standard: "AWS_REGION, else the profile's",
          documentation: "`s3`: the region that requests are signed for.", example: "eu-central-1"),
        SectionKey(
          "endpoint", .host, standard: "Amazon's for the region",
          documentation: "`s3`: the store's address, for one that is not Amazon's.", example: "s3.example.com"),
        SectionKey(
          "pathStyle", .flag, standard: "true with an endpoint, else false",
          documentation: "`s3`: whether the bucket is in the path instead of before the host.", example: "true"),
        SectionKey(
          "key", .secretOrText, standard: "derived from the account's token",
          documentation:
            "The key under which fingerprints of secrets are made and states encrypted, a reference; a string is the object of an `s3` state, as `path` is.",
          example: "{env: KITFORM_STATE_KEY}"),
        SectionKey(
          "encrypt", .flag, standard: "false",
          documentation: "Whether states and saved plans are encrypted with `key`.", example: "true"),
      ]))

  package static let guards = SectionGrammar(
    name: "guards", documentation: "Limits on what one apply may delete, change or overwrite.", isGuarded: true,
    isOverlaid: true, example: "{maxDeletes: 1, maxDeletePercent: 30, maxUpdates: 10, drift: overwrite}",
    form: .settings([
      SectionKey(
        "maxDeletes", .wholeNumber(0...Int.max), standard: "1",
        documentation: "The most channels that a plan may delete without each being named.", example: "1"),
      SectionKey(
        "maxDeletePercent", .wholeNumber(0...100), standard: "30",
        documentation: "The greatest share of the managed channels, once at least 4 are managed.", example: "30"),
      SectionKey(
        "maxUpdates", .wholeNumber(0...Int.max), standard: "10",
        documentation:
          "The most channels whose redirect, access token or callback URL an apply may change, or whose closing time it may shorten, when no person or approval has allowed that plan. Creations do not count, nor does a secret that adopting a channel sends.",
        example: "10"),
      SectionKey(
        "drift", .choice(["refuse", "overwrite"]), standard: "overwrite",
        documentation: "What an apply does with a value that was changed in Kit since the last apply.",
        example: "refuse"),
    ]))

  package static let environments = SectionGrammar(
    name: "environments", documentation: "Overlays by name, chosen with `--env`; each has a state of its own.",
    isGuarded: true, isOverlaid: false, example: "{production: {}, staging: {account: {name: acme-staging}}}",
    form: .environments)

  package static let include = SectionGrammar(
    name: "include", documentation: "More files with channels, as patterns relative to kitform.yaml.", isGuarded: true,
    isOverlaid: false, example: "[\"channels/**/*.yaml\"]", form: .patterns)

  package static let variables = SectionGrammar(
    name: "variables",
    documentation:
      "The values of `${name}`. `--var name=value` and `KITFORM_VAR_name` set them too; a value with its own quotes is always a string.",
    isGuarded: true, isOverlaid: true,
    example: "{botHost: bots.example.com}", form: .table(.variable, .scalar))

  package static let defaults = SectionGrammar(
    name: "defaults",
    documentation:
      "Values for fields that a channel leaves out; `closing` key by key, all else whole, a kind's own fields under its name.",
    isGuarded: true, isOverlaid: true, example: "{closing: {agent: 24h, bot: 1h}}", form: .defaults)

  package static let rules = SectionGrammar(
    name: "rules",
    documentation: "Kitform's own rules that this project relaxes; rules that Kit documents cannot be relaxed.",
    isGuarded: true, isOverlaid: false, example: "{name.length: warning}", form: .rules)

  package static let channels = SectionGrammar(
    name: "channels", documentation: "The channels by kind and key; both make the address, `ok.community`.",
    isGuarded: false, isOverlaid: false, example: "{ok: {}, custom: {}}", form: .channels)

  package static let assume = SectionGrammar(
    name: "assume", documentation: "Facts that Kit owns and these manifests rely on.", isGuarded: false,
    isOverlaid: true, example: "{queues: {Support: {maxWaitingTime: 10m}}}",
    form: .settings([
      SectionKey(
        "queues",
        .table(
          .reference(.queue),
          .settings([
            SectionKey(
              "maxWaitingTime", .duration, required: "always",
              documentation: "The queue's max. waiting time, as its settings in Kit show it.", example: "10m",
              source: .documented("OK.ru messenger; Custom channel"))
          ])), documentation: "Queues by title or id; `closing.agent` of a channel must exceed their waiting time.",
        example: "{Support: {maxWaitingTime: 10m}}")
    ]))

  package static let adopt = SectionGrammar(
    name: "adopt", documentation: "Binds an address to a channel that exists in Kit.", isGuarded: false,
    isOverlaid: true, example: "{ok.community: {id: 17}}",
    form: .table(
      .address,
      .one([
        SectionKey(
          "uuid", .anyText, documentation: "The channel's UUID.", example: "0f6c1f4e-6f0b-4c55-9a0a-3f4c2a6d1b7e"),
        SectionKey("id", .wholeNumber(0...Int.max), documentation: "The channel's number in Kit.", example: "17"),
        SectionKey("name", .anyText, documentation: "The channel's display name in Kit.", example: "OK community"),
      ])))

  package static let moved = SectionGrammar(
    name: "moved", documentation: "Gives a managed channel a new address, new: old; no call.", isGuarded: false,
    isOverlaid: true, example: "{custom.partner-bot: custom.partners}", form: .table(.address, .address))

  package static let removed = SectionGrammar(
    name: "removed", documentation: "Decides what happens to a channel that is no longer in `channels`.",
    isGuarded: false, isOverlaid: true, example: "{custom.old-bot: {destroy: false}}",
    form: .table(
      .address,
      .one([
        SectionKey(
          "destroy", .flag, documentation: "`true` deletes the channel in Kit, `false` forgets it and leaves it there.",
          example: "false")
      ])))

  /// Every section in the order of the reference, but for the version, `kitform: 1`.
  package static let all = [
    account, state, guards, environments, include, variables, defaults, rules, channels, assume, adopt, moved, removed,
  ]

  /// The regions of `account.region`.
  package static let regions: [String] = {
    for case .choice(let words) in account.settings.filter({ $0.name == "region" }).map(\.form) { return words }
    return []
  }()
}
