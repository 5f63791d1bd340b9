"""How long a stage has been held: from when its share was seen, and without the minutes in which a gate was RED."""

from dataclasses import dataclass


@dataclass
class _Hold:
    from_min: float | None = None
    red_min: float = 0.0
    red_before_min: float = 0.0


class HoldClock:
    """Told what happens to each stage, in minutes of one clock that never goes back. What was RED in one stage takes
    nothing from, and adds nothing to, another."""

    def __init__(self) -> None:
        self._holds: dict[str, _Hold] = {}

    def share_seen(self, moment: str, at_min: float) -> None:
        """The hold of `moment` begins, or begins anew: what was RED before it takes nothing from it."""
        hold = self._of(moment)
        hold.from_min, hold.red_before_min = at_min, hold.red_min

    def looked(self, moment: str, red_min: float) -> None:
        """A look at `moment`, of which some gate was RED for `red_min` minutes so far."""
        self._of(moment).red_min = red_min

    def elapsed_min(self, moment: str, now_min: float) -> float:
        """0 where its share was not seen yet."""
        hold = self._of(moment)
        return 0.0 if hold.from_min is None else now_min - hold.from_min

    def held_min(self, moment: str, now_min: float) -> float:
        hold = self._of(moment)
        return max(self.elapsed_min(moment, now_min) - (hold.red_min - hold.red_before_min), 0.0)

    def _of(self, moment: str) -> _Hold:
        return self._holds.setdefault(moment, _Hold())
