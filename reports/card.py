"""The #ship-room card: verdicts and a decision as a Slack message that reads on a phone, verdict first."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from typing import Any

from ramp.decision import Action, Decision, complete
from ramp.plan import Moment, Plan, Probe
from ramp.units import show, show_window
from ramp.verdict import Colour, Verdict, worst
from reports import told
from reports.journal import Chapter
from reports.slack_text import SENTENCE_CHARACTERS, context, fitting, plain, section, sections

CIRCLES = {Colour.GREEN: "🟢", Colour.YELLOW: "🟡", Colour.NO_DATA: "⚪", Colour.RED: "🔴"}

# Slack drops the whole message where one limit is broken: 50 blocks, 150 characters in a header, 3,000 in a section,
# about 13,200 in all. The parts of a card share the total, so that none can push another out.
HEADER_CHARACTERS = 150
ROWS_CHARACTERS = 5200
MEASURED_CHARACTERS = 1800
ASSUMPTIONS_CHARACTERS = 5000
NOTE_CHARACTERS = 250
NOTES_MAX = 12
REMARKS_CHARACTERS = 1200
NOT_APPLIED_CHARACTERS = 600
NOT_APPLIED_NAMES_CHARACTERS = 600


@dataclass(frozen=True, kw_only=True)
class Card:
    """`text` is what phones show and what stays if blocks are refused; `blocks` is Slack's Block Kit. Printed, it
    reads as it looks in Slack."""

    text: str
    blocks: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        parts = [text["text"] for block in self.blocks for text in (block.get("elements") or [block["text"]])]
        return unescape("\n\n".join(parts))


def status_card(plan: Plan, run: Mapping[str, Any], chapter: Chapter, *, page: str | None = None) -> Card:
    """The card of a concluded `chapter` (a stage, T-10, ...) as it was written down; `run` is the journal's record of
    what the run is about, `page` says where the full page is.

    A check that the plan requires and that has no verdict shows as NO DATA. Whatever the verdicts say, the card stays
    within Slack's limits (what was left out is counted), pings only the roles that the decision tags, and carries no
    secret of a known shape. Raises ValueError for a chapter without a decision.
    """
    if chapter.decision is None:
        raise ValueError(f"{chapter.moment} has no decision, and a card tells one")
    moment, decision, verdicts = chapter.moment, chapter.decision, list(chapter.verdicts)
    given = {verdict.check: verdict for verdict in verdicts}
    verdicts += [verdict for verdict in complete(plan, moment, given) if verdict.check not in given]
    rows = worst(verdicts)
    headline = _headline(plan.moment(moment), run, decision, datetime.fromisoformat(chapter.at_utc))
    why = [*_why(run, chapter, decision), *_since_go(plan.moment(moment), run, datetime.fromisoformat(chapter.at_utc))]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": headline}},
        section("\n".join(f"*{label}:* {said}" for label, said in why)),
        *sections(_rows(plan, moment, rows, decision)),
        *_not_applied(decision),
        *_measured(plan, moment, rows),
        *(_assumptions(plan) if moment == "t_minus_10" else ()),
        context("\n".join(_footer(run, decision, page))),
    ]
    return Card(text="\n".join([headline, *(f"{label}: {said}" for label, said in why)]), blocks=tuple(blocks))


def payments_card(run: Mapping[str, Any], moment: str, said: Sequence[str]) -> Card:
    """What became of the release's payments after the rollback at `moment`, for whoever has to see to the rest."""
    return _notice(run, f"Payments after ROLLBACK - {_said_of(moment)} - {run['version']}", said)


def event_card(run: Mapping[str, Any], said: str) -> Card:
    """What happened to the ramp between two decisions, in one line, for who commands."""
    return _notice(run, f"{run.get('version', 'the release')} - {said}", [said])


def _notice(run: Mapping[str, Any], said: str, lines: Sequence[str]) -> Card:
    headline, shown = said[:HEADER_CHARACTERS], [plain(line) for line in lines]
    header = {"type": "header", "text": {"type": "plain_text", "text": headline}}
    blocks = (header, *sections([*shown, f"*For:* {_mention(run, 'incident_commander')}"]))
    return Card(text="\n".join([headline, *shown]), blocks=blocks)


def _headline(moment: Moment, run: Mapping[str, Any], decision: Decision, at_utc: datetime) -> str:
    where = f"{moment.traffic_pct} %" if moment.is_stage else _said_of(moment.id)
    return f"{decision.action} - {where} - {run['version']} - {at_utc.astimezone(UTC):%H:%MZ}"[:HEADER_CHARACTERS]


def _said_of(moment: str) -> str:
    """`t_minus_10` reads T-10, `go_plus_30` GO+30."""
    return moment.replace("_minus_", "-").replace("_plus_", "+").replace("_", " ").upper()


def _why(run: Mapping[str, Any], chapter: Chapter, decision: Decision) -> list[tuple[str, str]]:
    lines = [("Why", plain(decision.reason)), ("Next", plain(decision.next_step))]
    if decision.before:
        lines.append(("Before", plain("; ".join(decision.before))))
    remarks = [(label, plain(said)) for label, said in told.remarks(run, chapter)]
    shown = fitting([[f"{label}: {said}"] for label, said in remarks], REMARKS_CHARACTERS)
    lines += remarks[:shown]
    if remarks[shown:]:
        lines.append(("Further", f"{len(remarks) - shown} more remarks; see the page"))
    if decision.action is Action.ROLLBACK:
        lines.append(("Rollback", _rollback(run)))
    if decision.tag:
        lines.append(("For", " ".join(_mention(run, role) for role in decision.tag)))
    return lines + [(label, plain(said)) for label, said in told.who_is_paged(decision, chapter.paged)]


def _since_go(moment: Moment, run: Mapping[str, Any], at_utc: datetime) -> list[tuple[str, str]]:
    """When the GO was, for a moment that is counted from it."""
    if "go_at_utc" not in moment.needs or not run.get("go_at_utc"):
        return []
    go_at_utc = datetime.fromisoformat(run["go_at_utc"]).astimezone(UTC)
    since_min = (at_utc - go_at_utc).total_seconds() / 60
    ago = f"{since_min:.0f} min before this card" if since_min >= 0 else f"only in {-since_min:.0f} min"
    return [("GO", f"{go_at_utc:%Y-%m-%d %H:%MZ}, {ago}")]


def _mention(run: Mapping[str, Any], role: str) -> str:
    """A ping of who the release file names for `role`; the bare role where that is no Slack user id."""
    id = str(run.get("roles", {}).get(role, ""))
    name = plain(role.replace("_", " "), 40)
    return f"<@{id}>" if re.fullmatch(r"[UW][A-Z0-9]+", id) else f"{name} (no Slack id in the release file)"


def _rollback(run: Mapping[str, Any]) -> str:
    command = plain(run.get("rollback_command") or "").replace("`", "'")
    said = [f"`{command}`"] if command else []
    if run.get("runbook_url"):
        said.append(f"<{plain(run['runbook_url']).replace('|', '%7C')}>")
    return " - ".join(said) or "no command and no runbook in the release file"


def _rows(plan: Plan, moment: str, verdicts: Sequence[Verdict], decision: Decision) -> list[str]:
    counts = _counted(verdicts)
    chunks = [[_row(plan, verdict), *_below(plan, moment, verdict, decision)] for verdict in verdicts]
    shown = fitting(chunks, ROWS_CHARACTERS)
    lines = [f"*{counts}* of {len(verdicts)} checks", *(line for chunk in chunks[:shown] for line in chunk)]
    if verdicts[shown:]:
        lines.append(f"... {len(verdicts) - shown} more: {_counted(verdicts[shown:])}; see the page")
    return lines


def _counted(verdicts: Sequence[Verdict]) -> str:
    counts = Counter(verdict.colour for verdict in verdicts)
    return ", ".join(f"{counts[colour]} {colour.word}" for colour in sorted(counts, reverse=True)) or "0 verdicts"


def _row(plan: Plan, verdict: Verdict) -> str:
    """`🔴 *RED* payments 98.70 % (control 99.81 %; limit 99.50 %), n 231, 5 min - trigger F4`."""
    row = plan.checks.get(verdict.check)
    name = f"{row.ids[0]} {verdict.check}" if isinstance(row, Probe) and row.ids else verdict.check
    said = f"{CIRCLES[verdict.colour]} *{verdict.colour.word}* {plain(name, 60)}"
    if verdict.value is not None:
        said += f" {show(verdict.value, verdict.unit)}"
    against = [("control", verdict.control), ("limit", verdict.limit)]
    shown = [f"{word} {show(number, verdict.unit)}" for word, number in against if number is not None]
    said += f" ({'; '.join(shown)})" if shown else ""
    said += f", n {verdict.n:,}" if verdict.n is not None else ""
    said += f", {show_window(verdict.window_s)}" if verdict.window_s is not None else ""
    return said + (f" - trigger {plain(verdict.trigger, 20)}" if verdict.trigger else "")


def _below(plan: Plan, moment: str, verdict: Verdict, decision: Decision) -> list[str]:
    """What stands under a row: nothing where it is GREEN at a stage, since `_measured` tells that further down."""
    lines = []
    if verdict.colour is not Colour.GREEN:
        if verdict.reason not in decision.reason:
            lines.append(plain(verdict.why))
        lines += [f"_{plain(sentence, NOTE_CHARACTERS)}_" for sentence in _owner_says(plan, verdict)]
    if verdict.colour is not Colour.GREEN or not plan.moment(moment).is_stage:
        lines += [plain(note, NOTE_CHARACTERS) for note in verdict.notes[:NOTES_MAX]]
        left = len(verdict.notes) - NOTES_MAX
        lines += [f"... {left} more notes"] if left > 0 else []
    return [f"> {line}" for line in lines]


def _owner_says(plan: Plan, verdict: Verdict) -> tuple[str, ...]:
    """The owner's sentence that `verdict` is about: the trigger's where one fired."""
    if verdict.trigger in plan.sentences:
        return (f"{verdict.trigger}: {plan.sentences[verdict.trigger]}",)
    return plan.owner_says(verdict.check)[:1] if verdict.check in plan.checks else ()


def _measured(plan: Plan, moment: str, verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """The further numbers of the GREEN gates of a stage, small print that the owner asked for in every report."""
    if not plan.moment(moment).is_stage:
        return []
    green = [verdict for verdict in verdicts if verdict.colour is Colour.GREEN and verdict.notes]
    lines = [f"{plain(verdict.check, 60)}: {plain('; '.join(verdict.notes), SENTENCE_CHARACTERS)}" for verdict in green]
    shown = fitting([[line] for line in lines], MEASURED_CHARACTERS)
    lines = lines[:shown] + ([f"... {len(lines) - shown} more"] if lines[shown:] else [])
    return [context("\n".join(lines))] if lines else []


def _not_applied(decision: Decision) -> list[dict[str, Any]]:
    """What nobody asked for, and so is in no count above: every name of it, and as many reasons as fit."""
    lines = [plain(said) for said in decision.not_applied]
    shown = fitting([[line] for line in lines], NOT_APPLIED_CHARACTERS)
    names = ", ".join(said.partition(": ")[0] for said in decision.not_applied[shown:])
    left = [f"{plain(names, NOT_APPLIED_NAMES_CHARACTERS)}: see the page"] if names else []
    return [context("\n".join(["*Does not apply*", *lines[:shown], *left]))] if lines else []


def _assumptions(plan: Plan) -> list[dict[str, Any]]:
    lines = [f"{number}. {plain(note)}" for number, note in enumerate(plan.assumptions, 1)]
    shown = fitting([[line] for line in lines], ASSUMPTIONS_CHARACTERS)
    left = [f"... {len(lines) - shown} more, in ramp/plan.toml"] if lines[shown:] else []
    title = f"*{len(lines)} assumptions in force* - reply ACK to acknowledge"
    return sections([title, *lines[:shown], *left])


def _footer(run: Mapping[str, Any], decision: Decision, page: str | None) -> list[str]:
    lines = [f"{run['version']} - commit {run['commit'][:12]}"]
    if decision.action is not Action.ROLLBACK:
        lines.append(f"Rollback: {_rollback(run)}")
    return [*lines, f"Page: {plain(page)}"] if page else lines
