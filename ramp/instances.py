"""Latency by instance, where sources tell it: what control's instances do apart is noise that the canary may have too.

Labels are `instance|upper bound`. Instances tell nothing unless they are all there: else those that are left out could
make the others look as one likes.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import inf

from ramp.evidence import BetweenInstances, Lasting, LatencyEvidence, Tempered
from ramp.evidence.between_instances import ByInstance
from ramp.histogram import timed
from ramp.observation import SLICES, NoEvidence, Slice, Span
from ramp.placebo_hour import SeesHour
from ramp.signals import LATENCY_S, LATENCY_S_BY_INSTANCE

_MISSING_RATIO = 0.01  # of a slice's requests that its instances may lack: they are read one after the other
_SHOWN = 3
NOT_TOLD = "not reported of both slices"


def tempered(view: SeesHour, plain: LatencyEvidence) -> Tempered:
    """`plain`, with what instances tell of noise where every minute of the placebo hour has them."""
    row = view.plan.noise
    lasting = Lasting(
        block_min=row.instances_block_min,
        least=row.instances_least,
        clip=row.clip_log_odds,
        minutes=row.instances_minutes,
        half_life_min=view.plan.evidence.half_life_min,
    )
    if not any(LATENCY_S_BY_INSTANCE in view.recording.names(slice) for slice in SLICES):
        return Tempered(plain, None, NOT_TOLD)
    try:
        hour = [_of_hour(view, span, plain.bounds_s) for span in view.placebo]
        between = BetweenInstances(hour, plain.bounds_s, lasting)
        if len(between.known) < lasting.least:
            raise NoEvidence(f"control had {len(between.known)} in the placebo hour, and {lasting.least} are needed")
    except NoEvidence as missing:
        return Tempered(plain, None, missing.reason)
    return Tempered(plain, between)


def instances_now(evidence: Tempered, view: SeesHour, span: Span) -> tuple[ByInstance, Mapping[str, float]] | None:
    """What control's instances had over `span`, and the requests of each of the canary's; None where they are left
    out, or are so from now on."""
    if evidence.between is None:
        return None
    try:
        control = _by_instance(view, "control", span, evidence.plain.bounds_s)
        canary = {name: of[inf] for name, of in _by_instance(view, "canary", span, ()).items()}
        if both := sorted(canary.keys() & control.keys()):
            raise NoEvidence(f"{', '.join(both[:_SHOWN])} is of both slices")
        if new := sorted(control.keys() - evidence.between.known):
            raise NoEvidence(f"{', '.join(new[:_SHOWN])} of control came since the placebo hour")
    except NoEvidence as missing:
        evidence.leave_instances_out(missing.reason)
        return None
    return control, canary


def say_apart(evidence: Tempered) -> str:
    """`; in 15 min instances of control drifted apart 12 times as much as chance explains`, or nothing."""
    between = evidence.between
    if between is None or not evidence.is_tempered:
        return ""
    said = f"drifted apart {between.apart:,.0f} times as much as chance explains"
    return f"; in {between.block_min} min instances of control {said}"


def say_instances(evidence: Tempered | None) -> tuple[str, ...]:
    """How many instances tell of noise that lasts, or why none does."""
    if evidence is None:
        return ()
    if evidence.between is None:
        return (f"instances: {evidence.why_not}, so that noise of half an hour looks like a regression",)
    known = len(evidence.between.known)
    return (f"instances: {known} of control tell what one does by itself for {evidence.between.block_min} min",)


def _of_hour(view: SeesHour, span: Span, bounds_s: Sequence[float]) -> ByInstance:
    """Of both slices, which are equal then. Raises NoEvidence."""
    canary, control = (_by_instance(view, slice, span, bounds_s) for slice in SLICES)
    if both := sorted(canary.keys() & control.keys()):
        raise NoEvidence(f"{', '.join(both[:_SHOWN])} was of both slices in the placebo hour")
    return {**control, **canary}


def _by_instance(view: SeesHour, slice: Slice, span: Span, bounds_s: Sequence[float]) -> ByInstance:
    """Those that had requests, by the boundaries of `bounds_s`. Raises NoEvidence where they are not all there."""
    wanted, found = {*bounds_s, inf}, dict[str, dict[float, float]]()
    for label, count in view.recording.increase_by(slice, LATENCY_S_BY_INSTANCE, span).items():
        name, bound = _split(label)
        if bound in wanted:
            found.setdefault(name, {})[bound] = count
    if any(of.keys() != wanted for of in found.values()):
        raise NoEvidence(f"an instance of {slice} lacks a boundary", LATENCY_S_BY_INSTANCE)
    n, all = sum(of[inf] for of in found.values()), timed(view.recording.increase_by(slice, LATENCY_S, span))
    if abs(all - n) > max(_MISSING_RATIO * all, 1):
        said = f"those of {slice} had {n:,.0f} of its {all:,} requests in a minute"
        raise NoEvidence(said, LATENCY_S_BY_INSTANCE)
    return {name: of for name, of in found.items() if of[inf] > 0}


@lru_cache(maxsize=16_384)
def _split(label: str) -> tuple[str, float]:
    """Raises NoEvidence."""
    name, _, bound = label.rpartition("|")
    try:
        return name, float(bound)
    except ValueError:
        said = f"{LATENCY_S_BY_INSTANCE} has the label {label!r}, where instance|bound is due"
        raise NoEvidence(said, LATENCY_S_BY_INSTANCE) from None
