"""The directive line by line: each of the owner's sentences, the checks that serve it and their last verdicts."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import escape

from ramp.plan import Plan

HEADER = ("Id", "The owner says", "Check", "It claims", "Moments", "Last verdict")
NO_CHECK = "no check yet"
NOT_ENFORCED = "not enforced yet"
NEVER_RUN = "never run"


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
    last = {record["check"]: record for record in records if record["kind"] == "verdict"}
    for id, sentence in plan.sentences.items():
        serving = [check for check, row in plan.checks.items() if id in row.ids]
        for check in serving:
            verdict = last.get(check)
            yield Line(
                id=id,
                sentence=sentence,
                check=check,
                claims=docs.get(check, "").strip().partition("\n")[0],
                moments=", ".join(plan.moments_of(check)),
                last_verdict=f"{verdict['colour']} at {verdict['moment']}" if verdict else NEVER_RUN,
            )
        if not serving:
            unread = "; ".join(plan.not_enforced_yet(id))
            claims = f"{NOT_ENFORCED}: {unread}" if unread else ""
            yield Line(id=id, sentence=sentence, check=NO_CHECK, claims=claims, moments="", last_verdict="")


def _markdown(cell: str) -> str:
    return str(escape(" ".join(cell.split()))).replace("|", "\\|").replace("&gt;", ">")
