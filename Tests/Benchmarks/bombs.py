#!/usr/bin/env python3
"""Gives `kitform validate` files that mean harm, and prints what each costs and what is said of it.

    swift build -c release --product kitform
    python3 Tests/Benchmarks/bombs.py
    python3 Tests/Benchmarks/bombs.py --growth [NAME ...]

Each is to end with the right finding at the right place, within a second and 100 MB as a whole process (ReliabilityLaboratory.md, row 19);
otherwise the script ends with 1. KITFORM names the binary where it is not in .build/release.

With --growth each construct of the manifests' grammar is made ten times as large; the script ends with 1 where what `validate`
costs, less an empty project, grows more than fifteenfold: in instructions, or in the processor's time where perf counts none. A
debug build does for the ratios.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KITFORM = os.environ.get(
    "KITFORM", str(Path(__file__).resolve().parents[2] / ".build" / "release" / "kitform"))
SECONDS, MEGABYTES = 1.0, 100.0
MILLION = 1_000_000
HEADER = "kitform: 1\naccount: {name: acme, region: eu, token: {env: KIT_API_TOKEN}}\n"


def laughs(open_, close, link):
    """Nine levels of ten aliases each."""
    text = f"x-0: &a0 {open_}{', '.join(link(0, n, 'l') for n in range(10))}{close}\n"
    for level in range(1, 10):
        inner = ", ".join(link(level, n, f"*a{level - 1}") for n in range(10))
        text += f"x-{level}: &a{level} {open_}{inner}{close}\n"
    return text


def keys(count, first=0):
    return "".join(f"x-{number}: 1\n" for number in range(first, first + count))


def bombs():
    """Name, what makes the files, and what must be among the findings: id, file, line, column."""
    project = "kitform.yaml"
    yield "a million `[`", lambda: {project: "[" * MILLION}, ("yaml.depth", project, 1, 65)
    yield "a million `{a: `", lambda: {project: "{a: " * MILLION}, ("yaml.depth", project, 1, 257)
    yield "a million `- `", lambda: {project: "- " * MILLION}, ("yaml.depth", project, 1, 129)
    yield "a million `? `", lambda: {project: "? " * MILLION}, ("yaml.depth", project, 1, 129)
    yield "2,800 indented mappings", lambda: {
        project: "".join(" " * level + "a:\n" for level in range(2800))}, ("yaml.depth", project, 65, 65)
    yield "a billion laughs in lists", lambda: {
        project: HEADER + laughs("[", "]", lambda level, n, value: value)}, ("yaml.alias-budget", project, 7, 46)
    yield "a billion laughs in mappings", lambda: {
        project: HEADER + laughs("{", "}", lambda level, n, value: f"k{n}: {value}")}, ("yaml.alias-budget", project, 7, 42)
    yield "a billion laughs in merges", lambda: {
        project: HEADER + laughs("{", "}", lambda level, n, value: f"k{n}: {value if level == 0 else '{<<: ' + value + '}'}")
    }, ("yaml.alias-budget", project, None, None)
    yield "10 MB", lambda: {project: HEADER + "#" * (10 << 20)}, ("yaml.file-size", project, 1, 1)
    yield "10 MB of keys", lambda: {project: HEADER + keys(MILLION)}, ("yaml.file-size", project, 1, 1)
    yield "a million keys in three files", lambda: {
        project: HEADER + "channels: 1\n",
        **{f"channels/{part}.yaml": keys(333_334, part * 333_334) for part in range(3)},
    }, ("value.type", project, 3, 11)
    yield "340,000 keys, one of them twice", lambda: {
        project: HEADER + keys(340_000) + "x-7: 2\n"}, ("yaml.duplicate-key", project, 340_003, 1)
    yield "190,000 channels without anything", lambda: {
        project: HEADER + "channels:\n  ok:\n" + "".join(f"    c{number}: {{}}\n" for number in range(190_000))
    }, ("field.missing", project, 5, 5)
    yield "150,000 unknown fields", lambda: {
        project: HEADER + "channels:\n  ok:\n    a:\n" + "".join(f"      topicSe{number}: 1\n" for number in range(150_000))
    }, ("field.unknown", project, 6, 7)
    yield "150,000 unknown sections", lambda: {
        project: HEADER + "".join(f"channel{number}: 1\n" for number in range(150_000))}, ("field.unknown", project, 3, 1)
    yield "100,000 anchors, 100,000 unknown aliases", lambda: {
        project: HEADER + "x-a:\n" + "".join(f"- &a{number} 1\n" for number in range(100_000)) + "x-b:\n"
        + "".join(f"- *b{number}\n" for number in range(100_000))}, ("yaml.unknown-alias", project, 100_005, 3)
    yield "a scalar of 4 MB", lambda: {project: HEADER + "x-a: " + "a" * 4_000_000 + "\n"}, ("yaml.scalar-size", project, 3, 6)
    yield "a quote that never ends", lambda: {
        project: HEADER + "x-a: \"" + "a\n" * 2_000_000}, ("yaml.syntax", project, 3, 6)
    yield "a mistake at the end of a line of 4 MB", lambda: {
        project: HEADER + "x-a: [" + "a, " * 1_300_000 + "]]\n"}, ("yaml.", project, 3, None)
    yield "100,000 unquoted variables", lambda: {
        project: HEADER + "".join(f"x-{number}: [${{a}}]\n" for number in range(100_000))
    }, ("yaml.variable-in-flow", project, 3, 7)
    yield "500,000 control characters", lambda: {
        project: HEADER + "x-a: \"" + "\x01" * 500_000 + "\"\n"}, ("yaml.control-character", project, 3, 7)
    yield "500,000 documents", lambda: {project: HEADER + "---\n" * 500_000 + "a: 1\n"}, ("field.unknown", project, 500_003, 1)


GROWTH = 15.0


def channel(number, fields=""):
    return f"    c{number}: {{name: n{number}, accessToken: {{env: T{number}}}{', ' if fields else ''}{fields}}}\n"


def constructs():
    """Name, the smaller size, and what makes the files of a size; most are wrong, because words for mistakes cost most."""
    project = "kitform.yaml"

    def one(text):
        return {project: HEADER + text}

    def lines(text, size):
        return "".join(text.replace("#", str(number)) for number in range(size))

    def items(text, size, joint=", "):
        return joint.join(text.replace("#", str(number)) for number in range(size))

    ok = "channels:\n  ok:\n"
    yield "comments", 2000, lambda n: one("# a comment\n" * n)
    yield "own keys", 1000, lambda n: one(lines("x-#: 1\n", n))
    yield "documents", 500, lambda n: one("---\nx-a: 1\n" * n)
    yield "a scalar", 600, lambda n: one("x-a: " + "a" * n * 10 + "\n")
    yield "a folded scalar", 300, lambda n: one("x-a: >\n" + "  words of a text\n" * n)
    yield "a list in one line", 1000, lambda n: one("x-a: [" + "a, " * n + "a]\n")
    yield "a mapping in one line", 1000, lambda n: one("x-a: {" + items("k#: 1", n) + "}\n")
    yield "keys that stand twice in one line", 100, lambda n: one("x-a: {" + items("k: 1", n) + "}\n")
    yield "escapes", 1000, lambda n: one('x-a: "' + "\\u00fc" * n + '"\n')
    yield "control characters", 50, lambda n: one('x-a: "' + "\x01a" * n + '"\n')
    yield "unknown tags in one line", 50, lambda n: one("x-a: [" + "!a b, " * n + "b]\n")
    yield "anchors and aliases", 300, lambda n: one(lines("x-#: &a# 1\n", n) + lines("y-#: *a#\n", n).replace("y-", "x-b"))
    yield "unknown aliases", 50, lambda n: one(lines("x-a#: &a# 1\n", n) + lines("x-b#: *b#\n", n))
    yield "aliases of one list", 100, lambda n: one("x-a: &a [" + "1, " * 50 + "1]\n" + lines("x-#: *a\n", n))
    yield "aliases of one text", 100, lambda n: one(
        "x-a: &a " + "a" * 2000 + "\n" + ok + lines("    c#: {name: *a}\n", n))
    yield "merges", 100, lambda n: one("x-a: &a {a: 1, b: 2}\n" + lines("x-#: {<<: *a, c: 1}\n", n))
    yield "merges of many", 100, lambda n: one(
        lines("x-#: &a# {k#: 1}\n", n) + "x-m: {<<: [" + items("*a#", n) + "]}\n")
    yield "a line that does not parse", 500, lambda n: one("x-a: [" + items("{b: https://h/?q}", n) + "]]\n")
    yield "lines above a mistake", 500, lambda n: one("x-a:\n" + "  b: 1\n" * n + "  c: [\n")
    yield "unquoted variables", 50, lambda n: one(lines("x-#: [${a}]\n", n))
    yield "channels", 100, lambda n: one(ok + lines(channel("#"), n))
    yield "channels without anything", 100, lambda n: one(ok + lines("    c#: {}\n", n))
    yield "channels in one line", 100, lambda n: one("channels: {ok: {" + items("c#: {}", n) + "}}\n")
    yield "channels of one name and one token", 100, lambda n: one(
        ok + lines("    c#: {name: n, accessToken: {env: T}}\n", n))
    yield "channels that stand twice", 100, lambda n: {
        project: HEADER, **{f"channels/{k}.yaml": ok + lines("    c#: {name: n#}\n", n) for k in range(2)}}
    yield "files of channels", 30, lambda n: {
        project: HEADER, **{f"channels/{k}.yaml": ok + channel(k) for k in range(n)}}
    yield "unknown kinds", 100, lambda n: one("channels:\n" + lines("  okk#: {}\n", n))
    yield "unknown fields", 100, lambda n: one(ok + "    a:\n" + lines("      nam#: 1\n", n))
    yield "unknown fields in one line", 100, lambda n: one(ok + "    a: {" + items("nam#: 1", n) + "}\n")
    yield "unknown sections", 100, lambda n: one(lines("channel#: 1\n", n))
    yield "skills", 100, lambda n: one(ok + channel(1, "skills: {" + items("s#: 1", n) + "}"))
    yield "wrong skills", 100, lambda n: one(ok + channel(1, "skills: {" + items("s#: 99", n) + "}"))
    yield "skills that stand twice", 50, lambda n: one(ok + channel(1, "skills: {" + items('1#: 1, "1#": 1', n) + "}"))
    yield "routes of one channel", 50, lambda n: one(ok + channel(1, "redirect: {" + items("q#: 1", n) + "}"))
    yield "long titles", 100, lambda n: one(ok + channel(1, "redirect: {queue: " + "t" * n * 10 + "}"))
    yield "variables", 100, lambda n: one("variables: {" + items("v#: 1", n) + "}\n" + ok + lines(
        channel("#", "redirect: {queue: \"${v#}\"}"), n))
    yield "unknown variables", 50, lambda n: one("variables: {" + items("v#: 1", n) + "}\n" + ok + lines(
        channel("#", "redirect: {queue: \"${w#}\"}"), n))
    yield "variables of variables", 100, lambda n: one("variables: {" + items('v#: "${v0}"', n) + "}\n")
    yield "one long variable used often", 100, lambda n: one(
        "variables: {v: " + "a" * 2000 + "}\n" + ok + lines("    c#: {name: \"${v}\"}\n", n))
    yield "a variable used often in one text", 200, lambda n: one(
        "variables: {v: aaaa}\n" + ok + "    a: {name: \"" + "${v}" * n + "\"}\n")
    yield "a longer variable used more often", 100, lambda n: one(
        "variables: {v: " + "a" * n * 10 + "}\n" + ok + lines("    c#: {name: \"${v}\"}\n", n))
    yield "environments", 10, lambda n: one("environments: {" + items("e#: {}", n) + "}\n" + ok + lines(channel("#"), 5))
    yield "environments that overlay", 10, lambda n: one(
        "environments:\n" + lines("  e#: {variables: {v: 1}, defaults: {skills: {a: 1}}}\n", n) + ok + lines(channel("#"), 5))
    yield "environments with mistakes", 10, lambda n: one(
        "environments:\n" + lines("  e#: {variable: {v: 1}}\n", n) + ok + lines("    c#: {nam: 1}\n", 5))
    yield "only", 50, lambda n: one(
        "environments: {" + items("e#: {}", 5) + "}\n" + ok + channel(1, "only: [" + items("e1", n) + "]"))
    yield "unknown environments in only", 50, lambda n: one(
        "environments: {a: {}, b: {}}\n" + ok + channel(1, "only: [" + items("c#", n) + "]"))
    yield "defaults for channels", 100, lambda n: one(
        "defaults: {skills: {a: 1}, closing: {agent: 1d}}\n" + ok + lines(channel("#"), n))
    yield "wrong defaults", 50, lambda n: one("defaults: {skills: {" + items("s#: 99", n) + "}}\n" + ok + channel(1))
    yield "unknown defaults", 50, lambda n: one("defaults: {" + items("skil#: 1", n) + "}\n")
    yield "assumed queues", 100, lambda n: one("assume: {queues: {" + items("q#: {maxWaitingTime: 10m}", n) + "}}\n" + ok + lines(
        channel("#", "redirect: {queue: q#}, closing: {agent: 5m}"), n))
    yield "assumed queues that stand twice", 50, lambda n: one(
        "assume: {queues: {" + items('1#: {maxWaitingTime: 10m}, "1#": {maxWaitingTime: 10m}', n) + "}}\n")
    yield "fields of an assumed queue with a long title", 50, lambda n: one(
        "assume: {queues: {" + "q" * n * 10 + ": {" + items("w#: 1", n) + "}}}\n")
    yield "moved in one line", 100, lambda n: one("moved: {" + items("ok.a#: ok.b#", n) + "}\n")
    yield "moved in a cycle", 100, lambda n: one("moved: {" + items("ok.a#: ok.a1#", n) + ", ok.a1: ok.a0}\n")
    yield "moved and written", 100, lambda n: one(
        "moved: {" + items("ok.c#: ok.d#", n) + "}\n" + ok + lines(channel("#"), n))
    yield "removed in one line", 100, lambda n: one("removed: {" + items("ok.a#: {}", n) + "}\n")
    yield "removed and written", 100, lambda n: one(
        "removed: {" + items("ok.c#: {destroy: true}", n) + "}\n" + ok + lines(channel("#"), n))
    yield "adopt of unknown addresses", 50, lambda n: one(
        "adopt: {" + items("ok.d#: {id: 1#}", n) + "}\n" + ok + lines(channel("#"), n))
    yield "adopt of one channel", 50, lambda n: one(
        "adopt: {" + items("ok.c#: {id: 1}", n) + "}\n" + ok + lines(channel("#"), n))
    yield "fields of one adopt", 50, lambda n: one("adopt: {ok.c1: {" + items("i#: 1", n) + "}}\n" + ok + channel(1))
    yield "unknown rules", 50, lambda n: one("rules: {" + items("callbackURL.http#: off", n) + "}\n")
    yield "unknown settings", 50, lambda n: one("guards: {" + items("maxDelete#: 1", n) + "}\n")
    yield "patterns of include", 20, lambda n: {
        project: HEADER + "include: [" + items('"d/**/#-*.yaml"', n) + "]\n",
        **{f"d/{k}/a.yaml": "x-a: 1\n" for k in range(20)}}
    yield "directories of include", 20, lambda n: {
        project: HEADER + "include: [" + items('"d/**/#-*.yaml"', 20) + "]\n",
        **{f"d/{k}/a.yaml": "x-a: 1\n" for k in range(n)}}
    yield "stars of a pattern", 20, lambda n: {
        project: HEADER + "include: [\"d/" + "*a" * n + "b\"]\n", "d/" + "a" * 200: ""}
    yield "paths of include", 20, lambda n: {
        project: HEADER + "include: [" + items('"d/#.yaml"', n) + "]\n",
        **{f"d/{k}.yaml": "x-a: 1\n" for k in range(n)}}


def cost(files):
    """What validating a project costs: instructions where the machine counts them, else microseconds of the processor."""
    with tempfile.TemporaryDirectory(prefix="kitform-growth-") as directory:
        make(Path(directory), files)
        command = [KITFORM, "validate", "--color", "never"]
        quiet = {"cwd": directory, "stdout": subprocess.DEVNULL, "env": {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}}
        if cost.counts:
            result = subprocess.run(
                ["perf", "stat", "-x,", "-e", "instructions:u", "--", *command], stderr=subprocess.PIPE, text=True, **quiet)
            return int(re.search(r"^(\d+),", result.stderr, re.MULTILINE)[1])
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **quiet)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return int((usage.ru_utime + usage.ru_stime) * MILLION)


def growth(chosen):
    """Prints how the cost of each construct grows when it is made ten times as large; ends with 1 where it is too much."""
    probe = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", "--", "true"], capture_output=True, text=True) \
        if shutil.which("perf") else None
    cost.counts = probe is not None and re.search(r"^\d+,", probe.stderr, re.MULTILINE) is not None
    # What costs next to nothing is noise; time is noisier, so that everything is larger where it is what is measured.
    least, factor = (3_000_000, 1) if cost.counts else (30_000, 4)
    empty = cost({"kitform.yaml": HEADER})
    print(f"{'an empty project':48} {empty:>15,} {'instructions' if cost.counts else 'µs'}")
    failed = 0
    for name, size, files in constructs():
        if chosen and not any(word in name for word in chosen):
            continue
        small, large = (cost(files(size * factor * scale)) - empty for scale in (1, 10))
        ratio = large / max(small, least)
        failed += ratio > GROWTH
        print(f"{name:48} {small:>15,} {large:>15,} {ratio:6.1f}{'  too much' if ratio > GROWTH else ''}", flush=True)
    sys.exit(1 if failed else 0)


def main():
    if sys.argv[1:2] == ["--growth"]:
        return growth(sys.argv[2:])
    if sys.argv[1:2] == ["--make"]:
        return make(Path(sys.argv[3]), list(bombs())[int(sys.argv[2])][1]())
    if sys.argv[1:2] == ["--judge"]:
        return judge(Path(sys.argv[3]), list(bombs())[int(sys.argv[2])][2])
    failed = 0
    for number, name in enumerate([bomb[0] for bomb in bombs()]):
        directory = tempfile.mkdtemp(prefix="kitform-bomb-")
        # What makes and reads large files does so elsewhere: a process begins with the peak memory of the one that starts it.
        subprocess.run([sys.executable, __file__, "--make", str(number), directory], check=True)
        with open(os.path.join(directory, "out.json"), "wb") as output:
            begin = time.monotonic()
            process = subprocess.Popen(
                [KITFORM, "validate", "--format", "json"], cwd=directory, stdout=output, stderr=subprocess.DEVNULL)
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        cpu, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
        problems = []
        if process.returncode != 3:
            problems.append(f"it ended with {process.returncode}")
        # Others on the machine may take its time; the processor's is ours alone.
        if cpu > SECONDS:
            problems.append(f"it took {cpu:.1f} s")
        if memory > MEGABYTES:
            problems.append(f"it took {memory:.0f} MB")
        if process.returncode == 3:
            judged = subprocess.run(
                [sys.executable, __file__, "--judge", str(number), directory], check=True, capture_output=True, text=True)
            problems += judged.stdout.splitlines()
        failed += bool(problems)
        print(f"{name:44} {seconds * 1000:8.0f} ms, processor {cpu * 1000:7.0f} ms, peak {memory:6.1f} MB"
              f"{'  ' if problems else ''}{'; '.join(problems)}", flush=True)
        shutil.rmtree(directory)
    sys.exit(1 if failed else 0)


def make(directory, files):
    for path, text in files.items():
        (directory / path).parent.mkdir(exist_ok=True, parents=True)
        (directory / path).write_text(text, encoding="utf-8")


def judge(directory, expected):
    """Prints what is wrong with the verdict; nothing where it is right."""
    found = json.loads((directory / "out.json").read_bytes())["diagnostics"]
    if not any(matches(finding, expected) for finding in found):
        print(f"no {expected} among {[place(finding) for finding in found[:3]]}")


def place(finding):
    return finding["id"], finding["file"], finding["line"], finding["column"]


def matches(finding, expected):
    found = place(finding)
    return found[0].startswith(expected[0]) and all(
        wanted is None or wanted == is_ for wanted, is_ in zip(expected[1:], found[1:]))


main()
