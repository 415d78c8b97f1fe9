#!/usr/bin/env python3
"""Gives `kitform validate` files that mean harm, and prints what each costs and what is said of it.

    swift build -c release --product kitform
    python3 Tests/Benchmarks/bombs.py

Each is to end with the right finding at the right place, within a second and 100 MB as a whole process (reliability.md, row 19);
otherwise the script ends with 1. KITFORM names the binary where it is not in .build/release.
"""
import json
import os
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


def main():
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
        (directory / path).parent.mkdir(exist_ok=True)
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
