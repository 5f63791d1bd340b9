"""Locust's own report, masked: in what Locust tells in it, which is one JSON object; the rest is Locust's program."""

import json
import os

from ramp.privacy.environment import secrets_in
from ramp.privacy.masking import scrubbed

_DATA = "window.templateArgs = "
_IN_HTML = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>&'"})


def masked_report(html: str) -> str:
    """Raises ValueError where its data cannot be found: what cannot be masked is not written."""
    program, found, told = html.partition(_DATA)
    if not found:
        raise ValueError("Locust's report has no data that can be masked; use the version that pyproject.toml names")
    data, end = json.JSONDecoder().raw_decode(told)
    return program + _DATA + json.dumps(scrubbed(data, secrets_in(os.environ))).translate(_IN_HTML) + told[end:]
