"""B5: payments that go over a cap, offered to the payer, which must refuse each before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

from ramp.plan import Plan
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


@dataclass(frozen=True, kw_only=True)
class Offered:
    """One payment that goes over `cap` (a field of Caps). `refused_for` is the cap that it was refused for, None where
    it was not; `left` says that something left for the processor."""

    what: str
    cap: str
    refused_for: str | None
    left: bool

    @property
    def held(self) -> bool:
        return self.refused_for == self.cap and not self.left


def judge_caps_refused(plan: Plan, moment: str, offered: Sequence[Offered]) -> Verdict:
    """GREEN when every cap was offered too much, and each such payment was refused for that very cap and never left."""
    passed = [each for each in offered if not each.held]
    untried = {"count_max", "amount_cents_max", "total_cents_max"} - {each.cap for each in offered}
    if passed:
        how = "left for the processor" if passed[0].left else f"was refused for {passed[0].refused_for or 'no cap'}"
        why = f"{passed[0].what} {how}: the cap {passed[0].cap} is not enforced"
    elif untried:
        why = f"nothing was offered over {', '.join(sorted(untried))}"
    else:
        why = f"{', '.join(each.what for each in offered)}: each refused before anything left"
    colour = Colour.RED if passed or untried else Colour.GREEN
    return Verdict(
        check="caps_refused",
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=len(passed),
        limit=0,
        n=len(offered),
        tag_ceo=colour is Colour.RED,
        notes=(f"caps: {plan.caps.in_words}",),
    )
