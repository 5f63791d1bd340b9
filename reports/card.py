"""The #ship-room card: what was decided and why, on one screen of a phone. Figures and notes are in its first reply."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from ramp.confirmations import CHECK
from ramp.decision import Action, Decision, complete
from ramp.plan import Moment, Plan
from ramp.probes.confirmed_in_time import is_late
from ramp.verdict import Colour, Verdict, worst
from reports import told
from reports.card_row import CIRCLES, row
from reports.journal import Chapter
from reports.slack_text import context, fitting, local, plain, section, sections
from reports.why import owners_why

# Slack drops the whole message where one limit is broken: 50 blocks, 150 characters in a header, 3,000 in a section,
# about 13,200 in all. The parts of a card share the total, so that none can push another out.
HEADER_CHARACTERS = 150
ROWS_CHARACTERS = 2400
WHY_CHARACTERS = 240
REMARKS_CHARACTERS = 600
NOT_APPLIED_CHARACTERS = 600
CHANGES_MAX = 4
WORDS = {Action.CONTINUE: "🟢", Action.HOLD: "✋", Action.ROLLBACK: "⏪"}
Shown = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Card:
    """`text` is what phones show and what stays if blocks are refused; `blocks` is Slack's Block Kit. Printed, it
    reads as it looks in Slack."""

    text: str
    blocks: tuple[dict[str, Any], ...]

    def __str__(self) -> str:
        parts = [text["text"] for block in self.blocks for text in (block.get("elements") or [block["text"]])]
        return unescape("\n\n".join(parts))


def status_card(
    plan: Plan,
    run: Mapping[str, Any],
    chapter: Chapter,
    *,
    before: Shown | None = None,
    next_utc: datetime | None = None,
    page: str | None = None,
) -> Card:
    """The card of a concluded `chapter` as it was written down; `run` is the journal's record of what the run is about,
    `before` the colours by check that the card before showed, `next_utc` when the next one is due, `page` a link.

    A check that the plan requires and that has no verdict shows as NO DATA. Whatever the verdicts say, the card stays
    within Slack's limits (what was left out is counted), pings only the roles that the decision tags, and carries no
    secret of a known shape. Raises ValueError for a chapter without a decision.
    """
    if chapter.decision is None:
        raise ValueError(f"{chapter.moment} has no decision, and a card tells one")
    decision, at_utc = chapter.decision, datetime.fromisoformat(chapter.at_utc)
    verdicts = worst(every_verdict(plan, chapter))
    headline = _headline(plan.moment(chapter.moment), run, decision)
    why = _why(plan, run, chapter, decision, verdicts, at_utc)
    told_above = decision.because if decision.action is Action.HOLD else ()
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": headline}},
        section("\n".join(f"*{label}:* {said}" for label, said in [*why, *changed(verdicts, before)])),
        *sections([*rows(plan, verdicts, told_above), *_not_applied(decision)]),
        context("\n".join(footer(run, decision, at_utc, next_utc, page))),
    ]
    return Card(text="\n".join([headline, *(f"{label}: {said}" for label, said in why)]), blocks=tuple(blocks))


def every_verdict(plan: Plan, chapter: Chapter) -> list[Verdict]:
    """Those of `chapter`, with NO DATA for each that the plan requires and that did not come back."""
    given = {verdict.check: verdict for verdict in chapter.verdicts}
    lost = [verdict for verdict in complete(plan, chapter.moment, given) if verdict.check not in given]
    return [*chapter.verdicts, *lost]


def shown(plan: Plan, chapter: Chapter) -> dict[str, str]:
    """The colours by check that the card of `chapter` shows."""
    return {verdict.check: verdict.colour.word for verdict in every_verdict(plan, chapter)}


def payments_card(run: Mapping[str, Any], moment: str, said: Sequence[str]) -> Card:
    """What became of the release's payments after the rollback at `moment`, for whoever has to see to the rest."""
    return _notice(run, f"Payments after ROLLBACK - {_said_of(moment)} - {run['version']}", said)


def event_card(run: Mapping[str, Any], said: str) -> Card:
    """What happened to the ramp between two decisions, in one line, for who commands."""
    return _notice(run, f"{run.get('version', 'the release')} - {said}", [said])


def _notice(run: Mapping[str, Any], said: str, lines: Sequence[str]) -> Card:
    headline, told_lines = said[:HEADER_CHARACTERS], [plain(line) for line in lines]
    header = {"type": "header", "text": {"type": "plain_text", "text": headline}}
    blocks = (header, *sections([*told_lines, f"*For:* {mention(run, 'incident_commander')}"]))
    return Card(text="\n".join([headline, *told_lines]), blocks=blocks)


def _headline(moment: Moment, run: Mapping[str, Any], decision: Decision) -> str:
    """`✋ HOLD · 50 % · REHEARSAL`, the word first where phones look."""
    where = f"{moment.traffic_pct} %" if moment.is_stage else _said_of(moment.id)
    kind = "LIVE" if run.get("target") == "real" else "REHEARSAL"
    return f"{WORDS[decision.action]} {decision.action} · {where} · {kind}"[:HEADER_CHARACTERS]


def _said_of(moment: str) -> str:
    """`t_minus_10` reads T-10, `go_plus_30` GO+30."""
    return moment.replace("_minus_", "-").replace("_plus_", "+").replace("_", " ").upper()


def _why(
    plan: Plan, run: Mapping[str, Any], chapter: Chapter, decision: Decision, rows: Sequence[Verdict], at_utc: datetime
) -> list[tuple[str, str]]:
    lines = [("Why", plain(_reason(plan, decision, rows), WHY_CHARACTERS))]
    lines += _who(plan, run, decision, at_utc)
    lines += [("Next", plain(decision.next_step, WHY_CHARACTERS))]
    if decision.before:
        lines.append(("Before", plain("; ".join(decision.before), WHY_CHARACTERS)))
    lines += _since_go(plan.moment(chapter.moment), run, at_utc)
    lines += [("Late", plain(row.why, WHY_CHARACTERS)) for row in rows if row.check == CHECK and is_late(row)]
    remarks = [(label, plain(said, WHY_CHARACTERS)) for label, said in told.remarks(run, chapter)]
    fit = fitting([[f"{label}: {said}"] for label, said in remarks], REMARKS_CHARACTERS)
    lines += remarks[:fit]
    if remarks[fit:]:
        lines.append(("Further", f"{len(remarks) - fit} more remarks; see the page"))
    if decision.action is Action.ROLLBACK:
        lines.append(("Rollback", rollback(run)))
    return lines + [(label, plain(said)) for label, said in told.who_is_paged(decision, chapter.paged)]


def _reason(plan: Plan, decision: Decision, rows: Sequence[Verdict]) -> str:
    if (why := owners_why(plan, decision, rows)) is not None:
        return why
    named = [verdict for verdict in rows if verdict.check in decision.because]
    if not named or decision.action is Action.CONTINUE:
        return decision.reason
    return "; ".join(f"{verdict.check} {verdict.colour.word}: {verdict.why}" for verdict in named)


def _who(plan: Plan, run: Mapping[str, Any], decision: Decision, at_utc: datetime) -> list[tuple[str, str]]:
    """Who must act, and by when, in UTC and the reader's own time."""
    if not decision.tag:
        return []
    mentions = " ".join(mention(run, role) for role in decision.tag)
    if decision.action is Action.CONTINUE:
        return [("For", f"{mentions}: to know; nothing is asked")]
    if decision.is_done:
        return [("For", f"{mentions}: to know; it was rolled back already")]
    within = timedelta(seconds=plan.rollback.budget_s)
    if decision.action is Action.HOLD:
        within = timedelta(minutes=plan.signoff.answer_min_max)
    return [("Who", f"{mentions} by {local(at_utc + within)}")]


def _since_go(moment: Moment, run: Mapping[str, Any], at_utc: datetime) -> list[tuple[str, str]]:
    """When the GO was, for a moment that is counted from it."""
    if "go_at_utc" not in moment.needs or not run.get("go_at_utc"):
        return []
    go_at_utc = datetime.fromisoformat(run["go_at_utc"]).astimezone(UTC)
    since_min = (at_utc - go_at_utc).total_seconds() / 60
    ago = f"{since_min:.0f} min before this card" if since_min >= 0 else f"only in {-since_min:.0f} min"
    if moment.due_min is not None and 0 <= since_min <= moment.due_min:
        ago += f"; {moment.due_min - since_min:.0f} of {moment.due_min:g} min are left"
    return [("GO", f"{go_at_utc:%Y-%m-%d %H:%MZ}, {ago}")]


def mention(run: Mapping[str, Any], role: str) -> str:
    """A ping of who the release file names for `role`; the bare role where that is no Slack user id."""
    id = str(run.get("roles", {}).get(role, ""))
    name = plain(role.replace("_", " "), 40)
    return f"<@{id}>" if re.fullmatch(r"[UW][A-Z0-9]+", id) else f"{name} (no Slack id in the release file)"


def rollback(run: Mapping[str, Any]) -> str:
    command = plain(run.get("rollback_command") or "").replace("`", "'")
    said = [f"`{command}`"] if command else []
    if run.get("runbook_url"):
        said.append(f"<{plain(run['runbook_url']).replace('|', '%7C')}|runbook>")
    return " · ".join(said) or "no command and no runbook in the release file"


def changed(rows: Sequence[Verdict], before: Shown | None) -> list[tuple[str, str]]:
    """What is another colour than on the card before."""
    if before is None:
        return []
    moved = [verdict for verdict in rows if before.get(verdict.check, verdict.colour.word) != verdict.colour.word]
    said = [f"{plain(each.check, 40)} {before[each.check]} → {each.colour.word}" for each in moved[:CHANGES_MAX]]
    more = [f"{len(moved) - CHANGES_MAX} more"] if moved[CHANGES_MAX:] else []
    return [("Changed", ", ".join([*said, *more]) or "nothing since the last card")]


def rows(plan: Plan, of: Sequence[Verdict], told_above: Sequence[str]) -> list[str]:
    """Each check that is not GREEN, with why where it was not `told_above`; those without data that say the same in
    one; of the GREEN ones the names."""
    chunks = [_chunk(plan, alike, told_above) for alike in _alike(of)]
    fit = fitting(chunks, ROWS_CHARACTERS)
    lines = [line for chunk in chunks[:fit] for line in chunk]
    left = sum(map(len, _alike(of)[fit:]))
    lines += [f"... {left} more that are not GREEN; see the page"] if left else []
    green = [plain(verdict.check, 40) for verdict in of if verdict.colour is Colour.GREEN]
    if not green:
        return lines or ["no check came back"]
    names = plain(", ".join(green), ROWS_CHARACTERS // 2)
    return [*lines, f"{CIRCLES[Colour.GREEN]} {'all others' if chunks else f'all {len(green)} checks'} GREEN: {names}"]


def _alike(of: Sequence[Verdict]) -> list[list[Verdict]]:
    """Those that are not GREEN, in their order, each without data with the later ones that say the same."""
    groups: dict[object, list[Verdict]] = {}
    for each in of:
        if each.colour is not Colour.GREEN:
            says = each.why if each.colour is Colour.NO_DATA and each.value is None else (each.check,)
            groups.setdefault(says, []).append(each)
    return list(groups.values())


def _chunk(plan: Plan, alike: Sequence[Verdict], told_above: Sequence[str]) -> list[str]:
    first, others = alike[0], alike[1:]
    head, *why = row(plan, first, why=any(each.check not in told_above for each in alike))
    names = ", ".join(plain(each.check, 40) for each in others)
    return [f"{head}, {names}" if names else head, *why]


def _not_applied(decision: Decision) -> list[str]:
    """The names of what nobody asked for; the first reply has the reasons."""
    names = ", ".join(said.partition(": ")[0] for said in decision.not_applied)
    return [f"does not apply: {plain(names, NOT_APPLIED_CHARACTERS)}"] if names else []


def footer(
    run: Mapping[str, Any], decision: Decision, at_utc: datetime, next_utc: datetime | None, page: str | None
) -> list[str]:
    lines = [] if decision.action is Action.ROLLBACK else [f"Rollback: {rollback(run)}"]
    lines.append(f"{run['version']} · {run['commit'][:12]} · {at_utc.astimezone(UTC):%H:%MZ}")
    lines += [f"next card by {local(next_utc)}"] if next_utc else []
    return [*lines, f"<{plain(page).replace('|', '%7C')}|page>"] if page and page.startswith("https://") else lines
