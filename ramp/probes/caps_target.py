"""B5: the caps that the release's own payment path enforces."""

from dataclasses import dataclass

from ramp.caps import Caps
from ramp.plan import Plan
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict


@dataclass(frozen=True, kw_only=True)
class OfferedToTarget:
    """A charge over a cap, offered to the release's payment path: whether it said that it refused, with what status,
    and how many payments the processor has of it."""

    amount_cents: int
    refused: bool
    status: int
    made: int


def judge_caps_target(plan: Plan, moment: str, said: Caps, offered: OfferedToTarget | None) -> Verdict:
    """GREEN when what the target says it enforces is what the owner asked for and, where it was tried, a charge over a
    cap was refused. `offered` is None on a real target, which is not offered any."""
    row = plan.caps
    asked = Caps(row.count_max, row.amount_cents_max, row.total_cents_max)
    others = [
        f"{name} {getattr(said, name)} instead of {due}"
        for name, due in vars(asked).items()
        if getattr(said, name) != due
    ]
    taken = offered is not None and (not offered.refused or offered.made > 0)
    if others:
        why = f"the target is configured with {', '.join(others)}"
    elif offered is not None and taken:
        charge = show(offered.amount_cents, Unit.CENTS)
        why = f"the target took a charge of {charge}: status {offered.status}, {offered.made} at the processor"
    else:
        why = f"the target enforces {row.in_words}"
        why += f"; a charge of {show(offered.amount_cents, Unit.CENTS)} was refused" if offered else ""
    colour = Colour.RED if others or taken else Colour.GREEN
    untried = () if offered else ("a charge over a cap is offered in a rehearsal only",)
    return Verdict(
        check="caps_target",
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=len(others) + taken,
        limit=0,
        tag_ceo=colour is Colour.RED,
        notes=untried,
    )
