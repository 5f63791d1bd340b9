"""The moment that is under way: what its last look saw, and what that means before anything is decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ramp.conducted import Phase, Ramp
from ramp.moves import held_by
from ramp.verdict import Colour, Verdict, worst
from reports.journal import Chapter, Story
from reports.told import in_words

WATCHING, HOLD, ROLLBACK = "WATCHING", "HOLD", "ROLLBACK"
_UNDECIDED = (Phase.SETTING, Phase.OBSERVING, Phase.HOLDING)


@dataclass(frozen=True, kw_only=True)
class Live:
    """What the last look at `moment` saw, at `at_utc`."""

    moment: str
    at_utc: str
    verdicts: tuple[Verdict, ...]

    @property
    def chapter(self) -> Chapter:
        return Chapter(
            moment=self.moment, verdicts=self.verdicts, decision=None, at_utc=self.at_utc, held_min=None
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """`word` is WATCHING, HOLD or ROLLBACK; `who` must act."""

    word: str
    why: str
    who: str


def is_undecided(ramp: Ramp, story: Story, live: Live) -> bool:
    """Whether what `live` shows is of the moment under way, and none of its decisions is in since it is held."""
    if live.moment != ramp.moment:
        return False
    is_decided = story.newest is not None and story.newest.moment == live.moment and story.newest.decision is not None
    return ramp.phase in _UNDECIDED or ramp.concluding or not is_decided


def outlook(ramp: Ramp, live: Live, records: Iterable[Mapping[str, Any]]) -> Outlook:
    """Never CONTINUE: that is decided at the end. What a gate cannot see yet holds from the hold's end on."""
    rows = worst(list(live.verdicts))
    page = _called(records)
    who = f"{in_words(page or ('incident_commander',))}, now"
    fired = next((verdict for verdict in rows if verdict.trigger), None)
    if fired or ramp.phase in (Phase.ROLLING_BACK, Phase.PROVING):
        return Outlook(word=ROLLBACK, why=fired.why if fired else ramp.reason, who=who)
    holding = (Colour.RED, Colour.NO_DATA) if ramp.phase is Phase.ENDING else (Colour.RED,)
    wrong = [verdict.reason for verdict in rows if verdict.colour in holding or verdict.open_breach]
    if why := "; ".join(filter(None, [*wrong[:1], held_by(ramp)])):
        return Outlook(word=HOLD, why=why, who=who)
    return Outlook(word=WATCHING, why=_counted(rows), who="nobody has to act")


def _called(records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Whom the last look calls."""
    page: tuple[str, ...] = ()
    for record in records:
        if record["kind"] == "happened" and record["event"]["what"] == "Looked":
            page = tuple(record["event"]["page"])
    return page


def _counted(rows: Sequence[Verdict]) -> str:
    not_green = [f"{verdict.check} {verdict.colour.word}" for verdict in rows if verdict.colour is not Colour.GREEN]
    if not not_green:
        return f"all {len(rows)} gates are GREEN so far"
    return f"{len(rows) - len(not_green)} of {len(rows)} gates are GREEN so far; {', '.join(not_green)}"
