"""The card between two decisions: how a stage looks so far, on one screen of a phone, and why it comes now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ramp.cadence import Due
from ramp.decision import Action, Decision
from ramp.figures import Figure
from ramp.plan import Plan
from ramp.verdict import Colour, Verdict, worst
from ramp.who_is_told import CEO, heard_of
from reports.card import HEADER_CHARACTERS, WHY_CHARACTERS, Card, Shown, changed, footer, mention, rows
from reports.card_row import CIRCLES
from reports.report import figure_said
from reports.slack_text import context, local, plain, section, sections

LOST_MAX = 4


@dataclass(frozen=True, kw_only=True)
class SoFar:
    """A look at `moment`, which was held `held_min` of `hold_min`: its verdicts, and what they would come to were the
    hold over. `because` is why a card is due; `gate_ends_utc` when the CEO's own gate ends; `cache` the figures of the
    first ten minutes; `lost` what #ship-room did not take before."""

    moment: str
    held_min: float
    hold_min: float
    verdicts: Sequence[Verdict]
    outlook: Decision
    because: Due
    at_utc: datetime
    next_utc: datetime
    gate_ends_utc: datetime | None = None
    cache: Sequence[Figure] = ()
    lost: Sequence[str] = ()


def so_far_card(plan: Plan, run: Mapping[str, Any], so_far: SoFar, before: Shown | None) -> Card:
    """`before` are the colours by check that the card before showed."""
    row, verdicts = plan.moment(so_far.moment), worst(list(so_far.verdicts))
    where = f"{row.traffic_pct} %" if row.is_stage else row.id
    kind = "LIVE" if run.get("target") == "real" else "REHEARSAL"
    held = f"{so_far.held_min:.0f} of {so_far.hold_min:.0f} min"
    headline = f"🕒 {where} so far · {held} · {kind}"[:HEADER_CHARACTERS]
    lines = [*_why(run, so_far), *_recommended(run, so_far.outlook), *changed(verdicts, before)]
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": headline}},
        section("\n".join(f"*{label}:* {said}" for label, said in lines)),
        *sections(_rows(plan, so_far.held_min, verdicts)),
        context("\n".join(footer(run, so_far.outlook, so_far.at_utc, so_far.next_utc, None))),
    ]
    return Card(text="\n".join([headline, *(f"{label}: {said}" for label, said in lines)]), blocks=tuple(blocks))


def _rows(plan: Plan, held_min: float, verdicts: Sequence[Verdict]) -> list[str]:
    """A row for each of which somebody must hear; of what only comes with time the names."""
    heard = heard_of(plan, verdicts, held_min)
    told = [each for each in verdicts if each in heard or each.colour is Colour.GREEN]
    yet = []
    for colour in (Colour.NO_DATA, Colour.YELLOW):
        if names := [plain(each.check, 40) for each in verdicts if each not in told and each.colour is colour]:
            yet.append(f"{CIRCLES[colour]} {colour.word} so early: {', '.join(names)}")
    return [*yet, *(rows(plan, told, ()) if told or not yet else [])]


def _why(run: Mapping[str, Any], so_far: SoFar) -> list[tuple[str, str]]:
    ceo = mention(run, CEO)
    said = [("Not heard before", plain(each, WHY_CHARACTERS)) for each in so_far.lost[-LOST_MAX:]]
    if so_far.because is Due.T0:
        said.append(("T-0", f"{ceo}: the first users meet the release now; you said that you will join"))
    if so_far.because is Due.BEFORE_GATE and so_far.gate_ends_utc:
        said.append(("Gate", f"{ceo}: it ends by {local(so_far.gate_ends_utc)}; please attend here"))
    if so_far.because is Due.T_PLUS_10:
        said += [("First ten minutes", figure_said(each)) for each in so_far.cache]
    return said


def _recommended(run: Mapping[str, Any], outlook: Decision) -> list[tuple[str, str]]:
    """E7: what is recommended so far, and who is tagged where anything is not GREEN."""
    word = "CONTINUE once the hold is over" if outlook.action is Action.CONTINUE else str(outlook.action)
    said = [("So far", f"recommend {word}: {plain(outlook.reason, WHY_CHARACTERS)}")]
    return said + ([("For", " ".join(mention(run, role) for role in outlook.tag))] if outlook.tag else [])
