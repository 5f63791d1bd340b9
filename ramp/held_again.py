"""A stage that is held again because the canary was mended, with its evidence begun anew. Every look of that hold
says since when, so that a look which is lost takes nothing back."""

from datetime import datetime

from ramp.frames import Frame


class HeldAgain:
    """When evidence was begun anew in a ramp. A mark counts where the stage was held before, and only `anew_max` of
    them do: with further ones all stays as it was."""

    def __init__(self, anew_max: int) -> None:
        self._anew_max = anew_max
        self._held: set[str] = set()
        self._heard: set[datetime] = set()
        self.anew: tuple[datetime, ...] = ()

    def begins(self, frame: Frame) -> bool:
        """Whether evidence begins anew at `frame`, of a stage."""
        at, was_held = frame.anew, frame.stage in self._held
        self._held.add(frame.stage)
        if at is None or at in self._heard:
            return False
        self._heard.add(at)
        counts = was_held and len(self.anew) < self._anew_max
        self.anew = (*self.anew, at) if counts else self.anew
        return counts
