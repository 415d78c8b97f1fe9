"""Rows whose runs are processes: killed, starved, interrupted, or left without an answer."""
import contextlib
import errno
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

from laboratory.world import ROOT, Kit, ServedStates, Violation, lose_directory, lose_journal

# File and network system calls that an apply can make; what a kernel does not have is left out.
FILES = ["openat", "read", "pread64", "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2",
         "unlink", "unlinkat", "mkdir", "mkdirat", "flock", "ftruncate", "fchmod", "fstat", "newfstatat", "close", "lseek",
         "link", "linkat", "getdents64"]
NETWORK = ["socket", "connect", "sendto", "sendmsg", "recvfrom", "recvmsg", "shutdown", "getsockopt", "setsockopt",
           "epoll_ctl"]


def strace(*options):
    if not shutil.which("strace"):
        sys.exit("strace is missing: apt-get install -y strace")
    return ["strace", "-f", "-qq", *options]


def points(lab):
    """Every (system call, n) that an undisturbed apply reaches after it opened the project, for the thread that calls most."""
    folder = lab.trial_folder()
    log = folder / "strace.log"
    with Kit(lab, folder, lab.port()):
        names = ",".join(FILES + NETWORK)
        run = lab.apply(folder, prefix=strace("-o", str(log), "-e", f"trace={names}"))
        if run.returncode:
            raise SystemExit(f"an undisturbed apply under strace ends with {run.returncode}: {run.words}")
    counts, first, opened = {}, {}, False
    for line in log.read_text(errors="replace").splitlines():
        match = re.match(r"(\d+)\s+(\w+)\(", line)
        if not match:
            continue
        thread, name = match.groups()
        counts[(name, thread)] = counts.get((name, thread), 0) + 1
        opened = opened or "kitform.yaml" in line
        if opened:
            first.setdefault((name, thread), counts[(name, thread)])
    found = set()
    for (name, thread), begin in first.items():
        found.update((name, number) for number in range(begin, counts[(name, thread)] + 1))
    return sorted(found)


def kill_at(point):
    name, number = point
    return strace("-o", "/dev/null", "-e", f"trace={name}", "-e", f"inject={name}:signal=KILL:when={number}")


def killed(results):
    """How many of the spoilt runs died: 6 is a run that was stopped short and said so."""
    return sum(result.returncode not in (0, 6) for result in results)


def row1_local(lab):
    """Kill at every file and network system call, run again."""
    every = points(lab)
    kept = [lambda point=point: lab.disturbed(
        f"killed at {point[0]} {point[1]}", lambda folder: lab.apply(folder, prefix=kill_at(point)))
        for point in lab.sample(every, 30)]
    lost = [lambda point=point: lab.disturbed(
        f"killed at {point[0]} {point[1]}, journal lost",
        lambda folder: lab.apply(folder, prefix=kill_at(point)), lose=lose_journal) for point in lab.sample(every, 20)]
    count, failures, results = lab.all(kept + lost)
    yield (f"local state: {count} runs killed at a system call (of {len(every)} points; about half lost their journal; "
           f"{killed(results)} died), run again", failures)


# One CI job, tried again on another runner.
JOB = {"GITHUB_SERVER_URL": "https://github.example.com", "GITHUB_REPOSITORY": "acme/kit", "GITHUB_RUN_ID": "9",
       "GITHUB_JOB": "apply"}


def unlocked(lab, what, counts):
    """Runs again where nobody can know that the holder of the lock is gone: a person says so first."""
    def again(folder):
        run = lab.apply(folder)
        if run.returncode == 7:
            match = re.search(r"`kitform state unlock (\S+?)`", run.words)
            if not match:
                raise Violation(f"{what}: exit 7 names no way out: {run.words}")
            freed = lab.run(folder, "state", "unlock", match.group(1))
            if freed.returncode:
                raise Violation(f"{what}: the lock is not freed: {freed.words}")
            counts.append("freed")
            run = lab.apply(folder)
        return run
    return again


def retried(lab, counts):
    """Runs again as a later attempt of the same CI job, which takes the lock over."""
    def again(folder):
        run = lab.apply(folder, environment={**JOB, "GITHUB_RUN_ATTEMPT": "2"})
        if "Took over the lock" in run.words:
            counts.append("taken over")
        return run
    return again


@contextlib.contextmanager
def served(lab, name, kind):
    """Keeps the states of trials on a server."""
    local, lab.states = lab.states, ServedStates(lab, name, kind)
    try:
        yield
    finally:
        lab.states.end()
        lab.states = local


def row1_served(name, kind):
    """The same with the state on a server, and all that the runner had deleted between the two runs."""
    def row(lab):
        with served(lab, name, kind):
            every, counts, trials = points(lab), [], []
            for number, point in enumerate(lab.sample(every, 16)):
                what = f"{name} state, killed at {point[0]} {point[1]}, directory lost"
                first = {**JOB, "GITHUB_RUN_ATTEMPT": "1"} if number % 2 else {}
                again = retried(lab, counts) if number % 2 else unlocked(lab, what, counts)
                trials.append(lambda what=what, point=point, first=first, again=again: lab.disturbed(
                    what, lambda folder: lab.apply(folder, prefix=kill_at(point), environment=first),
                    lose=lose_directory, again=again))
            count, failures, results = lab.all(trials)
        yield (f"{name} state: {count} runs killed at a system call (of {len(every)} points; {killed(results)} died), their "
               f"directory lost, run again (lock taken over {counts.count('taken over')} times, freed {counts.count('freed')})",
               failures)
    return row


def row2(lab):
    """Kill at every named step."""
    steps = ["recorded", "sent", "answered", "noted", "verified", "saved", "cleared"]
    chosen = [(step, number) for step in steps
              for number in (range(1, 6) if step in ("sent", "answered", "noted") else [1])]
    trials = [lambda step=step, number=number, lose=lose: lab.disturbed(
        f"killed at {step}:{number}", lambda folder: lab.apply(folder, environment={"KITFORM_CRASH": f"{step}:{number}"}),
        lose=lose) for step, number in lab.sample(chosen, 12) for lose in (lambda folder: None, lose_journal)]
    count, failures, results = lab.all(trials)
    if not any(result.returncode < 0 or result.returncode == 9 for result in results):
        failures.append("no run died: this is not a debug build")
    yield f"{count} runs killed at a named step, with and without their journal, one more run each", failures


def row2_served(lab):
    """The same with the state on a server and the directory lost, a checkpoint of the state among the steps."""
    steps = ["recorded:1", "sent:2", "answered:2", "noted:2", "checkpointed:1", "checkpointed:2", "verified:1", "saved:1", "cleared:1"]
    with served(lab, "http", "http"):
        counts = []
        trials = [lambda step=step: lab.disturbed(
            f"http state, killed at {step}, directory lost",
            lambda folder: lab.apply(folder, "--parallelism", "1", environment={**JOB, "GITHUB_RUN_ATTEMPT": "1", "KITFORM_CRASH": step}),
            # Slow enough that the state is written between the calls.
            options=("--latency", "700"), lose=lose_directory, again=retried(lab, counts))
            for step in lab.sample(steps, 4)]
        count, failures, results = lab.all(trials)
    failures += [f"a run at a named step ended with {result.returncode}" for result in results if result.returncode not in (-9, 9)]
    yield (f"http state: {count} runs killed at a named step, their directory lost, taken over by a later attempt of the job "
           f"({counts.count('taken over')} times)", failures)


def row3(lab):
    """A call on a file fails or writes less than it should: a full disk, a broken one."""
    library = lab.root / "failing-files.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, ROOT / ".ci/failing-files.c", "-ldl"], check=True)

    def faults(folder, **more):
        return {"LD_PRELOAD": str(library), "LAB_DIRECTORY": f"{folder}/.kitform", **{key: str(value) for key, value in more.items()}}

    folder = lab.trial_folder()
    with Kit(lab, folder, lab.port()):
        lab.apply(folder, environment=faults(folder, LAB_COUNT=folder / "count"))
    calls = int((folder / "count").read_text())

    def one(number, error, name):
        what = f"call {number} of {calls} on a file: {name}"

        def disturb(folder):
            run = lab.apply(folder, environment=faults(folder, LAB_AT=number, LAB_ERROR=error))
            if not run.returncode and "emergency" in run.words:
                raise Violation(f"{what}: exit 0 with an emergency file")
            try:
                json.loads((folder / ".kitform/default/state.json").read_bytes())
            except (OSError, ValueError) as problem:
                raise Violation(f"{what}: the state is gone or torn: {problem}")
            return run
        return lab.disturbed(what, disturb)

    every = [(number, error, name) for number in range(1, calls + 1)
             for error, name in ((errno.ENOSPC, "ENOSPC"), (errno.EIO, "EIO"), (0, "short"))]
    count, failures, results = lab.all([lambda point=point: one(*point) for point in lab.sample(every, 30)])
    noticed = sum(result.returncode != 0 for result in results)
    yield f"{count} runs with one call on a file failing (ENOSPC, EIO) or writing half, of {calls} calls ({noticed} ended with an error), run again", failures


def row4(lab):
    """The answer to a creation is lost in every way."""
    faults = ["drop-after", "reset", "500-after", "half-body", "drop-before", "reset-before", "500-before", "429", "429-after",
              "redirect", "redirect-after", "html", "html-after", "foreign-400", "foreign-400-after", "foreign-404",
              "foreign-404-after", "empty-after", "denied-after"]
    trials = [lambda fault=fault, number=number: lab.disturbed(
        f"{fault}@create:{number}", lambda folder: lab.apply(folder), options=("--fault", f"{fault}@create:{number}"))
        for fault in faults for number in (1, 2, 3) for _ in range(1 if lab.short else 5)]
    # A server that never answers, or never comes to an end, takes the client's whole time limit.
    trials += [lambda fault=fault: lab.disturbed(
        f"{fault}@create:2", lambda folder: lab.apply(folder, "--timeout", "5s"), options=("--fault", f"{fault}@create:2"))
        for fault in ("silence", "slow-body") for _ in range(1 if lab.short else 5)]
    count, failures, _ = lab.all(trials)
    yield f"{count} applies whose answer to a creation was lost, in {len(faults) + 2} ways", failures


def row6(lab):
    """A channel whose creation was not answered lists late."""
    def late(folder):
        return lab.apply(folder, "--settle", "6s")

    trials = [lambda fault=fault, number=number: lab.disturbed(
        f"{fault}@create:{number}, listed after 2 s", late,
        options=("--fault", f"{fault}@create:{number}", "--late-visibility", "2000"))
        for fault in ("drop-after", "reset", "500-after", "half-body") for number in (1, 2, 3)
        for _ in range(1 if lab.short else 5)]
    count, failures, _ = lab.all(lab.sample(trials, 6))
    yield f"{count} applies whose lost creation lists after 2 s, settling for 6 s", failures


def row9(lab):
    """plan, validate, show and drift change nothing."""
    folder = lab.trial_folder()
    failures, commands = [], [("validate",), ("plan",), ("plan", "--out", "saved.json"), ("show", "saved.json"), ("show", "state"),
                              ("output",), ("state", "list"), ("environments",), ("drift",), ("graph",), ("export",),
                              ("state", "pull")]
    with Kit(lab, folder, lab.port()) as kit:
        def kept():
            return {path: path.read_bytes() for path in sorted((folder / ".kitform").rglob("*")) if path.is_file()}
        before = kept()
        for command in commands:
            lab.run(folder, *command)
            if kept() != before:
                failures.append(f"`kitform {' '.join(command)}` changed what .kitform holds")
        writes = [path for path, _ in kit.calls() if not re.search(r"/(search|get)\w+$", path)]
        failures += [f"a mutating call: {path}" for path in writes]
    yield f"{len(commands)} commands that only read: {len(writes)} mutating calls", failures


SLOW = ("--latency", "30"), ("--parallelism", "1")


def span(lab):
    """How long an undisturbed apply takes that is slow enough to be met: signals come at any time of it."""
    options, slow = SLOW
    folder = lab.trial_folder()
    with Kit(lab, folder, lab.port(), options):
        begin = time.monotonic()
        lab.apply(folder, *slow)
        return time.monotonic() - begin


def signalled(lab, kinds, trials, again=lambda kind: None):
    """Runs that a signal meets at random times: (count, violations, how many were stopped in order)."""
    options, slow = SLOW
    limit = span(lab)

    def one(kind, delay):
        def disturb(folder):
            with open(folder / "out.log", "wb") as out:
                process = subprocess.Popen(
                    [lab.kitform, "apply", "--auto-approve", "--settle", "1s", *slow], cwd=folder,
                    env=lab.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
                time.sleep(delay)
                number = getattr(signal, f"SIG{kind.split()[0]}")
                process.send_signal(number)
                if "twice" in kind:
                    time.sleep(0.02)
                    process.send_signal(number)
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise Violation(f"{kind} after {delay:.3f} s: it did not end")
            process.words = (folder / "out.log").read_text(errors="replace")
            # -1, -2 and -15: the signal came before the tool had asked to be told.
            allowed = (0, 130, -2) if kind.startswith("INT") else (0, 143, -1, -15)
            if process.returncode not in allowed:
                raise Violation(f"{kind} after {delay:.3f} s: exit {process.returncode}: {process.words}")
            return process
        return lab.disturbed(f"{kind} after {delay:.3f} s", disturb, options=options, again=again(kind))

    count, failures, results = lab.all(
        [lambda kind=kind, delay=lab.random.uniform(0, limit): one(kind, delay) for kind in kinds for _ in range(trials)])
    return count, failures, sum(result.returncode in (130, 143) for result in results)


def row10(lab):
    """Ctrl-C once, twice and SIGTERM at random times."""
    count, failures, stopped = signalled(lab, ("INT", "INT twice", "TERM"), 5 if lab.short else 67)
    yield f"{count} runs met Ctrl-C once, twice or SIGTERM ({stopped} were stopped in order), run again where needed", failures


def row10_served(lab):
    """The same with the state on a server, whose lock does not end with its process: who stops in order frees it."""
    counts = []
    with served(lab, "http", "http"):
        count, failures, stopped = signalled(
            lab, ("INT", "INT twice", "TERM", "TERM twice", "HUP twice"), 3 if lab.short else 20,
            # A second Ctrl-C ends at once, with the lock held; after anything else nobody has to free it.
            again=lambda kind: unlocked(lab, kind, counts) if kind == "INT twice" else None)
    yield (f"http state: {count} runs met Ctrl-C once or twice, or SIGTERM or SIGHUP once or twice ({stopped} were stopped in "
           f"order; the lock had to be freed after a second Ctrl-C {counts.count('freed')} times, after nothing else)", failures)


def row12_paused(name, kind):
    """The holder of a lock is paused at any time, a later attempt of its job takes over, and the holder wakes up."""
    def row(lab):
        options, slow = SLOW
        with served(lab, name, kind):
            limit, taken = span(lab), []

            def one(pause, delay):
                def disturb(folder):
                    other = lab.folder()
                    shutil.copy(folder / "kitform.yaml", other / "kitform.yaml")
                    command = [lab.kitform, "apply", "--auto-approve", "--settle", "1s", *slow]
                    with open(folder / "out.log", "wb") as out:
                        holder = subprocess.Popen(
                            command, cwd=folder, env={**lab.environment, **JOB, "GITHUB_RUN_ATTEMPT": "1"},
                            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
                        time.sleep(pause)
                        holder.send_signal(signal.SIGSTOP)
                        waker = threading.Timer(delay, lambda: holder.send_signal(signal.SIGCONT))
                        waker.start()
                        try:
                            later = lab.apply(other, *slow, environment={**JOB, "GITHUB_RUN_ATTEMPT": "2"})
                        finally:
                            waker.join()
                        try:
                            holder.wait(60)
                        except subprocess.TimeoutExpired:
                            holder.kill()
                            raise Violation(f"paused after {pause:.3f} s: the holder did not end")
                    if "Took over the lock" in later.words:
                        taken.append(True)
                    if later.returncode:
                        raise Violation(f"paused after {pause:.3f} s for {delay:.3f} s: exit {later.returncode}: {later.words}")
                    return later
                return lab.disturbed(f"paused after {pause:.3f} s for {delay:.3f} s", disturb, options=options)

            count, failures, _ = lab.all([
                lambda pause=lab.random.uniform(0, limit), delay=lab.random.uniform(0, 8): one(pause, delay)
                for _ in range(4 if lab.short else 30)])
        yield (f"{name} state: {count} holders of the lock paused at any time and woken up to 8 s later, a later attempt of "
               f"their job beside them ({len(taken)} locks taken over): nothing twice, nothing lost", failures)
    return row
