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
    """GREEN when what the target says it enforces is what the owner asked for and a charge over a cap was refused;
    YELLOW where it only says so. `offered` is None where no charge was offered: a real target takes one in test mode
    alone."""
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
    elif offered is not None:
        why = f"the target enforces {row.in_words}; a charge of {show(offered.amount_cents, Unit.CENTS)} was refused"
    else:
        why = f"the target says that it enforces {row.in_words}, and no charge over them was tried: {_TRY}"
    tried = Colour.YELLOW if offered is None else Colour.GREEN
    colour = Colour.RED if others or taken else tried
    return Verdict(
        check="caps_target",
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=len(others) + taken,
        limit=0,
        tag_ceo=colour is not Colour.GREEN,
    )


_TRY = "set trial_url under [real.caps] to a checkout in test mode, use a test key, and run with --act"
