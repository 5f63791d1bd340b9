"""What the doctor found, for a terminal or for a program."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from fixtures.finding import Finding

_BOLD_RED, _GREEN, _PLAIN = "\033[1;31m", "\033[32m", "\033[0m"


def as_text(found: Sequence[Finding], *, colour: bool) -> str:
    """A line each, and below it what to paste; then how many need a change."""
    lines = []
    for finding in found:
        word = "ok  " if finding.works else "FAIL"
        shown = f"{_GREEN if finding.works else _BOLD_RED}{word}{_PLAIN}" if colour else word
        lines.append(f"{shown}  {finding.what}: {finding.said}")
        lines += [f"      {line}".rstrip() for line in finding.paste.splitlines()]
    broken = sum(not finding.works for finding in found)
    return "\n".join([*lines, "", f"{broken} of these need a change." if broken else "Everything answers."])


def as_json(found: Sequence[Finding]) -> str:
    """`{"broken": 1, "findings": [{"what", "works", "said", "url", "slice", "paste"}]}`, worst first."""
    broken = sum(not finding.works for finding in found)
    return json.dumps({"broken": broken, "findings": list(map(asdict, found))}, indent=1)
