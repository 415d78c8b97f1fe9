/// Small scripts in the place of other vendors' programs: each does the part of its program's work that a page relies on.
enum StandIns {
  static let all = [
    "op": onePassword, "sops": sops, "vault": vault, "aws": aws, "begin-kit": beginKit, "sixty-channels": sixtyChannels,
  ]

  /// Starts a Kit on this machine for the rest of a page, with the account of `account.yaml`; a page reads it with `.`.
  private static let beginKit = """
    kitform sandbox --port 0 --file account.yaml --format json >kit.log 2>/dev/null &
    until grep -qs '"url"' kit.log; do sleep 0.1; done
    KIT_URL=$(sed -n 's/.*"url":"\\([^"]*\\)".*/\\1/p' kit.log | head -1)
    [ ! -e account.yaml.token ] || export KIT_API_TOKEN=$(cat account.yaml.token)
    """

  /// Prints the account file of a company with a group on OK.ru and a bot in each of 30 cities.
  private static let sixtyChannels = """
    #!/bin/sh
    cat <<'END'
    format: kitform.account/v1
    name: my-account
    apiTokens: [{id: 42, name: Bots}]
    queues: [{id: 12, title: Support, maxWaitingTime: 600}]
    functions: [{id: 1207, title: Router}]
    topicSets: [{id: 5, title: Retail}]
    channels:
    END
    id=100
    for city in Abakan Biysk Chita Elista Engels Grozny Kazan Kirov Kursk Kyzyl Maykop Moscow Nalchik Norilsk Omsk \\
      Orel Penza Perm Pskov Ryazan Samara Saransk Sochi Syzran Tambov Tomsk Tula Tver Ufa Vologda; do
      id=$((id + 2))
      common="closing: {agent: 86400, bot: 3600}, useTags: true, topicSet: 5"
      printf '  - {id: %d, uuid: 00000000-0000-4000-8000-000000000%d, kind: ok, salt: s%dEXAMPLE, name: %s, %s, %s}\\n' \\
        $id $id $id $city "redirect: {queue: 12}" "$common"
      printf '  - {id: %d, uuid: 00000000-0000-4000-8000-000000000%d, kind: custom, salt: s%dEXAMPLE, name: %s bot, %s, %s}\\n' \\
        $((id + 1)) $((id + 1)) $id $city \\
        "apiToken: 42, redirect: {function: 1207}, callbackURL: \"https://bots.example.com/kit/$city\"" "$common"
    done
    """

  /// `op run --env-file FILE -- COMMAND`: gives each `NAME=op://…` of the file a value.
  private static let onePassword = """
    #!/bin/sh
    [ "$1" = run ] && [ "${2%%=*}" = --env-file ] && [ "$3" = -- ] || exit 64
    while IFS== read -r name reference; do
      case $reference in op://*) export "$name=value-of-$name-that-op-keeps" ;; esac
    done <"${2#*=}"
    shift 3
    exec "$@"
    """

  /// `sops exec-env FILE COMMAND`: the stand-in's file is not encrypted.
  private static let sops = """
    #!/bin/sh
    [ "$1" = exec-env ] || exit 64
    while IFS=': ' read -r name value; do export "$name=$value"; done <"$2"
    exec sh -c "$3"
    """

  /// `vault agent -config=FILE -exit-after-auth`: renders each template's literal part into its destination.
  private static let vault = """
    #!/bin/sh
    [ "$1" = agent ] || exit 64
    config=${2#-config=}
    destination=$(sed -n 's/^ *destination *= *"\\(.*\\)"/\\1/p' "$config")
    mkdir -p "$(dirname "$destination")"
    printf 'tknOFVAULT:a1b2' >"$destination"
    """

  /// `aws configure export-credentials --format env`
  private static let aws = """
    #!/bin/sh
    [ "$1 $2" = "configure export-credentials" ] || exit 64
    echo export AWS_ACCESS_KEY_ID=AKIATEST
    echo export AWS_SECRET_ACCESS_KEY=of-the-stand-in
    echo export AWS_SESSION_TOKEN=of-the-stand-in
    """
}
