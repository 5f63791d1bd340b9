"""The first reply under a card: the figures that the owner asks for in every report, and what each check notes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ramp.figures import Figure
from ramp.plan import Plan
from ramp.verdict import Verdict, worst
from reports.card import Card, every_verdict
from reports.card_row import CIRCLES
from reports.journal import Chapter
from reports.slack_text import context, fitting, plain, sections

FIGURES_CHARACTERS = 3000
NOTES_CHARACTERS = 2600
ASSUMPTIONS_CHARACTERS = 6000
NOT_APPLIED_CHARACTERS = 600
NOT_APPLIED_NAMES_CHARACTERS = 600
NOTE_CHARACTERS = 300


def report_card(plan: Plan, run: Mapping[str, Any], chapter: Chapter, figures: Sequence[Figure]) -> Card:
    """Of a concluded `chapter`, with the `figures` of its last look; none where nothing was looked at, as before T-0.
    At T-10 the assumptions in force are listed, to be acknowledged; they never block."""
    if chapter.decision is None:
        raise ValueError(f"{chapter.moment} has no decision, and a report is of one")
    headline = f"Report · {chapter.moment} · {run['version']}"
    lines = [*_figures(figures), *_notes(worst(every_verdict(plan, chapter)))]
    blocks = [
        *sections([f"*{headline}*", *lines]),
        *_not_applied(chapter.decision.not_applied),
        *(_assumptions(plan) if chapter.moment == "t_minus_10" else ()),
    ]
    return Card(text="\n".join([headline, *lines])[:3000], blocks=tuple(blocks))


def latest_figures(records: Iterable[Mapping[str, Any]], moment: str) -> tuple[Figure, ...]:
    """Those that were written down last of `moment`."""
    of = [record for record in records if record["kind"] == "figures" and record["moment"] == moment]
    return tuple(Figure(**row) for row in of[-1]["figures"]) if of else ()


def shown_before(records: Iterable[Mapping[str, Any]]) -> Mapping[str, str] | None:
    """The colours that the newest card which #ship-room accepted shows; None where there is none."""
    cards = [
        each for each in records if each["kind"] in ("card", "status_card") and each.get("posted") and each.get("shows")
    ]
    return cards[-1]["shows"] if cards else None


def _figures(figures: Sequence[Figure]) -> list[str]:
    """`P95 84 ms, control 86 ms`, by the owner's line."""
    said = [[figure_said(figure)] for figure in figures]
    fit = fitting(said, FIGURES_CHARACTERS)
    lines, last = [], ""
    for figure, line in zip(figures[:fit], said[:fit], strict=True):
        lines.append(f"*{figure.id}* {line[0]}" if figure.id != last else f"      {line[0]}")
        last = figure.id
    return [*lines, *([f"... {len(said) - fit} more figures"] if said[fit:] else [])]


def figure_said(figure: Figure) -> str:
    """`P95 84 ms, control 86 ms`, and why what was not seen is not."""
    control = f", control {figure.control}" if figure.control else ""
    return plain(f"{figure.label} {figure.canary}{control}{f' ({figure.why})' if figure.why else ''}", NOTE_CHARACTERS)


def _notes(rows: Sequence[Verdict]) -> list[str]:
    """What each check says, in one line, and what it notes."""
    chunks = [
        [f"{CIRCLES[each.colour]} {plain(each.check, 40)}: {plain(each.why, NOTE_CHARACTERS)}"]
        + [f"> {plain(note, NOTE_CHARACTERS)}" for note in each.notes]
        for each in rows
    ]
    fit = fitting(chunks, NOTES_CHARACTERS)
    lines = [line for chunk in chunks[:fit] for line in chunk]
    return [*lines, *([f"... {len(chunks) - fit} more checks; see the page"] if chunks[fit:] else [])]


def _not_applied(said: Sequence[str]) -> list[dict[str, Any]]:
    """What nobody asked for, and so is in no count above: every name of it, and as many reasons as fit."""
    lines = [plain(each) for each in said]
    fit = fitting([[line] for line in lines], NOT_APPLIED_CHARACTERS)
    names = ", ".join(each.partition(": ")[0] for each in said[fit:])
    left = [f"{plain(names, NOT_APPLIED_NAMES_CHARACTERS)}: see the page"] if names else []
    return [context("\n".join(["*Does not apply*", *lines[:fit], *left]))] if lines else []


def _assumptions(plan: Plan) -> list[dict[str, Any]]:
    lines = [f"{number}. {plain(note)}" for number, note in enumerate(plan.assumptions, 1)]
    fit = fitting([[line] for line in lines], ASSUMPTIONS_CHARACTERS)
    left = [f"... {len(lines) - fit} more, in ramp/plan.toml"] if lines[fit:] else []
    title = f"*{len(lines)} assumptions in force* - reply ACK to acknowledge"
    return sections([title, *lines[:fit], *left])
