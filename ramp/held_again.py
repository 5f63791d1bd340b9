"""A stage that is held again because the canary was mended, with its evidence begun anew: by whose word that is, and
how often a ramp has it, the recording marks at the first look."""

from datetime import datetime

from ramp.frames import Frame


class HeldAgain:
    """When evidence was begun anew in a ramp. A mark counts where the stage was held before, and only `anew_max` of
    them do: with further ones all stays as it was."""

    def __init__(self, anew_max: int) -> None:
        self._anew_max = anew_max
        self._held: set[str] = set()
        self.anew: tuple[datetime, ...] = ()

    def begins(self, frame: Frame) -> bool:
        """Whether evidence begins anew at `frame`, of a stage."""
        begins = (
            frame.anew and frame.stage in self._held and len(self.anew) < self._anew_max and frame.at not in self.anew
        )
        self._held.add(frame.stage)
        if begins:
            self.anew = (*self.anew, frame.at)
        return begins
