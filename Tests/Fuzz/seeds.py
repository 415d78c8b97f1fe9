#!/usr/bin/env python3
"""Gathers what a fuzzer begins with: the examples, the profile, and the manifests that stand in the tests, good and bad.

Usage: seeds.py DIRECTORY
"""

import ast
import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def texts_in_tests():
    """The texts of the tests that look like YAML: those over several lines, and those of one line with a line break in them."""
    for folder in ("DocumentsTests", "ManifestTests", "ChannelsTests", "KitformEngineTests", "ReportsTests"):
        for path in sorted((ROOT / "Tests" / folder).glob("*.swift")):
            source = path.read_text(encoding="utf-8")
            for match in re.finditer(r'"""\n(.*?)\n( *)"""', source, re.DOTALL):
                indent = match.group(2)
                lines = [line.removeprefix(indent) for line in match.group(1).split("\n")]
                yield "\n".join(lines) + "\n"
            for match in re.finditer(r'"((?:[^"\\\n]|\\.)*\\n(?:[^"\\\n]|\\.)*)"', source):
                text = re.sub(r"\\u\{([0-9A-Fa-f]+)\}", lambda found: chr(int(found.group(1), 16)), match.group(1))
                if "\\(" in text:
                    continue
                try:
                    yield ast.literal_eval('"' + text.replace("\\0", "\\x00") + '"')
                except (SyntaxError, ValueError):
                    continue


def project(folder):
    """The files of an example as the decoder's entry takes them, with the separator between them."""
    files = [folder / "kitform.yaml"] + sorted((folder / "channels").rglob("*.y*ml"))
    return "\x1e".join(file.read_text(encoding="utf-8") for file in files if file.exists())


def main():
    target = pathlib.Path(sys.argv[1])
    examples = [project(folder) for folder in sorted((ROOT / "examples").iterdir()) if folder.is_dir()]
    profile = (ROOT / "Sources/KitProfile/kit-v3.yaml").read_text(encoding="utf-8")
    # A profile is longer than what a fuzzer may change; without its comments it is nearly short enough, and its parts are.
    bare = "\n".join(line.split(" #")[0] for line in profile.split("\n") if line.strip() and not line.strip().startswith("#"))
    parts = [bare] + re.split(r"\n(?=[a-z])", bare)
    manifests = examples + list(texts_in_tests())
    sets = {"reader": manifests + parts, "decoder": manifests, "profile": parts}
    for entry in ("plan", "state"):
        # Without white space, so that a change hits something.
        kept = [json.loads(path.read_bytes()) for path in sorted((ROOT / "Tests/Fuzz/Inputs" / entry).glob("*.json"))]
        sets[entry] = [json.dumps(document, separators=(",", ":"), ensure_ascii=False) for document in kept]
    for entry, texts in sets.items():
        folder = target / entry
        folder.mkdir(parents=True, exist_ok=True)
        for text in texts:
            data = text.encode("utf-8", "surrogatepass")
            (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


main()
