"""E1, A2: the canary's P95."""

from ramp.gates.bad_share import judge_bad_share
from ramp.gates.judging import Point, enough, exact
from ramp.histogram import above, quantile, timed
from ramp.hold import Hold
from ramp.observation import NoEvidence, Slice, Span
from ramp.units import Unit, show
from ramp.verdict import Verdict


def latency(hold: Hold) -> Verdict:
    """P95 against 120 ms, exactly: with a bucket boundary at the limit, P95 <= limit <=> 20 * slower <= n (nearest
    rank). The value shown is interpolated inside its bucket and decides nothing."""
    row = hold.plan.gates.latency

    def read(slice: Slice, span: Span) -> Point:
        buckets = hold.recording.increase_by(slice, "latency_s", span)
        n = enough(hold, timed(buckets), f"timed requests of {slice}")
        return Point(value=quantile(buckets, row.quantile_ratio), n=n, bad=above(buckets, row.limit_s))

    def quantiles(slice: Slice, span: Span) -> str:
        buckets = hold.recording.increase_by(slice, "latency_s", span)
        return " / ".join(show(quantile(buckets, q), Unit.SECONDS) for q in (0.50, 0.95, 0.99))

    def notes() -> list[str]:
        lines = [f"canary P50/P95/P99 {quantiles('canary', hold.now)}"]
        try:
            lines.append(f"control P50/P95/P99 {hold.of_control(quantiles, hold.now)}")
        except NoEvidence as missing:
            lines.append(f"control P50/P95/P99 NO DATA: {missing.reason}")
        return lines

    return judge_bad_share(
        hold,
        "latency",
        read,
        bad_max=1 - exact(row.quantile_ratio),
        limit=row.limit_s,
        unit=Unit.SECONDS,
        what=f"P{100 * row.quantile_ratio:g}",
        at_most=True,
        interval=lambda point: None,
        notes=notes,
    )
