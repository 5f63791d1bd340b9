"""I3: the win note: what a release changed against control and against the release before, with blanks for lessons."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ramp.figures import Figure
from ramp.plan import Plan
from ramp.verdict import Colour

FILE = "win-note.md"
_BLANK = re.compile(r"\{\{[^{}]*\}\}")
_NUMBER = re.compile(r"\D*?(-?[\d,]*\.?\d+)(.*)", re.DOTALL)
_OF = {
    "E1": "Latency and errors",
    "E2": "Payments",
    "E3": "Cache",
    "E4": "Database",
    "E5": "Unit economics",
    "E6": "Synthetic monitors",
}


@dataclass(frozen=True)
class Before:
    """The release before: its version, and its figures at 100 %."""

    version: str
    figures: Sequence[Figure]


def last_figures(records: Iterable[Mapping[str, Any]]) -> tuple[Figure, ...]:
    """Those of the newest report that has any; none where nothing was looked at."""
    of = [record["figures"] for record in records if record["kind"] == "figures" and record["figures"]]
    return tuple(Figure(**row) for row in of[-1]) if of else ()


def win_note(plan: Plan, run: Mapping[str, Any], records: Sequence[Mapping[str, Any]], before: Before | None) -> str:
    """As Markdown. `run` is the record that says what the run is about."""
    against = f" and against {before.version}" if before else "; no run of an earlier release stands beside this one"
    lines = [f"# {run['version']} is at 100 %", "", run["scope"], "", f"Commit {run['commit']}.", ""]
    lines += [f"## What changed, against control{against}"]
    if seen := [record for record in records if record["kind"] == "figures" and record["figures"]][-1:]:
        lines += ["", f"As the last report has it: {seen[0]['moment']}, {seen[0]['at_utc'][:16].replace('T', ' ')}Z."]
    id = ""
    for figure in last_figures(records):
        lines += ["", f"{_OF.get(figure.id, figure.id)}:", ""] if figure.id != id else []
        id = figure.id
        lines.append(f"- {_line(figure, before)}")
    lines += ["", "## Lessons", "", *(f"- {{{{lesson: {who}}}}}" for who in _asked(plan, records))]
    return "\n".join(lines) + "\n"


def blanks(note: str) -> list[str]:
    """What is still to be filled in, as it stands there."""
    return _BLANK.findall(note)


def _line(figure: Figure, before: Before | None) -> str:
    """`P95: 84 ms; control 86 ms (-2.3 %); v20261110.1 90 ms (-6.7 %)`."""
    said = [f"{figure.label}: {figure.canary}"]
    if figure.control:
        said.append(f"control {figure.control}{_delta(figure.canary, figure.control)}")
    if before:
        same = (each for each in before.figures if (each.id, each.label) == (figure.id, figure.label))
        then = next((each.canary for each in same), "not seen")
        said.append(f"{before.version} {then}{_delta(figure.canary, then)}")
    return "; ".join([*said, *([figure.why] if figure.why else [])])


def _delta(now: str, then: str) -> str:
    """The change in percent, where both are one number in the same unit."""
    of_now, of_then = _NUMBER.fullmatch(now), _NUMBER.fullmatch(then)
    if of_now is None or of_then is None or of_now[2] != of_then[2] or re.search(r"\d", of_now[2]):
        return ""
    was = float(of_then[1].replace(",", ""))
    return f" ({100 * float(of_now[1].replace(',', '')) / was - 100:+.1f} %)" if was else ""


def _asked(plan: Plan, records: Iterable[Mapping[str, Any]]) -> list[str]:
    """Who commands, the SRE lead, and the DRI of each domain that had something that was not GREEN."""
    stood_out = {each["check"] for each in records if each["kind"] == "verdict" and each["colour"] != Colour.GREEN.word}
    domains = {plan.domains.of([check]) for check in stood_out if check in plan.checks}
    return ["incident commander", "SRE lead", *(f"{domain} DRI" for domain in plan.domains.names if domain in domains)]
