"""The directive line by line: each of the owner's sentences, the checks that serve it and their last verdicts."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from ramp.plan import Plan
from ramp.verdict import Trigger
from ramp.who_is_told import CEO
from reports.journal import Chapter, latest
from reports.told import who_is_paged

HEADER = ("Id", "The owner says", "Check", "It claims", "Moments", "Last verdict")
NO_CHECK = "no check yet"
NOT_ENFORCED = "not enforced yet"
NEVER_RUN = "never run"
PAGES_THE_CEO = "H1"
# What is done by the conductor or a command, beside or instead of a check; what came of it stands in the journal.
DONE_BY = {
    "A3": "the conductor asks for the CEO's sign-off (docs/sign-off.md)",
    "A4": "the conductor asks the CEO of a tie, and pages her after 5 minutes (docs/sign-off.md)",
    "E0": "the conductor posts the cards, and holds while one is late",
    "F8": "the conductor drafts it, or python -m ramp rollback where none hears of it (docs/post-mortem.md)",
    "G1": "the conductor runs the configured commands, and tells the effect (docs/mitigations.md)",
    "G3": "the conductor runs the configured commands, and tells the effect (docs/mitigations.md)",
    "H1": "the pager is called at each decision, and at the look that sees it",
    "I1": "python -m ramp close lifts the caps (docs/close.md)",
    "I2": "python -m ramp close (docs/close.md)",
    "I3": "python -m ramp close (docs/close.md)",
    "I4": "python -m ramp close --cohorts EXPORT (docs/close.md)",
    "I5": "python -m ramp close writes the freeze that CI reads (docs/close.md)",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence and one check that serves it; a sentence without a check has one line too."""

    id: str
    sentence: str
    check: str
    claims: str
    moments: str
    last_verdict: str

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.id, self.sentence, self.check, self.claims, self.moments, self.last_verdict)


def matrix(plan: Plan, records: Iterable[Mapping[str, Any]], docs: Mapping[str, str]) -> str:
    """The matrix as a Markdown table; `docs` is each check's docstring, of which the first line is shown."""
    rows = [HEADER, ("---",) * len(HEADER), *(line.cells for line in lines(plan, records, docs))]
    return "".join(f"| {' | '.join(map(_markdown, row))} |\n" for row in rows)


def matrix_html(plan: Plan, records: Iterable[Mapping[str, Any]], docs: Mapping[str, str]) -> str:
    """The same as an HTML `<section>`, escaped, to be put into a page."""
    head = "".join(f"<th>{name}</th>" for name in HEADER)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in line.cells)}</tr>\n"
        for line in lines(plan, records, docs)
    )
    title = "<h2>The directive, line by line</h2>"
    return f"<section>{title}\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></section>\n"


def lines(plan: Plan, records: Iterable[Mapping[str, Any]], docs: Mapping[str, str]) -> Iterator[Line]:
    """Every sentence of the plan in its order, once for each check that serves it."""
    written = list(records)
    verdicts = [record for record in written if record["kind"] == "verdict"]
    chapters = latest(written).chapters
    for id, sentence in plan.sentences.items():
        serving = [check for check, row in plan.checks.items() if id in row.ids]
        for check in serving:
            yield Line(
                id=id,
                sentence=sentence,
                check=check,
                claims=_claims(docs.get(check, ""), id),
                moments=_when(plan, check),
                last_verdict=_last(id, [record for record in verdicts if record["check"] == check]),
            )
        if not serving:
            unread = "; ".join(plan.not_enforced_yet(id))
            claims = f"{NOT_ENFORCED}: {unread}" if unread else DONE_BY.get(id, "")
            yield Line(
                id=id, sentence=sentence, check=NO_CHECK, claims=claims, moments="", last_verdict=_heard(id, chapters)
            )


def _claims(doc: str, id: str) -> str:
    """What a check claims, and who does what it only watches."""
    first = doc.strip().partition("\n")[0]
    return f"{first} Done by: {DONE_BY[id]}" if id in DONE_BY else first


def _when(plan: Plan, check: str) -> str:
    why = plan.why_not(check)
    return f"does not apply: {why}" if why else ", ".join(plan.moments_of(check))


def _last(id: str, verdicts: Sequence[Mapping[str, Any]]) -> str:
    """A trigger's row tells where it fired, whatever came after; any other the last verdict, with what it fired."""
    if not verdicts:
        return NEVER_RUN
    if id in set(Trigger):
        fired = [record["moment"] for record in verdicts if record.get("trigger") == id]
        return f"{id} fired at {', '.join(dict.fromkeys(fired))}" if fired else f"{id} did not fire"
    last = verdicts[-1]
    fired_there = f", {last['trigger']} fired" if last.get("trigger") else ""
    return f"{last['colour']} at {last['moment']}{fired_there}"


def _heard(id: str, chapters: Iterable[Chapter]) -> str:
    """Whether the CEO was last paged as `H1` asks, by what the pager accepted."""
    if id != PAGES_THE_CEO:
        return ""
    asked = [chapter for chapter in chapters if chapter.decision and CEO in chapter.decision.page]
    if not asked or asked[-1].decision is None:
        return ""
    return f"{'; '.join(map(str, who_is_paged(asked[-1].decision, asked[-1].paged)))} at {asked[-1].moment}"


def _markdown(cell: str) -> str:
    """`cell` as plain words: what would be a column, a tag or an entity is marked as none with a backslash."""
    return re.sub(r"[|<]|&(?=#?\w+;)", r"\\\g<0>", " ".join(cell.split()))
