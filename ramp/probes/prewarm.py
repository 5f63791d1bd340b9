"""D3: the pre-warm set is in the cache."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ramp.observation import NoEvidence, Span
from ramp.plan import KEYED, Plan
from ramp.recording import Recording
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict, no_data


@dataclass(frozen=True, kw_only=True)
class Prewarmed:
    """One path of the set, fetched twice: the second fetch's status, whether the cache answered it, and the header
    that said so (empty where no known header did)."""

    path: str
    status: int
    hit: bool
    said: str


def hit_ratio_before_t0(recording: Recording, seen: Span, plan: Plan) -> float | None:
    """The canary's hit ratio (0..1) over `seen`, or None where it cannot be read.

    No user comes to the canary before T-0. What it is asked by key just before the first look may stand on its pages
    at that look already, so it counts too.
    """
    fresh = timedelta(minutes=plan.reading.fresh_min)
    asked = [at for at in recording.seen(KEYED) if timedelta() < seen.start - at <= fresh]
    over = seen._replace(start=min(asked, default=seen.start))
    try:
        lookups = recording.increase("canary", "cache_lookups", over)
        return recording.increase("canary", "cache_hits", over) / lookups if lookups else None
    except NoEvidence:
        return None


def judge_prewarm(plan: Plan, moment: str, fetched: Sequence[Prewarmed], hit_ratio: float | None) -> Verdict:
    """GREEN when every second fetch was answered by the cache. An error or a miss is RED, a cache that does not say
    is NO DATA. `hit_ratio` is the canary's as the telemetry reads it now: without it the first ten minutes after T-0
    could not be reported, which is NO DATA."""
    check = "prewarm"
    hits = sum(page.hit for page in fetched)
    notes = tuple(f"{page.path} {page.status} {page.said or 'no cache header'}" for page in fetched)
    failed = [page for page in fetched if not 200 <= page.status < 300]
    silent = [page for page in fetched if page not in failed and not page.said]
    missed = [page for page in fetched if page not in failed and page.said and not page.hit]
    if not fetched:
        return no_data(check, moment, "the pre-warm set is empty; list its paths under [prewarm] in the release file")
    if failed or missed:
        page = (failed or missed)[0]
        why = f"{page.path} answered {page.status}" if failed else f"{page.path} is not in the cache ({page.said})"
        return _say(moment, Colour.RED, f"{why}; {hits} of {len(fetched)} paths are warm", hits, notes)
    if silent:
        return no_data(check, moment, f"the cache does not say whether it answered {silent[0].path}", notes=notes)
    if hit_ratio is None:
        return no_data(check, moment, "the canary's hit ratio cannot be read yet", notes=notes)
    ready = f"hit ratio reads {show(hit_ratio, Unit.RATIO)} now"
    return _say(moment, Colour.GREEN, f"{hits} of {len(fetched)} paths are warm; {ready}", hits, notes)


def _say(moment: str, colour: Colour, why: str, hits: int, notes: tuple[str, ...]) -> Verdict:
    return Verdict(
        check="prewarm",
        moment=moment,
        colour=colour,
        why=why,
        unit=Unit.COUNT,
        value=hits,
        limit=len(notes),
        n=len(notes),
        tag_ceo=colour is not Colour.GREEN,
        notes=notes,
    )
