"""Rows that Swift tests or the package's own tools hold: they are run here, and what they count is added up."""
import json
import os
import re
import subprocess

from laboratory.world import ROOT, Kit


class Counts(dict):
    """What the tests of one row counted; what none of them counted is a fault of the row."""

    def __init__(self):
        super().__init__()
        self.failures = []

    def add(self, counts):
        for name, number in counts.items():
            self[name] = self.get(name, 0) + number

    def words(self, name):
        if name not in self:
            self.failures.append(f"no test counted any {name}")
        return f"{self.get(name, 0):,}"


def tests(lab, row, pattern, trials=None):
    """Runs the tests that match, as `swift test --filter` does, and adds up what they count for a row of the scorecard."""
    counts = Counts()
    environment = {**os.environ, "SCORECARD": "1", "NO_COLOR": "1"}
    environment.pop("TRIALS", None)
    if trials:
        environment["TRIALS"] = str(trials)
    run = subprocess.run(
        [lab.tool("kitformPackageTests.xctest"), "--testing-library", "swift-testing", "--filter", pattern], cwd=ROOT,
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    for line in run.stdout.splitlines():
        match = re.fullmatch(r"scorecard (\d+) (\{.*\})", line)
        if match and int(match.group(1)) == row:
            counts.add(json.loads(match.group(2)))
    summary = re.search(r"Test run with (\d+) tests? in \d+ suites? passed", run.stdout)
    if not summary or int(summary.group(1)) == 0:
        issues = [line for line in run.stdout.splitlines() if "recorded an issue" in line]
        if summary or "No matching test cases" in run.stdout:
            issues = [f"no test matches {pattern}"]
        counts.failures += issues or [f"the tests of {pattern} did not pass:\n{run.stdout[-2000:]}"]
    return counts


def row5(lab):
    """A request is dropped on a reused connection."""
    counts = tests(lab, 5, "dropped on a reused", trials=3 if lab.short else 100)
    drops, hits = counts.words("drops"), counts.words("hits")
    if counts.get("drops") != counts.get("hits"):
        counts.failures.append("a request was repeated, or never came")
    yield f"{drops} requests dropped on a reused connection, plain and TLS, reached the server {hits} times", counts.failures


def row7(lab):
    """Stop anywhere, disk kept or lost, run again: the deterministic simulation of random projects."""
    counts = tests(lab, 7, "random projects survive", trials=lab.worlds or (2_000 if lab.short else 100_000))
    yield f"{counts.words('worlds')} simulated projects stopped anywhere, disk kept or lost, and run again", counts.failures


def row8(lab):
    """Apply, then plan; and two plans of one input."""
    counts = tests(lab, 8, "the next one is empty", trials=500 if lab.short else 10_000)
    projects, plans = counts.words("projects"), counts.words("empty plans")
    pairs, folder = 3 if lab.short else 20, lab.trial_folder()
    with Kit(lab, folder, lab.port()):
        for _ in range(pairs):
            both = [lab.run(folder, "plan", "--out", "saved.json", "--format", "json").stdout + (folder / "saved.json").read_bytes()
                    for _ in range(2)]
            if both[0] != both[1]:
                counts.failures.append("two processes made two plans of one input")
    yield f"{projects} random projects applied, then planned: {plans} plans that had to be empty were; {pairs} pairs of processes that had to make equal plans, byte by byte", counts.failures


def row11(lab):
    """A saved plan that is stale, foreign, edited or used already."""
    short = "a plan is applied once|to the same channel|lineage makes|environment makes|edited file|value of a secret"
    counts = tests(lab, 11, f"kitformTests.SavedPlanTests/.*({short})" if lab.short else "kitformTests.SavedPlanTests")
    yield f"{counts.words('refused')} stale, foreign, edited or re-used plans refused before the first write", counts.failures


def row12(lab):
    """Many processes on one state, on each backend."""
    processes, rounds = (4, 6) if lab.short else (16, 50)
    for backend in ("local", "http", "s3", "moto"):
        run = subprocess.run(
            [lab.tool("StateRounds"), backend, "--processes", str(processes), "--rounds", str(rounds)], cwd=lab.root,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        line = run.stdout.strip().splitlines()[0] if run.stdout.strip() else f"{backend}: nothing was said"
        yield line, [] if run.returncode == 0 and "skipped" not in line else [run.stdout]


def row13(lab):
    """A state cut or with bits flipped."""
    counts = tests(lab, 13, "cut at any byte|one bit flipped|every cut is found")
    yield f"{counts.words('cuts')} cuts and {counts.words('flips')} flipped bits of plain and encrypted states, which had to be found damaged", counts.failures


def row22(lab):
    """Planted secrets in everything that runs say and leave behind."""
    counts = tests(lab, 22, "kitformTests.SecretTests")
    secrets, failures, literals = counts.words("secrets"), counts.words("failures"), counts.words("literals")
    texts, leaks = counts.words("texts"), counts.words("leaks")
    yield f"{secrets} planted secrets, {failures} forced failures, {literals} manifests with a literal: {texts} outputs and files searched, {leaks} leaks", counts.failures
