"""Before T-0: whether control is over a limit already, for which the ramp would roll back a healthy canary."""

from ramp.gates.bad_share import BadShare
from ramp.gates.cache import CacheGate
from ramp.gates.database import DatabaseRow, measures
from ramp.gates.errors import errors_gate
from ramp.gates.judging import Point
from ramp.gates.latency import latency_gate
from ramp.observation import NoEvidence, Span
from ramp.plan import Plan
from ramp.probes.before_t0 import view_before_t0
from ramp.recording import Recording
from ramp.units import Unit, beyond, show_against
from ramp.verdict import Colour, Verdict, no_data


def judge_control(plan: Plan, moment: str, recording: Recording, span: Span) -> Verdict:
    """GREEN where control's P95, error rate and hit ratio over the last window, and the database, which both slices
    share, are within the limits of their gates, as far as these apply; RED where one is over, whatever else is missing,
    NO DATA where one is not known."""
    view = view_before_t0(plan, moment, recording, span)
    over: list[str] = []
    within: list[str] = []
    unknown: list[str] = []
    shares = {"latency": latency_gate(plan).share, "errors": errors_gate(plan).share, "cache": CacheGate(plan).share}
    for share in [share for gate, share in shares.items() if gate in plan.gates_that_apply]:
        try:
            point = share.read(view)("control", view.now)
        except NoEvidence as missing:
            unknown.append(f"control's {share.what} is not known: {missing.reason}")
        else:
            (over if share.breaks(point) else within).append(_told(share, point))
    asked = "database" in plan.gates_that_apply
    ratio_max, (ratios, missing_one) = plan.gate(DatabaseRow).ratio_max, measures(view, span) if asked else ({}, None)
    full = {name: ratio for name, ratio in ratios.items() if beyond(ratio, ratio_max)}
    over += [f"the database's {name} {show_against(of, '>', ratio_max, Unit.RATIO)}" for name, of in full.items()]
    unknown += [missing_one.reason] if missing_one else []
    if over:
        why = f"{'; '.join(over)}: the ramp would roll back a healthy canary for it, so mend that first"
        return Verdict(check="control", moment=moment, colour=Colour.RED, why=why, tag_ceo=True, notes=tuple(unknown))
    if unknown:
        return no_data("control", moment, "; ".join(unknown))
    if not within and not asked:
        return no_data("control", moment, "no gate whose limit control could be over applies, so nothing was looked at")
    why = "; ".join(within) or "the database is within its limits"
    return Verdict(check="control", moment=moment, colour=Colour.GREEN, why=why)


def _told(share: BadShare, point: Point) -> str:
    breaks = share.breaks(point)
    sign = (">" if breaks else "<=") if share.at_most else ("<" if breaks else ">=")
    return f"control's {share.what} {show_against(point.value, sign, share.limit, share.unit)} (n {point.n:,})"
