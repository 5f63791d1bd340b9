"""Reading the threads of #ship-room, and a signed file, aside: a slow answer of either keeps no look waiting."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from conduct.run import Run
from conduct.sign_off_file import signature_of, signed
from conduct.telling import ship_room_of
from fixtures.approvals.signed_file import Refused
from fixtures.approvals.thread import read_thread
from fixtures.ship_room import ShipRoomUnavailable
from ramp.approval import Approved
from ramp.observation import NoEvidence
from ramp.sign_off import Ask, Reply

GONE = "thread_not_found"


@dataclass(frozen=True, kw_only=True)
class Read:
    """`replies` of every thread that could be read, `gone` the threads whose card was deleted, `unread` why others
    could not be read. `signature` is the digest of the signature that was found on the file of what is asked,
    `approved` what it approves, `refused` why it does not."""

    replies: tuple[Reply, ...] = ()
    gone: tuple[str, ...] = ()
    unread: str | None = None
    signature: str | None = None
    approved: Approved | None = None
    refused: str | None = None


class Listening:
    """One reading at a time."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._aside = ThreadPoolExecutor(1)
        self._reading: Future[Read] | None = None

    def begin(self, threads: Sequence[str], ask: Ask | None) -> None:
        """Unless a reading is under way."""
        if self._reading is None and (threads or ask):
            self._reading = self._aside.submit(self._read, threads, ask, self._run.site.clock.now())

    @property
    def is_under_way(self) -> bool:
        return self._reading is not None

    def came_in(self) -> Read | None:
        """What was read, once."""
        if self._reading is None or not self._reading.done():
            return None
        read, self._reading = self._reading.result(), None
        return read

    def close(self) -> None:
        self._aside.shutdown(wait=False, cancel_futures=True)

    def _read(self, threads: Sequence[str], ask: Ask | None, now: datetime) -> Read:
        replies, gone = tuple[Reply, ...](), tuple[str, ...]()
        unread: str | None = None
        try:
            replies, gone = self._replies(threads) if threads else ((), ())
        except (ShipRoomUnavailable, NoEvidence) as why:
            unread = str(why)
        signature, approved, refused = self._signed(ask, now) if ask else (None, None, None)
        return Read(replies=replies, gone=gone, unread=unread, signature=signature, approved=approved, refused=refused)

    def _replies(self, threads: Sequence[str]) -> tuple[tuple[Reply, ...], tuple[str, ...]]:
        """And the threads that a card which was deleted took along. Raises ShipRoomUnavailable, NoEvidence."""
        room, replies, gone = ship_room_of(self._run), list[Reply](), list[str]()
        for thread in threads:
            try:
                replies += read_thread(room, thread)
            except ShipRoomUnavailable as why:
                if GONE not in str(why):
                    raise
                gone.append(thread)
        return tuple(replies), tuple(gone)

    def _signed(self, ask: Ask, now: datetime) -> tuple[str | None, Approved | None, str | None]:
        try:
            signature = sha256(signature_of(self._run, ask).read_bytes()).hexdigest()
        except OSError:
            return None, None, None  # none is there, or none can be read yet
        try:
            return signature, signed(self._run, ask, now), None
        except (Refused, NoEvidence) as why:
            return signature, None, str(why)
