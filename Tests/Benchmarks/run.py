#!/usr/bin/env python3
"""Measures kitform as whole processes, beside the peers that the figures are set against.

    swift build -c release --static-swift-stdlib --product kitform
    swift build -c release --product Benchmarks
    python3 Tests/Benchmarks/run.py [RUNS]

Every figure is the median of RUNS runs (7), one of ours after one of the peer's, so that both meet the same machine.
The floor of `validate` is events.c, which is compiled here (cc, libyaml-dev). decK is measured where `deck` is installed
and BENCH_PEERS names a directory with its generator and its server, gen_kong.py and mock_kong.py.
KITFORM and BENCHMARKS name the binaries where they are not in .build/release. A ratio is that of the processor's time where
a process does nothing but compute, so that other work on the machine counts for neither side, and of the time that passed
where processes talk to each other.
"""
import os
import re
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
TOKEN = "benchmark-token"
# As on a machine that sets no authorities of its own: to read them takes each process some milliseconds.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in ("SSL_CERT_FILE", "SSL_CERT_DIR")}


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

    @property
    def work(self):
        return statistics.median(self.cpu)

    def __str__(self):
        return (f"{self.seconds * 1000:8.1f} ms, processor {self.work * 1000:8.1f} ms, "
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
    return ([KITFORM, *arguments], cwd, {**ENVIRONMENT, **(environment or {})}, codes)


def peer(*command, cwd, codes=(0,)):
    return (list(command), cwd, ENVIRONMENT, codes)


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
    return {"KIT_API_TOKEN": TOKEN, "KITFORM_STATE_KEY": "a state key of more than thirty-two bytes", **{f"GROUP_TOKEN_{number}": f"t{number}" for number in range(0, count, 2)}}


def token_file(directory):
    """The file that gives a local Kit the token of `secrets`."""
    path = directory / "kit.token"
    path.write_text(TOKEN)
    return str(path)


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

    def __init__(self, port, command, cwd, log=os.devnull):
        self.port, self.command, self.cwd, self.log = port, command, cwd, log

    def __enter__(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, cwd=self.cwd, stdout=subprocess.DEVNULL, stderr=log)
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
    verdict("start", sample.work * 1000, 20, " ms")
    return sample.work


def split(directory, count, work):
    """The project in `directory` in `count` files beside its kitform.yaml, and all of its bytes in one file."""
    head, body = (directory / "kitform.yaml").read_text().split("channels:\n")
    kinds = [re.split(r"(?m)^(?=    \S)", part)[1:] for part in body.split("  custom:\n")]
    target = work / f"{directory.name}-files"
    (target / "channels").mkdir(parents=True)
    texts = [head]
    for number in range(count):
        first, last = [len(kinds[0]) * n // count for n in (number, number + 1)]
        texts.append("channels:\n" + "".join(
            f"  {kind}:\n" + "".join(entries[first:last]) for kind, entries in zip(("ok", "custom"), kinds)))
        (target / "channels" / f"{number}.yaml").write_text(texts[-1])
    (target / "kitform.yaml").write_text(head)
    (work / "whole.yaml").write_text("---\n".join(texts))
    return target


def validate(work):
    print("validate, 10,000 channels in one file, and in 1,000")
    floor = work / "events"
    subprocess.run(["cc", "-O2", "-o", floor, HERE / "events.c", "-lyaml"], check=True)
    directory = project(work, 10_000)
    files = split(directory, 1_000, work)
    one, many, bare, all_bare = measure(
        ours("validate", cwd=directory), ours("validate", cwd=files),
        peer(str(floor), "kitform.yaml", cwd=directory), peer(str(floor), "whole.yaml", cwd=work))
    print(f"  kitform, one file    {one}\n  libyaml's events     {bare}")
    verdict("kitform / events", one.work / bare.work, 2.5, " times")
    verdict("memory", max(one.memory), 50, " MB")
    print(f"  kitform, 1,000 files {many}\n  libyaml's events     {all_bare}")
    verdict("kitform / events", many.work / all_bare.work, 3, " times")


def validate_beside_deck(work, kong):
    print("validate, 1,000 channels or services")
    directory = project(work, 1_000)
    mine, deck = measure(
        ours("validate", cwd=directory), peer("deck", "validate", "-s", str(kong), cwd=work))
    print(f"  kitform              {mine}\n  decK                 {deck}")
    verdict("kitform / decK", mine.work / deck.work, 0.125, " times")


def flat(part):
    """What a part of the Benchmarks says of its cost as the channels grow in number, each beside the first line."""
    text = subprocess.run([BENCHMARKS, part], check=True, capture_output=True, text=True).stdout
    print(text, end="")
    verdict("cost of a channel, growth", max(float(ratio) for ratio in re.findall(r"([\d.]+) times the first", text)),
            1.3, " times")
    return text


def planning():
    text = flat("planning")
    slowest = max(float(time) for time in re.findall(r"(?m)^ +10000 channels.* ([\d.]+) ms", text))
    verdict("planner, 10,000 channels", slowest, 100, " ms")


def plan(work, count, kong=None):
    print(f"plan without a change, {count:,} channels over loopback HTTP, 50 a page")
    port = free_port()
    directory = project(work, count, f"http://127.0.0.1:{port}")
    environment = secrets(count)
    with Server(port, [KITFORM, "sandbox", "--port", str(port), "--token-file", token_file(directory)], directory):
        Sample().add(*ours("apply", "--auto-approve", cwd=directory, environment=environment))
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
            verdict("kitform / decK", mine.seconds / deck.seconds, 0.5, " times")
    verdict("memory", max(mine.memory), 150 if count >= 10_000 else 60, " MB")
    shutil.rmtree(directory)


def apply(work, count, sample, *options):
    """Makes all channels of a new project in a new account; returns how many calls that took, reads included."""
    port = free_port()
    directory = project(work, count, f"http://127.0.0.1:{port}")
    log = directory / "calls.log"
    with Server(port, [KITFORM, "sandbox", "--port", str(port), "--token-file", token_file(directory), *options], directory, log):
        sample.add(*ours("apply", "--auto-approve", "--parallelism", "10", cwd=directory, environment=secrets(count)))
    calls = sum(line.startswith(b"call ") for line in log.read_bytes().splitlines())
    shutil.rmtree(directory)
    return calls


def create(work, kong):
    print("create 1,000 channels or services over loopback HTTP, 10 side by side")
    mine, deck, port = Sample(), Sample(), free_port()
    for _ in range(max(3, RUNS // 2)):
        apply(work, 1_000, mine)
        if kong:
            with Server(port, ["python3", str(Path(PEERS) / "mock_kong.py"), str(port), "0", "empty"], work):
                deck.add(*peer("deck", "sync", "--kong-addr", f"http://127.0.0.1:{port}", "-s", str(kong), cwd=work))
    print(f"  kitform apply        {mine}")
    if kong:
        print(f"  decK sync            {deck}")
        verdict("kitform / decK", mine.seconds / deck.seconds, 1, " times")
    slow = Sample()
    for _ in range(max(3, RUNS // 2)):
        calls = apply(work, 1_000, slow, "--latency", "20")
    print(f"  20 ms an answer      {slow}, {calls:,} calls")
    verdict("kitform / (calls x latency / parallelism)", slow.seconds / (calls * 0.02 / 10), 1.2, " times")
    return mine


def creations(work, begin, thousand):
    print("cost of a creation, by the number of channels")
    few, many = Sample(), Sample()
    for _ in range(max(3, RUNS // 2)):
        apply(work, 100, few)
    apply(work, 5_000, many)
    costs = [(sample.work - begin) / count for sample, count in ((few, 100), (thousand, 1_000), (many, 5_000))]
    for count, cost in zip((100, 1_000, 5_000), costs):
        print(f"  {count:5,} channels       {cost * 1_000_000:8.1f} µs of the processor each")
    verdict("growth from 100", max(costs) / costs[0], 1.3, " times")


def main():
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        begin = start(work)
        validate(work)
        kong = None
        if PEERS and shutil.which("deck"):
            kong = work / "kong" / "kong.yaml"
            subprocess.run(["python3", str(Path(PEERS) / "gen_kong.py"), str(kong), "1000"], check=True)
            validate_beside_deck(work, kong)
        else:
            print("decK is left out: install `deck` and set BENCH_PEERS")
        flat("reading")
        planning()
        plan(work, 1_000, kong)
        plan(work, 10_000)
        creations(work, begin, create(work, kong))


if __name__ == "__main__":
    main()
