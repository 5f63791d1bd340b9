"""A weight that is lent before T-0: in the drill of the rollback, and in a rehearsal's placebo hour.

That it is about to be set stands in the journal first, and that it is 0 again after it. So a conductor that comes after
one that was killed in between knows such a weight for its own, and puts it back; any other is somebody else's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conduct.journal import Journal
from conduct.rollback import RolledBack, roll_back
from fixtures.traffic.witness import Witness
from ramp.observation import NoEvidence
from ramp.ports import Traffic, TrafficFailed
from ramp.records import LentBy
from ramp.zero import users_needed

LENT, BACK = "weight_lent", "weight_back"
FIND_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a weight is lent, and `by` what: the tool, told by the digest of what takes the weight back, and users of
    our own there. `likely` gives that many users whom the canary of the place is to answer; None where it has none."""

    by: LentBy
    sha256: str
    weight_pct: float
    traffic: Traffic
    witness: Witness
    likely: Callable[[int], Iterable[str]] | None
    budget_s: float


@dataclass
class Left:
    """What was found at the end, and whether the weight is 0 since."""

    said: str = ""
    is_back: bool = False


@contextmanager
def emptied(place: Place) -> Iterator[Left]:
    """At the end of the `with` nobody is left with the canary of the place, whatever happened in it."""
    left = Left()
    try:
        yield left
    finally:
        try:
            if pct := place.traffic.weight_pct():
                place.traffic.set_weight(0)
                left.said = f"; the tool still said {pct:g} %, which was set to 0"
            left.is_back = True
        except TrafficFailed as failed:
            left.said = f"; whether the weight there is 0 again is not known: {failed}"


@contextmanager
def lent(journal: Journal, now: Callable[[], datetime], place: Place) -> Iterator[Left]:
    """In the `with` the weight may be set; at its end it is 0 again. Both stand in the journal."""
    journal.append(LENT, now(), by=place.by, weight_pct=place.weight_pct, sha256=place.sha256)
    left = Left()
    try:
        with emptied(place) as left:
            yield left
    finally:
        if left.is_back:
            journal.append(BACK, now(), by=place.by, said=left.said.removeprefix("; "))


def put_back(journal: Journal, now: Callable[[], datetime], records: Iterable[Mapping[str, Any]], place: Place) -> str:
    """Takes back what an earlier conductor lent at `place` and left there, before T-0 only; what came of it, nothing
    where it left nothing. Any other weight stays as it is."""
    if not _is_lent(records, place):
        return ""
    said = f"a conductor that was killed lent {place.weight_pct:g} % by its {place.by}"
    try:
        pct = place.traffic.weight_pct()
    except TrafficFailed as failed:
        return f"{said}, and whether it is back is not known: {failed}"
    if pct not in (0, place.weight_pct):
        return f"{said}; it is {pct:g} % now, which somebody else set and which stays"
    with emptied(place) as left:
        said += f"; {_measured(place)}" if pct else "; it is 0 % again"
    said += left.said
    if left.is_back:
        journal.append(BACK, now(), by=place.by, said=said)
    return said


def _measured(place: Place) -> str:
    try:
        return f"it is taken back: {taken_back(place).sentence}"
    except (TrafficFailed, NoEvidence) as failed:
        return f"that it is back is not measured: {failed}"


def taken_back(place: Place) -> RolledBack:
    """The rollback at `place`, and what users of its canary saw of it. Raises TrafficFailed, and NoEvidence where too
    few users would be asked to prove anything."""
    if place.likely:
        number = users_needed(place.weight_pct)[0]
        found = place.witness.find_canarys(place.likely(number), number, FIND_S)
        if found < number:
            said = f"at {place.weight_pct:g} % the canary answered {found} users within {FIND_S:g} s"
            raise NoEvidence(f"{said}, and it takes {number}; drill at a higher weight_pct")
    return roll_back(place.traffic, place.witness, place.weight_pct, place.budget_s)


def _is_lent(records: Iterable[Mapping[str, Any]], place: Place) -> bool:
    """Whether just this weight may have been set there, by what the journal says, and was not seen to be 0 since."""
    is_lent = False
    for each in records:
        if each["kind"] == "ordered" and each["what"] == "SetWeight":
            return False
        if each["kind"] == LENT and each["by"] == place.by:
            is_lent = (each["sha256"], each["weight_pct"]) == (place.sha256, place.weight_pct)
        elif each["kind"] == BACK and each["by"] == place.by:
            is_lent = False
    return is_lent
