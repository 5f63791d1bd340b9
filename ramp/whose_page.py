"""Whose page it is that a slice's numbers come from, and what proves it.

Best are requests with the canary's routing key before T-0, when nobody else's come to it: they move its counter by
about their number, and not control's. Else a version on the page that is the release's, or processes that are not
control's.
"""

from collections.abc import Mapping
from datetime import timedelta
from math import sqrt
from typing import NamedTuple

from ramp.frames import Frame
from ramp.observation import SLICES, Slice
from ramp.plan import Plan
from ramp.recording import Recording
from ramp.signals import INSTANCES_APART, INSTANCES_SHARED, KEYED_REQUESTS, NAMES_RELEASE, REQUESTS

_COUNTED_LEAST = 0.75  # of what was sent: some may get lost


class Proof(NamedTuple):
    """What proves whose page it is, or what shows that it is another's; neither where nothing tells."""

    by: str | None = None
    wrong: str | None = None


_NOTHING = Proof()


class Moved:
    """What both slices counted before T-0 while the suite sent requests by the routing key: from look to look, until
    that tells whose page each is."""

    def __init__(self, plan: Plan) -> None:
        self._row = plan.contradictions
        self._apart_max = timedelta(minutes=plan.reading.blind_min_max)
        self._last: dict[Slice, Frame] = {}
        self._told = _NOTHING
        self.counted = dict.fromkeys(SLICES, 0.0)
        self.sent = dict.fromkeys(SLICES, 0.0)

    def follow(self, slice: Slice, frame: Frame) -> None:
        self._told = self.proof()
        if self._told != _NOTHING and frame.at > max(last.at for last in self._last.values()):
            return
        last, self._last[slice] = self._last.get(slice), frame
        names = (REQUESTS, KEYED_REQUESTS)
        if last is None or frame.at - last.at > self._apart_max:
            return
        if all(name in one.counters for name in names for one in (last, frame)):
            self.counted[slice] += frame.counters[REQUESTS] - last.counters[REQUESTS]
            self.sent[slice] += frame.counters[KEYED_REQUESTS] - last.counters[KEYED_REQUESTS]

    def proof(self) -> Proof:
        """What the requests with each key moved. A slice counts at least three quarters of those sent to it; the
        canary, to which nobody else's come, no more than all. So many more must be sent to control that its page cannot
        be taken for the canary's."""
        row, sent, control_sent = self._row, self.sent["canary"], self.sent["control"]
        canary, control = self.counted["canary"], self.counted["control"]
        if sent < row.keyed_least:
            return _NOTHING
        least, control_least = _COUNTED_LEAST * sent, _COUNTED_LEAST * control_sent
        most = (1 + row.over_ratio_max) * sent + row.over_sigmas * sqrt(sent)
        said = (
            f"before T-0 {sent:,.0f} requests with the canary's key and {control_sent:,.0f} with control's moved its "
            f"counter by {canary:,.0f}, control's by {control:,.0f}"
        )
        if canary > most and canary == control:
            return Proof(wrong=f"{said}: is one page read for both?")
        if control_least <= most:
            return _NOTHING
        if least <= canary <= most:
            return Proof(by=said) if control >= control_least else _NOTHING
        exchanged = least <= control <= most and canary >= control_least
        return Proof(wrong=f"{said}: are the pages of canary and control exchanged?") if exchanged else _NOTHING


def proof(moved: Moved, recording: Recording, traffic_pct: int) -> Proof:
    """The best of all proofs by now; whatever shows that a page is another slice's comes first."""
    canary, control = (_gauges(recording, slice) for slice in SLICES)
    found = (moved.proof(), _version(canary, control, traffic_pct), _instances(canary))
    wrong = next((one for one in found if one.wrong), None)
    return wrong or next((one for one in found if one.by), _NOTHING)


def moved_before_t0(plan: Plan, recording: Recording) -> Moved:
    """The same from a recording that has seen no stage yet."""
    moved = Moved(plan)
    others = {*(stage.id for stage in plan.stages), plan.placebo.id}
    before = [(slice, frame) for slice in SLICES for frame in recording.frames(slice) if frame.stage not in others]
    for slice, frame in sorted(before, key=lambda one: one[1].at):
        moved.follow(slice, frame)
    return moved


def _version(canary: Mapping[str, float], control: Mapping[str, float], traffic_pct: int) -> Proof:
    if traffic_pct < 100 and control.get(NAMES_RELEASE):
        return Proof(wrong="control's page names the version or commit of the release: is it the canary's?")
    named = "the canary's page names the version or commit of the release, control's does not"
    return Proof(by=named) if canary.get(NAMES_RELEASE) else _NOTHING


def _instances(canary: Mapping[str, float]) -> Proof:
    if shared := canary.get(INSTANCES_SHARED):
        return Proof(wrong=f"{shared:.0f} of the canary's pages are told by a process that tells control's too")
    apart = "the pages of canary and control are told by other processes"
    return Proof(by=apart) if canary.get(INSTANCES_APART) else _NOTHING


def _gauges(recording: Recording, slice: Slice) -> Mapping[str, float]:
    frames = recording.frames(slice)
    return frames[-1].gauges if frames else {}
