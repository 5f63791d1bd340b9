"""Cumulative counters as one source says them, in order, unrolled into totals that never fall."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from operator import lt
from typing import Any, Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)
# A plain counter, or one by label: a histogram's buckets by their boundary, a page's series by their labels.
Reading = float | dict[Any, float]

INF = "+Inf"


def began_anew(before: Reading | None, now: Reading) -> bool:
    """Whether a counter says less than it said before: its source was started again. The one rule for a restart."""
    if isinstance(now, dict):
        if not isinstance(before, dict):
            return False
        return any(map(lt, map(now.get, before, before.values()), before.values()))
    return before is not None and not isinstance(before, dict) and now < before


class Unrolling(Generic[Name]):
    """The counters of one source over time. When one of them begins anew, all that are counted `together` with it do,
    seen or not: what they say from then on comes on top of what they had reached."""

    def __init__(self, together: Iterable[Collection[Name]] = ()) -> None:
        self._together = {name: names for names in together for name in names}
        self._last: dict[Name, Any] = {}  # since it last began, labels that are gone included
        self._totals: dict[Name, Any] = {}
        self._reached: dict[Name, Any] = {}  # what the total was when it last began

    def read(self, counters: Mapping[Name, Reading]) -> tuple[dict[Name, Any], set[Name]]:
        """The totals of `counters` now, and which of them lack a label that they had since they last began. A label
        that is gone stands still; a bucket that is gone since a restart is unknown."""
        for name in self._begun_anew(counters):
            self._reached[name] = self._totals.get(name)
            self._last.pop(name, None)
        totals: dict[Name, Any] = {}
        lacking = set()
        for name, now in counters.items():
            before = self._last.get(name)
            if before is None or isinstance(before, dict) != isinstance(now, dict):
                self._reached[name] = self._totals.get(name)
            elif isinstance(now, dict) and not before.keys() <= now.keys():
                lacking.add(name)
                now = {**before, **now}  # noqa: PLW2901
            totals[name] = _on_top(self._reached[name], now)
            self._totals[name], self._last[name] = totals[name], now
        return totals, lacking

    def _begun_anew(self, counters: Mapping[Name, Reading]) -> set[Name]:
        fell = {name for name, now in counters.items() if began_anew(self._last.get(name), now)}
        return fell.union(*(self._together.get(name, ()) for name in fell)) if fell else fell


def _on_top(reached: Any, now: Any) -> Any:
    """What a counter says now on top of what it had reached when it began anew; nothing of it where it was of another
    kind then."""
    if not isinstance(now, dict):
        return now if reached is None or isinstance(reached, dict) else reached + now
    if not isinstance(reached, dict):
        return now
    labels = now if INF in now else {**reached, **now}
    return {label: reached.get(label, 0.0) + now.get(label, 0.0) for label in labels}
