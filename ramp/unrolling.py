"""Cumulative counters as one source says them, in order, unrolled into totals that never fall.

What began anew counts on top of what it had reached. What fell and is no restart stands still: what it counted since
the look before is not known, and it goes on from where it fell to.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from ramp.buckets import INF, boundaries
from ramp.falls import SOON, Fall, Reading, can_begin_anew, fall_of, is_less, is_rounding, size

Name = TypeVar("Name", bound=Hashable)
_NOTHING_KNOWN: Mapping[Any, bool] = {}


class Unrolled(NamedTuple, Generic[Name]):
    """Counters at one look: their totals, which of them are `lacking` a label that they had since they last began, and
    why it is not known of others, seen or not, what they counted since the look before."""

    totals: dict[Name, Any]
    lacking: set[Name]
    fell: dict[Name, Fall]


@dataclass(slots=True)
class Counted:
    """What is known of one counter. `last` is what it said since it last began, labels that are gone included;
    `reached` is what comes on top of that. What is `adrift` goes on from wherever it is next seen. What is `watched`
    may leap back to where it fell from; of what is `doubted` no restart is believed any more, it must be known."""

    last: Any = None
    total: Any = None
    reached: Any = None
    fall: Fall | None = None
    adrift: bool = False
    watched: bool = False
    doubted: bool = False


class Unrolling(Generic[Name]):
    """The counters of one source over time. When one of them begins anew, all that are counted `together` with it do,
    seen or not. When one falls and is no restart, all of them are in doubt. What falls at the same look as something
    larger of the same `process` that began anew, did so too: few may soon be many again."""

    def __init__(
        self, together: Iterable[Collection[Name]] = (), process: Callable[[Name], Hashable] | None = None
    ) -> None:
        self._together = {name: names for names in together for name in names}
        self._process = process or (lambda name: name)
        self._counted: dict[Name, Counted] = {}
        self._watching = False

    def state(self) -> dict[Name, Counted]:
        """What another needs to go on from here."""
        return {name: replace(of) for name, of in self._counted.items()}

    def resume(self, state: Mapping[Name, Counted]) -> None:
        """Goes on from the `state` of another."""
        self._counted = {name: replace(of) for name, of in state.items()}
        self._watching = any(of.watched for of in state.values())

    def read(
        self, counters: Mapping[Name, Reading], at: datetime, began: Mapping[Name, bool] = _NOTHING_KNOWN
    ) -> Unrolled[Name]:
        """`counters` as they are `at`. `began` says whether they began anew since the look before, where that is known.
        A label that is gone stands still; a bucket that is gone since a restart is unknown."""
        counted = self._counted
        fell: dict[Name, Fall] = {}
        less = [name for name, now in counters.items() if name in counted and is_less(counted[name].last, now)]
        if less or began or self._watching:
            counters, fell = self._explained(counters, less, at, began)
        totals: dict[Name, Any] = {}
        lacking = set()
        for name, now in counters.items():
            of = counted.get(name) or counted.setdefault(name, Counted())
            if of.adrift:
                of.reached, of.adrift = _standing(of.total, now), False
            elif of.last is None or isinstance(of.last, dict) != isinstance(now, dict):
                of.reached = _after_restart(of.total, now)
            elif isinstance(now, dict) and not of.last.keys() <= now.keys():
                lacking.add(name)
                now = {**of.last, **now}  # noqa: PLW2901
            totals[name] = of.total = _on_top(of.reached, now)
            of.last = now
        return Unrolled(totals, lacking, fell)

    def _explained(
        self, counters: Mapping[Name, Reading], less: Iterable[Name], at: datetime, began: Mapping[Name, bool]
    ) -> tuple[Mapping[Name, Reading], dict[Name, Fall]]:
        """`counters` without what fell by rounding alone, and what fell otherwise and is no restart."""
        counted = self._counted
        rounded = {name: counted[name].last for name in less if is_rounding(counted[name].last, counters[name])}
        counters = {**counters, **rounded}
        down = sorted((name for name in less if name not in rounded), key=lambda name: -size(counted[name].last))
        anew = [name for name, has in began.items() if has and name in counted]
        back = [name for name, now in counters.items() if self._is_back(name, now)] if self._watching else []
        fell: dict[Name, Fall] = {}
        met: set[Name] = set()
        new_processes: set[Hashable] = set()
        for name in (*anew, *down, *back):
            if name not in met:
                group = self._together.get(name, (name,))
                met.update(group)
                known = max((began[one] for one in group if one in began), default=None)
                down_here = [one for one in down if one in group]
                is_anew, why = self._of_group(
                    group, down_here, counters, at, known, self._process(name) in new_processes
                )
                fell |= why
                if is_anew:
                    new_processes.add(self._process(name))
        self._watching = any(of.watched for of in counted.values())
        return counters, fell

    def _is_back(self, name: Name, now: Reading) -> bool:
        """Whether it leaps back to where it fell from. What came back step by step need be watched no more."""
        of = self._counted.get(name)
        if of is None or of.fall is None or of.last is None or not of.watched:
            return False
        of.watched = not of.fall.is_reached(now)
        return not of.watched and of.fall.is_leap(of.last, now)

    def _of_group(
        self,
        group: Collection[Name],
        down: Collection[Name],
        counters: Mapping[Name, Reading],
        at: datetime,
        known: bool | None,
        with_process: bool,
    ) -> tuple[bool, dict[Name, Fall]]:
        """Lets a group of which some are `down` begin anew, or go on from where it fell to: then why, for each of it.
        `known` is whether it began anew, `with_process` whether something larger of its process did."""
        every = {name: self._counted.setdefault(name, Counted()) for name in group}
        both = {n: (of.last, counters[n]) for n, of in every.items() if of.last is not None and n in counters}
        earlier = max((of.fall for of in every.values() if of.fall), key=lambda fall: fall.at, default=None)
        soon = earlier is not None and at - earlier.at < SOON
        believed = known is None and down and not soon and not any(of.doubted for of in every.values())
        is_anew = bool(known or (believed and (with_process or can_begin_anew(both.values()))))
        lead = max(down or both, key=lambda n: (not isinstance(both[n][0], dict), size(both[n][0])), default=None)
        fall = earlier
        if lead is not None and (down or known):
            fall = fall_of(lead, *both[lead], at, 1 + (earlier.times if earlier else 0))
        for name, of in every.items():
            of.fall, of.watched = fall, name == lead and bool(down) and not known and not with_process
            of.adrift, of.doubted = not is_anew, of.doubted or not is_anew
            of.last, of.reached = None, of.total
        return is_anew, dict.fromkeys(group, fall) if fall and (soon or not is_anew) else {}


def _standing(total: Any, now: Any) -> Any:
    """What comes on top of `now` so that the total is what it was."""
    if isinstance(total, dict) != isinstance(now, dict) or total is None:
        return None
    if not isinstance(now, dict):
        return total - now
    return {label: total.get(label, 0.0) - now.get(label, 0.0) for label in {**total, **now}}


def _after_restart(total: Any, now: Any) -> Any:
    """What comes on top of `now` where it began anew: a new bucket has reached what the next smaller one had, so that
    buckets keep their order."""
    if not isinstance(total, dict) or not isinstance(now, dict) or INF not in now or now.keys() <= total.keys():
        return total
    try:
        ordered = boundaries(tuple({**total, **now}))
    except ValueError:  # labels of another kind, one of which is called +Inf
        return total
    reached, least = dict(total), 0.0
    for _, label in ordered:
        least = reached[label] = total.get(label, least)
    return reached


def _on_top(reached: Any, now: Any) -> Any:
    """What a counter says now on top of what it had reached when it began anew; nothing of it where it was of another
    kind then."""
    if not isinstance(now, dict):
        return now if reached is None or isinstance(reached, dict) else reached + now
    if not isinstance(reached, dict):
        return now
    labels = now if INF in now else {**reached, **now}
    return {label: reached.get(label, 0.0) + now.get(label, 0.0) for label in labels}
