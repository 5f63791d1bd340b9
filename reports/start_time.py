"""The proposed start: its table of troughs and a line of the day's traffic, as text or as one JSON object."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ramp.daily_traffic import DailyTraffic
from ramp.start_time import Candidate, Proposal

BARS = "▁▂▃▄▅▆▇█"
HOUR_MIN = 60
Sees = Mapping[datetime, str]


def as_text(proposal: Proposal, sees: Sees) -> str:
    """`sees` is, by start, the smallest regression that the first stage would see then."""
    best = proposal.proposed
    said = f"Proposed T-0: {_utc(best.start_utc)}, {_local(proposal.traffic, best.start_utc)}"
    lines = [f"{said}; {best.per_s:.3g} requests a second until {_utc(best.until_utc)}."]
    lines += [f"In the way: {why}." for why in best.in_the_way]
    lines += ["", f"  a day in {proposal.traffic.zone.key}, by the hour: {_day(proposal.traffic)}", ""]
    lines += [f"  {'start':<20}{'requests/s':>11}  {'the first stage sees':<26}why not"]
    lines += [
        f"  {_utc(each.start_utc):<20}{each.per_s:>11.3g}  {sees.get(each.start_utc, 'not known'):<26}"
        f"{each.why_not or 'proposed'}"
        for each in proposal.candidates
    ]
    return "\n".join(lines)


def as_json(proposal: Proposal, sees: Sees) -> str:
    return json.dumps({
        "proposed": _written(proposal.proposed, sees),
        "candidates": [_written(each, sees) for each in proposal.candidates],
        "zone": proposal.traffic.zone.key,
        "slot_min": proposal.traffic.slot_min,
        "per_s": list(proposal.traffic.smooth),
    })  # fmt: skip


def _written(candidate: Candidate, sees: Sees) -> dict[str, object]:
    return {
        "start_utc": candidate.start_utc.isoformat(),
        "until_utc": candidate.until_utc.isoformat(),
        "per_s": candidate.per_s,
        "in_the_way": list(candidate.in_the_way),
        "why_not": candidate.why_not,
        "sees": sees.get(candidate.start_utc),
    }


def _day(traffic: DailyTraffic) -> str:
    """One bar an hour from midnight on."""
    every = HOUR_MIN // traffic.slot_min
    hours = [_mean(traffic.smooth[at : at + every]) for at in range(0, len(traffic.smooth), every)]
    top = max(hours) or 1.0
    return "".join(BARS[min(int(len(BARS) * hour / top), len(BARS) - 1)] for hour in hours)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%MZ}"


def _local(traffic: DailyTraffic, at: datetime) -> str:
    local = at.astimezone(traffic.zone)
    offset = local.utcoffset() or timedelta()
    return f"{local:%H:%M} in {traffic.zone.key} (UTC{offset.total_seconds() / 3600:+g})"
