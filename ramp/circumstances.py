"""What a decision rests on beside its verdicts, and the decision itself: the one way in which it is made, and found
again from what was written down."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from ramp.decision import Decision, decide, held, rolled_back
from ramp.order_of_moments import in_order
from ramp.plan import Plan
from ramp.sign_off import SignedOff, released
from ramp.verdict import Verdict


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """`held_min` is for how long the stage was held, by its clock; None where nobody can tell. `interrupted` is whether
    the operator ended it. `lacks` are the moments that had to be concluded before and were not, each with why not, in
    the plan's order; `is_rehearsed` and `raises` whether it was a rehearsal, and whether the suite sets the weight.
    `after` is why it was rolled back, where that is no verdict. `signed_off` is the sign-off that was in force;
    `held_by` is what kept traffic from rising that is no verdict."""

    held_min: float | None
    interrupted: bool
    lacks: tuple[tuple[str, str], ...]
    is_rehearsed: bool
    raises: bool
    after: str | None
    signed_off: SignedOff | None = None
    held_by: str | None = None

    def record(self) -> dict[str, Any]:
        """As JSON has it; `Circumstances.from_record` reads it back."""
        return asdict(self) | {"lacks": [list(each) for each in self.lacks]}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError and ValueError for a record that is none."""
        fields = {name: record[name] for name in cls.__dataclass_fields__}
        if by := fields["signed_off"]:
            accepts = tuple((check, colour) for check, colour in by["accepts"])
            fields["signed_off"] = SignedOff(code=by["code"], by=by["by"], accepts=accepts)
        return cls(**fields | {"lacks": tuple((moment, why) for moment, why in record["lacks"])})


def decided(plan: Plan, moment: str, given: Mapping[str, Verdict], of: Circumstances) -> Decision:
    """The decision at `moment`, from the verdicts by check and the circumstances of it."""
    decision = decide(plan, moment, given, of.held_min, interrupted=of.interrupted)
    if not of.interrupted:
        decision = released(plan, decision, given, of.signed_off)
    if of.held_by is not None:
        decision = held(decision, of.held_by)
    ordered = in_order(plan, decision, dict(of.lacks), is_rehearsed=of.is_rehearsed, raises=of.raises)
    return rolled_back(ordered, of.after) if of.after is not None else ordered
