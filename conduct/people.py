"""The people of a ramp, as its conductor asks, hears and answers them in #ship-room."""

from collections.abc import Iterator, Mapping

from conduct.asking import Asking
from conduct.hearing import Hearing
from conduct.in_room import InRoom
from conduct.journal import Journal
from conduct.listening import Listening, Read
from conduct.run import Run
from ramp import happened, ordered
from ramp.conducted import Ramp
from ramp.sign_off import SignedOff
from ramp.verdict import Verdict
from reports.journal import read

UNREAD_MAX = 3  # one answer may always be lost; after these nobody can say that words are heard


class People:
    """Of `run`, by what stands in its journal."""

    def __init__(self, run: Run, journal: Journal) -> None:
        self._room = InRoom(run, journal, read(run.folder))
        self._asking, self._hearing, self._listening = Asking(self._room), Hearing(self._room), Listening(run)
        self._unread, self.is_to_hear = 0, False

    @property
    def pins(self) -> dict[str, str]:
        """What the ramp is pinned to: as it began, or as it was signed off since."""
        return self._room.now.pins

    def signed_off(self, moment: str) -> SignedOff | None:
        """The sign-off of `moment` that is in force."""
        return self._room.now.in_force.get(moment)

    def listen(self) -> None:
        """Has the threads read, unless they are being read."""
        self._listening.begin(self._room.now.listened_to, self._room.now.open)

    def came_in(self, ramp: Ramp) -> Iterator[happened.Event]:
        """What was said, once it was read. After what was asked they are read at once."""
        if read := self._listening.came_in():
            self.is_to_hear = False
            yield from self._heard(read, ramp)
        if self.is_to_hear:
            self.listen()

    @property
    def is_reading(self) -> bool:
        return self._listening.is_under_way

    def looked(self, ramp: Ramp, verdicts: Mapping[str, Verdict]) -> Iterator[happened.Event]:
        """What a look means for what people were asked: nothing before their answers were read once, since what is
        signed off is judged again anyway."""
        return iter(()) if self.is_to_hear else self._asking.looked(ramp, verdicts)

    def carry_out(self, order: ordered.AskSignOff | ordered.Answer) -> None:
        if isinstance(order, ordered.Answer):
            self._asking.answer(order)
        else:
            self.is_to_hear = self._asking.ask(order)

    def close(self) -> None:
        self._listening.close()

    def _heard(self, read: Read, ramp: Ramp) -> Iterator[happened.Event]:
        yield from self._hearing.heard(read, ramp)
        yield from self._asking.heard(read.gone, ramp)
        self._unread = self._unread + 1 if read.unread else 0
        if self._unread == UNREAD_MAX:
            yield happened.Listened(False, read.unread or "")
        elif ramp.is_deaf and not read.unread:
            yield happened.Listened(True)
