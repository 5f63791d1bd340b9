"""The caps that are in force: as they were confirmed 30 minutes after the GO, until the close-out lifts them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Self

from ramp.caps import Caps
from ramp.plan import Plan
from ramp.verdict import Colour, Verdict

IN_FORCE, LIFTED = "caps_in_force", "caps_lifted"  # kinds of the journal's records
_CONFIRMS = "B5"


@dataclass(frozen=True, kw_only=True)
class InForce:
    """Caps that were confirmed, and when."""

    caps: Caps
    at_utc: datetime

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError and ValueError for a record that is none."""
        caps = Caps(*(record[field.name] for field in fields(Caps)))
        return cls(caps=caps, at_utc=datetime.fromisoformat(record["at_utc"]))


def caps_of(plan: Plan) -> Caps:
    row = plan.caps
    return Caps(row.count_max, row.amount_cents_max, row.total_cents_max)


def confirmed_by(plan: Plan, moment: str, verdicts: Iterable[Verdict]) -> bool:
    """Whether `moment` confirmed the caps: it is to, in the order of the ramp, and each check of them was GREEN, or
    YELLOW: a target that only says that it enforces them was said the same caps."""
    row = plan.moment(moment)
    of_caps = [check for check in plan.required(moment) if _CONFIRMS in plan.checks[check].ids]
    sound = {verdict.check for verdict in verdicts if verdict.colour in (Colour.GREEN, Colour.YELLOW)}
    return row.in_order and _CONFIRMS in row.confirms and bool(of_caps) and sound.issuperset(of_caps)


def in_force(records: Iterable[Mapping[str, Any]]) -> InForce | None:
    """The caps that the release's journals say are in force: the first that were confirmed, whatever was confirmed
    later, and none once they were lifted. Raises KeyError, TypeError and ValueError for a record that is none."""
    first: InForce | None = None
    for record in sorted(records, key=lambda record: str(record.get("at_utc"))):
        if record.get("kind") == LIFTED:
            return None
        if record.get("kind") == IN_FORCE and first is None:
            first = InForce.from_record(record)
    return first


def changed(plan: Plan, moment: str, check: str, confirmed: InForce | None) -> Verdict | None:
    """RED where the plan has other caps by now than were confirmed."""
    now = caps_of(plan)
    if confirmed is None or confirmed.caps == now:
        return None
    others = [
        f"{name} was {was} and is {getattr(now, name)}"
        for name, was in vars(confirmed.caps).items()
        if was != getattr(now, name)
    ]
    why = (
        f"the caps were changed after they were confirmed at {confirmed.at_utc:%Y-%m-%d %H:%M}Z: {', '.join(others)}; "
        "put them back, for they stay in force until the close-out lifts them"
    )
    return Verdict(check=check, moment=moment, colour=Colour.RED, why=why, tag_ceo=True)
