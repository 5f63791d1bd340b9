"""E1: the canary's error rate."""

from ramp.evidence import interval
from ramp.gates.bad_share import counted_share, judge_bad_share
from ramp.gates.judging import exact
from ramp.hold import Hold
from ramp.units import Unit
from ramp.verdict import Verdict


def errors(hold: Hold) -> Verdict:
    """The share of answers that are server errors."""
    row = hold.plan.gates.errors
    return judge_bad_share(
        hold,
        "errors",
        counted_share(hold, "errors", "requests", "requests"),
        bad_max=exact(row.ratio_max),
        limit=row.ratio_max,
        unit=Unit.RATIO,
        what="error rate",
        at_most=True,
        interval=lambda point: interval(point.bad, point.n, hold.plan.reading.confidence_ratio),
    )
