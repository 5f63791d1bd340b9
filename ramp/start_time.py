"""B1, B7: when the ramp should start: in the lowest trough of the last week's traffic, within a day of the GO.

A candidate is a start from which the whole ramp and its stable hours bring fewer requests than from any start around
it. Of candidates that are as low, within the plan's tie, the West Coast's trough wins: the one whose middle is nearest
to the hour at which traffic there is lowest. One in which something is in the way gives place to the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ramp.daily_traffic import DailyTraffic, Rate, daily_traffic
from ramp.observation import NoEvidence
from ramp.plan import Plan
from ramp.start_time_row import StartTimeRow

_DAY_MIN = 1440


@dataclass(frozen=True)
class InTheWay:
    """What keeps a ramp from running then, in words: nobody on call for a domain, a freeze."""

    from_utc: datetime
    until_utc: datetime
    why: str


@dataclass(frozen=True)
class Candidate:
    """A start, when its ramp and stable hours would be over, and the requests a second that are foreseen until then.
    `why_not` is empty for the one that is proposed; `in_the_way` names what is, also of that one."""

    start_utc: datetime
    until_utc: datetime
    per_s: float
    in_the_way: tuple[str, ...] = ()
    why_not: str = ""


@dataclass(frozen=True)
class Proposal:
    """`candidates` are all troughs, the lowest first; `traffic` is what they were found in."""

    proposed: Candidate
    candidates: tuple[Candidate, ...]
    traffic: DailyTraffic


def lasts_min(plan: Plan) -> float:
    """Minutes from T-0 until the ramp and its stable hours are over."""
    return sum(stage.hold_min or 0.0 for stage in plan.stages) + 60 * plan.stable.hours_min


def propose(
    plan: Plan, history: Iterable[Rate], *, go_utc: datetime, now_utc: datetime, busy: Sequence[InTheWay] = ()
) -> Proposal:
    """The start in the lowest trough of the days before `now_utc`. Raises NoEvidence where too little of them is known,
    and where the ramp can no longer start within its time."""
    row, minutes = plan.start_time, lasts_min(plan)
    traffic = daily_traffic(
        history,
        now_utc,
        days=row.days,
        zone=ZoneInfo(row.zone),
        slot_min=row.slot_min,
        covered_ratio_min=row.covered_ratio_min,
    )
    starts = _starts(row, go_utc, now_utc)
    if not starts:
        last_utc = go_utc + timedelta(hours=row.within_h)
        raise NoEvidence(f"T-0 was due by {last_utc:%Y-%m-%d %H:%MZ}, {row.within_h:g} h after the GO, which is over")
    found = [_candidate(traffic, starts[at], minutes, busy) for at in _troughs(traffic, starts, minutes)]
    return Proposal(*_chosen(row, sorted(found, key=lambda each: each.per_s)), traffic)


def foreseen_per_s(plan: Plan, traffic: DailyTraffic, start_utc: datetime) -> float:
    """Requests a second, on the average from `start_utc` until ramp and stable hours are over."""
    return traffic.window(start_utc, lasts_min(plan))


def _starts(row: StartTimeRow, go_utc: datetime, now_utc: datetime) -> list[datetime]:
    """Every slot's beginning at which T-0 may be."""
    step = timedelta(minutes=row.slot_min)
    earliest = max(now_utc, go_utc + timedelta(minutes=row.lead_min))
    midnight = earliest.replace(hour=0, minute=0, second=0, microsecond=0)
    start, starts = midnight + -((midnight - earliest) // step) * step, []
    while start <= go_utc + timedelta(hours=row.within_h):
        starts.append(start)
        start += step
    return starts


def _troughs(traffic: DailyTraffic, starts: Sequence[datetime], minutes: float) -> list[int]:
    """The places in `starts` from which less is foreseen than from those around; of equal ones beside each other the
    first."""
    rates = [traffic.window(start, minutes) for start in starts]
    return [
        at
        for at, rate in enumerate(rates)
        if (at == 0 or rate < rates[at - 1]) and (at + 1 == len(rates) or rate <= rates[at + 1])
    ]


def in_the_way(traffic: DailyTraffic, start: datetime, minutes: float, busy: Sequence[InTheWay]) -> tuple[str, ...]:
    """What of `busy` falls into the `minutes` from `start` on, and a time of day that no day tells of."""
    until = start + timedelta(minutes=minutes)
    unknown = traffic.unknown(start, minutes)
    ways = [] if unknown is None else [f"no day tells of the traffic at {unknown:%H:%MZ}"]
    ways += [each.why for each in busy if each.from_utc < until and start < each.until_utc]
    return tuple(dict.fromkeys(ways))


def _candidate(traffic: DailyTraffic, start: datetime, minutes: float, busy: Sequence[InTheWay]) -> Candidate:
    until = start + timedelta(minutes=minutes)
    return Candidate(start, until, traffic.window(start, minutes), in_the_way(traffic, start, minutes, busy))


def _chosen(row: StartTimeRow, found: Sequence[Candidate]) -> tuple[Candidate, tuple[Candidate, ...]]:
    """The proposal, and all candidates with why the others are not it. Where something is in the way of each, the
    lowest is proposed with it."""
    free = [each for each in found if not each.in_the_way] or list(found)
    lowest = free[0].per_s
    ties = [each for each in free if each.per_s <= lowest * (1 + row.tie_ratio)]
    proposed = min(ties, key=lambda each: (_from_west_coast_min(row, each), each.start_utc))

    def why_not(each: Candidate) -> str:
        if each == proposed:
            return ""
        if each.in_the_way and not proposed.in_the_way:
            return "; ".join(each.in_the_way)
        if each in ties:
            return f"ties ({each.per_s / lowest - 1:+.1%}), and is farther from the West Coast's trough"
        return f"{each.per_s / proposed.per_s - 1:+.0%} requests" if proposed.per_s else "more requests"

    return proposed, tuple(replace(each, why_not=why_not(each)) for each in found)


def _from_west_coast_min(row: StartTimeRow, candidate: Candidate) -> float:
    """Minutes of the day between the middle of the candidate and the West Coast's trough."""
    middle = candidate.start_utc + (candidate.until_utc - candidate.start_utc) / 2
    local = middle.astimezone(ZoneInfo(row.zone))
    hour, minute = map(int, row.west_coast_trough.split(":"))
    apart = abs(60 * local.hour + local.minute - 60 * hour - minute)
    return min(apart, _DAY_MIN - apart)
