"""A Kit that answers as Kit's documentation and real answers of July 2026 say, for `kitform` as a process.

usage: documented-kit.py ANSWERS [--older] [--channels] [--refuse STATUS] [--many COUNT] [--normalise]

ANSWERS is the directory with whole bodies of real answers. `--older` answers the account as it was seen in March 2026.
Nobody has published the methods of channels, skills, topic sets, functions and API tokens: they answer 404. With
`--channels` they answer as Kitform guesses, from what Kit shows of a channel elsewhere. With `--refuse` the methods of
channels answer that status. With `--many` there are that many channels more, and each page of them takes 0.2 s. With
`--normalise` it keeps what is written in a form of its own: names composed (NFC), with single blanks, and URLs with a
slash at their end.

The first line on standard output is the port; then one line for each call, its path with its form's names.
It shares nothing with Kitform: no profile, no sandbox, no client.
"""

import json
import os
import pathlib
import signal
import sys
import time
import unicodedata
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qs, urlsplit

ACCOUNT, TOKEN = "acme", "real-token-5fQ2xW-of-thirty-two-bytes"
ANSWERS = pathlib.Path(sys.argv[1])
LOCK = Lock()

DOCUMENTED = {
    "/api/v3/account/getAccountInfo": "account-older.json" if "--older" in sys.argv else "account.json",
    "/api/v3/queues/searchQueues": "queues.json",
    "/api/v3/agentStatuses/searchStatuses": "statuses.json",
    "/api/v3/tags/searchTags": "tags.json",
    "/api/v3/user/searchUsers": "users.json",
    "/api/v3/usergroup/searchGroups": "groups.json",
}

# Plausible listings of what nobody has published.
GUESSED = {
    "/api/v3/function/searchFunctions": [{"id": 1207, "function_name": "Router"}],
    "/api/v3/accessToken/searchTokens": [{"id": 42, "token_name": "Bots"}],
    "/api/v3/skills/searchSkills": [{"id": 41, "skill_name": "english"}],
    "/api/v3/topicSets/searchTopicSets": [{"id": 5, "topic_set_name": "Retail"}],
}


def channel(number, kind, name, deleted=False, **more):
    return {
        "id": number, "channel_uuid": str(uuid.UUID(int=number)), "channel_type": kind, "channel_name": name,
        "processing_method": "queue", "processing_queue": {"id": 11}, "processing_function": None,
        "agent_close_timeout_sec": 86400, "bot_close_timeout_sec": 3600, "use_tags": False, "use_topics": False,
        "topic_set_id": None, "skills": [], "channel_settings": {}, "create_date": "2026-01-12 09:30:00",
        "created_by": 901, "edit_date": None, "edited_by": None, "delete_date": None, "deleted_by": None,
        "deleted": deleted, **more,
    }


CHANNELS = [
    # Deleted in Kit, and listed all the same, under the name and the UUID's place of one that manifests describe.
    channel(500, "custom", "Partner bot", deleted=True, channel_settings={"url": "https://old.example.com", "token_id": 42}),
    channel(501, "telegram", "Telegram"),
    channel(502, "odnoklassniki", "Night desk", processing_queue={"id": 12}),
]
MANY = int(sys.argv[sys.argv.index("--many") + 1]) if "--many" in sys.argv else 0
CHANNELS += [channel(10_000 + number, "telegram", f"Telegram {number}") for number in range(MANY)]
reads = 0


def typed(text):
    if text in ("true", "false"):
        return text == "true"
    if text.lstrip("-").isdigit():
        return int(text)
    if text[:1] in "{[":
        return json.loads(text)
    return text


def normalised(name, value):
    if "--normalise" not in sys.argv:
        return value
    if name == "channel_name":
        return " ".join(unicodedata.normalize("NFC", value).split())
    if name == "channel_settings" and value.get("url"):
        return {**value, "url": value["url"].rstrip("/") + "/"}
    return value


def take(record, form):
    for name, value in form.items():
        if name == "processing_queue":
            record[name] = {"id": typed(value)}
        elif name != "id":
            record[name] = normalised(name, value if name == "channel_name" else typed(value))
    if record["processing_method"] == "function":
        record["processing_queue"] = {"id": -1}


def write(method, form):
    found = next((each for each in CHANNELS if str(each["id"]) == form.get("id") and not each["deleted"]), None)
    if method == "addChannel":
        made = channel(600 + len(CHANNELS), form["channel_type"], form["channel_name"])
        take(made, form)
        if made["channel_type"] == "custom":
            made["channel_settings"]["security_salt"] = uuid.uuid4().hex
        CHANNELS.append(made)
        return 200, {"success": True, "result": made}
    if found is None:
        return 404, {"success": False, "result": {"error": "Channel not found", "code": 404}}
    if method == "updateChannel":
        take(found, form)
    else:
        found["deleted"], found["deleted_by"] = True, 902
    return 200, {"success": True, "result": True}


def listing(items, query):
    page, size = int(query.get("page", "1")), min(50, int(query.get("per-page", "20")))
    return {
        "success": True, "result": items[(page - 1) * size:page * size],
        "_meta": {
            "totalCount": len(items), "pageCount": -(-len(items) // size), "currentPage": page, "perPage": size,
        },
    }


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if body[:1] == b"{" else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        global reads
        url = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = {name: values[-1] for name, values in parse_qs(body, keep_blank_values=True).items()}
        with LOCK:
            print(url.path, *sorted(form), *sorted(query), flush=True)
            token = form.pop("access_token", None)
            if query.get("domain") != ACCOUNT or token != TOKEN:
                return self.failure(401, "Access denied")
            if url.path in DOCUMENTED:
                if query.get("page", "1") != "1":
                    return self.answer(200, json.dumps(listing([], query)).encode())
                return self.answer(200, (ANSWERS / DOCUMENTED[url.path]).read_bytes())
            if "--refuse" in sys.argv and url.path.startswith("/api/v3/channel/"):
                return self.failure(int(sys.argv[sys.argv.index("--refuse") + 1]), "Access denied")
            if "--channels" in sys.argv:
                if url.path in GUESSED:
                    return self.answer(200, json.dumps(listing(GUESSED[url.path], query)).encode())
                method = url.path.removeprefix("/api/v3/channel/")
                if method == "searchChannels":
                    time.sleep(0.2 if MANY else 0)
                    reads += 1
                    for each in CHANNELS:
                        # Somebody opens and saves each channel all the time.
                        each["edit_date"], each["edited_by"] = f"2026-02-03 14:{reads % 60:02}:00", 900 + reads % 3
                    return self.answer(200, json.dumps(listing(CHANNELS, query)).encode())
                if method in ("addChannel", "updateChannel", "deleteChannel"):
                    status, result = write(method, form)
                    return self.answer(status, json.dumps(result).encode())
            self.answer(404, b"<html><head><title>404 Not Found</title></head></html>")

    def failure(self, status, words):
        self.answer(status, json.dumps({"success": False, "result": {"error": words, "code": status}}).encode())

    def do_GET(self):
        self.answer(405, b"<html></html>")

    def log_message(self, *_):
        pass


def end_with(parent):
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


# A test runner may start its children with SIGTERM blocked, and may end without stopping them.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
signal.signal(signal.SIGTERM, signal.SIG_DFL)
Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
