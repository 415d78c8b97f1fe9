"""Judges JSON instances, one a line, by a JSON Schema: an empty line for a valid one, else where and why it is not."""
import json
import re
import sys

import jsonschema
from jsonschema.validators import extend

schema_file, instances_file, verdicts_file = sys.argv[1:]


def ecma(pattern):
    """JSON Schema's patterns are ECMA-262's, where `$` is the end of the text; Python's also stands before a line break."""
    result, in_class, i = "", False, 0
    while i < len(pattern):
        c = pattern[i]
        if c == "\\":
            result += pattern[i : i + 2]
            i += 2
            continue
        if c == "[":
            in_class = True
        elif c == "]":
            in_class = False
        result += "\\Z" if c == "$" and not in_class else c
        i += 1
    return re.compile(result)


compiled = {}


def search(pattern, text):
    if pattern not in compiled:
        compiled[pattern] = ecma(pattern)
    return compiled[pattern].search(text)


def pattern(validator, wanted, instance, schema):
    if validator.is_type(instance, "string") and not search(wanted, instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {wanted!r}")


with open(schema_file, encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = extend(jsonschema.Draft202012Validator, {"pattern": pattern})(schema)
with open(instances_file, encoding="utf-8") as instances, open(verdicts_file, "w", encoding="utf-8") as verdicts:
    for line in instances:
        error = next(validator.iter_errors(json.loads(line)), None)
        words = "" if error is None else f"{error.json_path}: {error.message}"[:300]
        verdicts.write(words.replace("\n", " ") + "\n")
