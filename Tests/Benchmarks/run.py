#!/usr/bin/env python3
"""Measures kitform as whole processes, beside the peers that the figures are set against.

    swift build -c release --product kitform && swift build -c release --product Benchmarks
    python3 Tests/Benchmarks/run.py [RUNS]

Every figure is the median of RUNS runs (7), one of ours after one of the peer's, so that both meet the same machine.
The floor of `validate` is events.c, which is compiled here (cc, libyaml-dev). decK is measured where `deck` is installed
and BENCH_PEERS names a directory with its generator and its server, gen_kong.py and mock_kong.py.
KITFORM and BENCHMARKS name the binaries where they are not in .build/release.
"""
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
RELEASE = HERE.parent.parent / ".build" / "release"
KITFORM = os.environ.get("KITFORM", str(RELEASE / "kitform"))
BENCHMARKS = os.environ.get("BENCHMARKS", str(RELEASE / "Benchmarks"))
PEERS = os.environ.get("BENCH_PEERS")
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
TOKEN = "sandbox-token"


class Sample:
    """What some runs of one command took."""

    def __init__(self):
        self.wall, self.cpu, self.memory = [], [], []

    def add(self, command, cwd, environment, codes):
        # posix_spawn and wait4 give the child's own time and memory, whatever ran before it.
        begin = time.monotonic()
        process = subprocess.Popen(
            command, cwd=cwd, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        words = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.wall.append(time.monotonic() - begin)
        process.returncode = os.waitstatus_to_exitcode(status)
        process.stderr.close()
        if process.returncode not in codes:
            sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}\n{words.decode()[-2000:]}")
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory.append(usage.ru_maxrss / 1024)

    @property
    def seconds(self):
        return statistics.median(self.wall)

    def __str__(self):
        return (f"{self.seconds * 1000:8.1f} ms, processor {statistics.median(self.cpu) * 1000:8.1f} ms, "
                f"peak {max(self.memory):6.1f} MB")


def measure(*commands, runs=None):
    """Runs the commands in turn, `runs` times after one that does not count."""
    runs = runs or RUNS
    samples = [Sample() for _ in commands]
    for turn in range(runs + 1):
        for sample, (command, cwd, environment, codes) in zip(samples, commands):
            (Sample() if turn == 0 else sample).add(command, cwd, environment, codes)
    return samples


def ours(*arguments, cwd, environment=None, codes=(0,)):
    return ([KITFORM, *arguments], cwd, {**os.environ, **(environment or {})}, codes)


def peer(*command, cwd, codes=(0,)):
    return (list(command), cwd, dict(os.environ), codes)


def verdict(label, value, limit, unit):
    print(f"  {'met   ' if value <= limit else 'MISSED'} {label}: {value:.2f}{unit} (at most {limit:g}{unit})")


def project(work, count, host=None):
    directory = work / f"{count}{'-local' if host else ''}"
    directory.mkdir()
    text = subprocess.run([BENCHMARKS, "manifest", str(count)] + ([host] if host else []),
                          check=True, capture_output=True).stdout
    (directory / "kitform.yaml").write_bytes(text)
    return directory


def secrets(count):
    """The variables that the manifests of `count` channels name; short ones, because all of them go to every process."""
    return {"KIT_API_TOKEN": TOKEN, **{f"GROUP_TOKEN_{number}": f"t{number}" for number in range(0, count, 2)}}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit(f"nothing listens on port {port}")


class Server:
    """A process that listens on a port while the block lasts."""

    def __init__(self, port, command, cwd):
        self.port, self.command, self.cwd = port, command, cwd

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, cwd=self.cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.port)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()


def start(work):
    print("start")
    (sample,) = measure(ours("version", cwd=work), runs=max(RUNS, 20))
    print(f"  kitform version      {sample}")
    verdict("start", sample.seconds * 1000, 20, " ms")


def validate(work):
    print("validate, 10,000 channels in one file")
    floor = work / "events"
    subprocess.run(["cc", "-O2", "-o", floor, HERE / "events.c", "-lyaml"], check=True)
    directory = project(work, 10_000)
    mine, bare = measure(
        ours("validate", cwd=directory), peer(str(floor), "kitform.yaml", cwd=directory))
    print(f"  kitform              {mine}\n  libyaml's events     {bare}")
    verdict("kitform / events", mine.seconds / bare.seconds, 4, " times")
    verdict("memory", max(mine.memory), 50, " MB")


def validate_beside_deck(work, kong):
    print("validate, 1,000 channels or services")
    directory = project(work, 1_000)
    mine, deck = measure(
        ours("validate", cwd=directory), peer("deck", "validate", "-s", str(kong), cwd=work))
    print(f"  kitform              {mine}\n  decK                 {deck}")
    verdict("kitform / decK", mine.seconds / deck.seconds, 0.25, " times")


def plan(work, count, kong=None):
    print(f"plan without a change, {count:,} channels over loopback HTTP")
    port = free_port()
    directory = project(work, count, f"http://127.0.0.1:{port}")
    environment = secrets(count)
    with Server(port, [KITFORM, "sandbox", "--port", str(port)], directory):
        (applied,) = [Sample()]
        applied.add(*ours("apply", "--auto-approve", cwd=directory, environment=environment))
        print(f"  apply of all, once   {applied}")
        command = ours("plan", cwd=directory, environment=environment, codes=(0,))
        if kong is None:
            (mine,) = measure(command)
            print(f"  kitform              {mine}")
        else:
            other = free_port()
            with Server(other, ["python3", str(Path(PEERS) / "mock_kong.py"), str(other), str(count), "same"], work):
                mine, deck = measure(
                    command,
                    peer("deck", "diff", "--kong-addr", f"http://127.0.0.1:{other}", "-s", str(kong),
                         "--non-zero-exit-code", cwd=work))
            print(f"  kitform              {mine}\n  decK diff            {deck}")
            verdict("kitform / decK", mine.seconds / deck.seconds, 1, " times")
    if count >= 10_000:
        verdict("memory", max(mine.memory), 150, " MB")
    return applied


def create_beside_deck(work, kong, applied):
    print("create 1,000 channels or services")
    port = free_port()
    sample = Sample()
    with Server(port, ["python3", str(Path(PEERS) / "mock_kong.py"), str(port), "0", "empty"], work):
        sample.add(*peer("deck", "sync", "--kong-addr", f"http://127.0.0.1:{port}", "-s", str(kong), cwd=work))
    print(f"  kitform apply        {applied}\n  decK sync            {sample}")
    print(f"         kitform / decK: {applied.seconds / sample.seconds:.2f} times")


def main():
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        start(work)
        validate(work)
        kong = None
        if PEERS and shutil.which("deck"):
            kong = work / "kong" / "kong.yaml"
            subprocess.run(["python3", str(Path(PEERS) / "gen_kong.py"), str(kong), "1000"], check=True)
            validate_beside_deck(work, kong)
        else:
            print("decK is left out: install `deck` and set BENCH_PEERS")
        applied = plan(work, 1_000, kong)
        if kong:
            create_beside_deck(work, kong, applied)
        plan(work, 10_000)


if __name__ == "__main__":
    main()
