"""TOML text of a table: what a user could have written, whatever stands in it."""

import json
from datetime import date, time


def toml_of(table):
    return "\n".join(f"{json.dumps(str(key))} = {_inline(value)}" for key, value in table.items()) + "\n"


def _inline(value):
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(_inline, value))}]"
        case dict():
            return "{" + ", ".join(f"{json.dumps(str(key))} = {_inline(each)}" for key, each in value.items()) + "}"
        case date() | time():
            return value.isoformat()
        case _:
            return repr(value)
