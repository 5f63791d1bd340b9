"""B5: the rules of the caps, as properties that were tried to break."""

from collections.abc import Sequence
from dataclasses import dataclass

from ramp.plan import Plan
from ramp.units import Unit
from ramp.verdict import Colour, Verdict


@dataclass(frozen=True, kw_only=True)
class Proof:
    """One property of the caps: the claim, and a sentence on how it was broken, if it was."""

    claim: str
    broken: str | None = None


def judge_caps_rules(plan: Plan, moment: str, proofs: Sequence[Proof]) -> Verdict:
    """GREEN when no property of the caps could be broken, else RED."""
    broken = [proof for proof in proofs if proof.broken]
    caps = plan.caps
    why = (
        f"a rule of the caps is broken: {broken[0].claim} {broken[0].broken}"
        if broken
        else f"{len(proofs)} rules of the caps could not be broken"
    )
    colour = Colour.RED if broken or not proofs else Colour.GREEN
    return Verdict(
        check="caps_rules",
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=len(broken),
        limit=0,
        n=len(proofs),
        tag_ceo=bool(broken),
        notes=(f"caps: {caps.in_words}", *(proof.claim for proof in proofs)),
    )
