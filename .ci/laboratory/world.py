"""The laboratory: a local Kit, a server of states, a project, and runs of kitform that somebody spoils."""
import concurrent.futures
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TOKEN = "laboratory-token"
WORKERS = 2

# The project before and after the run that is disturbed: two creations of one name among the creations, an update, a deletion.
CHANNEL = '    {key}: {{name: {name}, callbackURL: "http://127.0.0.1:9/{key}", apiToken: {{id: 42}}, redirect: {{queue: Support}}{more}}}\n'
BEFORE = {"kept": ("Kept", ""), "changed": ("Changed", ", closing: {agent: 1h}"), "old": ("Old", "")}
AFTER = {
    "kept": ("Kept", ""), "changed": ("Changed", ", closing: {agent: 2h}"), "first": ("First", ""),
    "twin-a": ("Twin", ""), "twin-b": ("Twin", ""),
}
REMOVED = "removed: {custom.old: {destroy: true}}\nguards: {maxDeletes: 1, maxDeletePercent: 100}\n"


def manifest(port, channels, top=""):
    host = f'"http://127.0.0.1:{port}"'
    text = f"kitform: 1\naccount: {{name: acme, apiHost: {host}, messagingHost: {host}, token: {{env: KIT_API_TOKEN}}}}\n{top}"
    return text + "channels:\n  custom:\n" + "".join(
        CHANNEL.format(key=key, name=name, more=more) for key, (name, more) in channels.items())


class Violation(Exception):
    """Something was lost, done twice, or did not converge."""


class Kit:
    """A local Kit as a process of its own, which outlives the runs that are killed."""

    def __init__(self, lab, folder, port, options=()):
        self.folder = folder
        self.log = folder / "kit.log"
        (folder / "kit.token").write_text(TOKEN)
        with open(self.log, "wb") as log, open(folder / "kit.err", "wb") as errors:
            self.process = subprocess.Popen(
                [lab.kitform, "sandbox", "--port", str(port), "--file", "account.json", "--token-file", "kit.token", "--format", "json", *options],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=errors)
        deadline = time.monotonic() + 60
        while '"listening"' not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the local Kit did not start: {(folder / 'kit.err').read_text()}")
            time.sleep(0.005)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def calls(self):
        """The calls so far, as (path, outcome)."""
        lines = (json.loads(line) for line in self.log.read_text().splitlines() if line.endswith("}"))
        return [(line["path"], line["outcome"]) for line in lines if line.get("event") == "call"]

    def channels(self):
        """The channels of the account as (name, uuid), once the server has ended and its file is complete."""
        account = json.loads((self.folder / "account.json").read_text())
        return sorted((channel["name"], channel["uuid"]) for channel in account["channels"])


class LocalStates:
    """States in files of the project's directory."""
    name = "local"

    def place(self, _):
        return ""

    def copy(self, template, folder):
        shutil.copytree(template / ".kitform", folder / ".kitform")


class ServedStates:
    """States on a server that outlives the runs and their directories; a state's name is that of its trial."""

    def __init__(self, lab, name, kind):
        self.name = name
        self.process = subprocess.Popen(
            [lab.tool("StateRounds"), "--serve", kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline() or 0)
        if not self.port:
            raise SystemExit(f"the server of {name} states did not start; for S3, python3 -m pip install 'moto[server]'")

    def end(self):
        """The server ends with its standard input."""
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def path(self, folder):
        return f"/state/{folder.name}" if self.name == "http" else f"/states/{folder.name}.json"

    def place(self, folder):
        """The section of a manifest whose state is kept here."""
        host = f"http://127.0.0.1:{self.port}"
        if self.name == "http":
            return f'state: {{backend: http, address: "{host}{self.path(folder)}", lockAddress: "{host}{self.path(folder)}/lock"}}\n'
        return f'state: {{backend: s3, bucket: states, path: {folder.name}.json, endpoint: "{host}"}}\n'

    def copy(self, template, folder):
        """Gives a trial the state that the template's applies made."""
        method = "POST" if self.name == "http" else "PUT"
        self.call(method, self.path(folder), self.call("GET", self.path(template)))

    def call(self, method, path, body=None):
        signed = {
            "Authorization": "AWS4-HMAC-SHA256 Credential=laboratory/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
            "x-amz-date": "20260101T000000Z", "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, signed)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 201, 204):
            raise SystemExit(f"the server of {self.name} states answers {answer.status} to {method} {path}")
        return content


class Lab:
    def __init__(self, options):
        self.kitform = str(Path(options.kitform).resolve())
        self.short = options.short
        self.worlds = options.worlds
        self.random = random.Random(options.seed)
        self.root = Path(tempfile.mkdtemp(prefix="kitform-lab-"))
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.root), "KIT_API_TOKEN": TOKEN,
            "AWS_ACCESS_KEY_ID": "laboratory", "AWS_SECRET_ACCESS_KEY": "laboratory-secret"}
        self.numbers = iter(range(1, 10 ** 9))
        self.lock = threading.Lock()
        self.local = threading.local()
        self.states = LocalStates()

    def end(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def tool(self, name):
        """Another executable of the package's debug build."""
        path = ROOT / ".build/debug" / name
        if not path.exists():
            raise SystemExit(f"there is no {path}: run `swift build --build-tests` first")
        return str(path)

    # A worker has a port of its own, so that every trial of it meets the host that its state names.
    def port(self):
        if not hasattr(self.local, "port"):
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.local.port = probe.getsockname()[1]
            self.local.templates = {}
        return self.local.port

    def template(self):
        """The folder of this worker whose project was applied before, for the states in use."""
        port = self.port()
        # A server of its own knows nothing of an earlier one's states.
        if self.states not in self.local.templates:
            self.local.templates[self.states] = self.make_template(port)
        return self.local.templates[self.states]

    def folder(self):
        with self.lock:
            number = next(self.numbers)
        folder = self.root / f"t{number}"
        folder.mkdir()
        return folder

    def run(self, folder, *arguments, prefix=(), environment=None, seconds=120):
        process = subprocess.run(
            [*prefix, self.kitform, *arguments], cwd=folder, env={**self.environment, **(environment or {})},
            stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds)
        process.words = (process.stdout + process.stderr).decode(errors="replace")
        return process

    def make_template(self, port):
        folder = self.folder()
        (folder / "kitform.yaml").write_text(manifest(port, BEFORE, self.states.place(folder)))
        with Kit(self, folder, port):
            first = self.run(folder, "apply", "--auto-approve")
            if first.returncode:
                raise SystemExit(first.words)
        return folder

    def trial_folder(self):
        template = self.template()
        folder = self.folder()
        self.states.copy(template, folder)
        (folder / "kitform.yaml").write_text(manifest(self.port(), AFTER, self.states.place(folder) + REMOVED))
        shutil.copy(template / "account.json", folder / "account.json")
        return folder

    def apply(self, folder, *more, **keywords):
        """One apply as a pipeline runs it."""
        settle = () if "--settle" in more else ("--settle", "1s")
        return self.run(folder, "apply", "--auto-approve", *settle, *more, **keywords)

    def state(self, folder):
        output = self.run(folder, "output", "--format", "json")
        if output.returncode:
            raise Violation(f"the state cannot be read: {output.words}")
        return {address: channel["uuid"] for address, channel in json.loads(output.stdout)["channels"].items()}

    def check(self, folder, kit, what):
        """A plan is empty, and the account and the state hold what the manifests want, once each; ends the server."""
        plan = self.run(folder, "plan", "--detailed-exitcode")
        if plan.returncode:
            raise Violation(f"{what}: the plan after it is not empty: {plan.words}")
        kit.end()
        wanted = sorted(name for name, _ in AFTER.values())
        have = kit.channels()
        if [name for name, _ in have] != wanted:
            raise Violation(f"{what}: the account has {[name for name, _ in have]}, wanted {wanted}")
        state = self.state(folder)
        if sorted(state.values()) != sorted(uuid for _, uuid in have):
            raise Violation(f"{what}: the state's ids are not the account's")

    def disturbed(self, what, disturb, options=(), lose=lambda folder: None, again=None):
        """One trial: a run that `disturb` spoils, one more (`again`), and the check. Returns the spoilt run."""
        folder = self.trial_folder()
        with Kit(self, folder, self.port(), options) as kit:
            spoilt = disturb(folder)
            lose(folder)
            if spoilt.returncode:
                second = (again or self.apply)(folder)
                if second.returncode:
                    raise Violation(f"{what}: running again ends with {second.returncode}: {second.words}")
            # What ended well must have done everything by itself.
            self.check(folder, kit, what)
        shutil.rmtree(folder)
        return spoilt

    def all(self, trials):
        """Runs trials side by side; returns (count, violations, what they returned)."""
        failures, results = [], []
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            for future in concurrent.futures.as_completed([pool.submit(trial) for trial in trials]):
                try:
                    results.append(future.result())
                except Violation as violation:
                    failures.append(str(violation))
                except subprocess.TimeoutExpired as slow:
                    failures.append(f"a run did not end: {slow}")
        return len(failures) + len(results), failures, results

    def sample(self, items, count):
        return self.random.sample(items, min(count, len(items))) if self.short else items


def lose_journal(folder):
    """The disk is lost, all but the state's file."""
    for pattern in (".kitform/*/*journal*", ".kitform/*/*.lock"):
        for path in folder.glob(pattern):
            path.unlink()


def lose_directory(folder):
    """The runner is gone with all that kitform kept in its directory."""
    shutil.rmtree(folder / ".kitform", ignore_errors=True)
