"""The people of a simulated world: what they say, sign off and change, and what is true once they have."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from ramp import happened as h
from ramp import ordered as o
from ramp.conducted import Block, Phase, Ramp

ROLES = ("incident commander", "SRE lead", "CEO")
CODE = "K7M4QX"


@dataclass
class People:
    """`holders` are who said HOLD and has not taken it back, `differs` whether a file is not what the ramp began with,
    `approves` whether everybody approves of T-0, `back` whether somebody who may said ROLLBACK. `is_signed` says that
    this stage's end goes on by a sign-off, `is_unheard` that #ship-room does not take the cards."""

    seed: int
    troubled: float
    holders: set[str] = field(default_factory=set)
    differs: bool = False
    back: bool = False
    is_signed: bool = False
    is_deaf: bool = False
    is_unheard: bool = False

    def __post_init__(self) -> None:
        self.random = Random(f"the people of {self.seed}")  # noqa: S311
        self.approves = not self._some(0.1)
        self.speaks = 0.03 if self._some(0.4) else 0.0
        self.signs = 0.8 if self._some(0.6) else 0.0  # the share of asks that are answered
        self.loses = 0.5 if self._some(0.2) else 0.0  # the share of cards and pages that never arrive

    def _some(self, share: float) -> bool:
        return self.random.random() < share * self.troubled * 2

    def minute(self, ramp: Ramp) -> Iterator[h.Event]:
        """What one more minute brings. Whoever holds takes it back, and whoever changed a file puts it back, later."""
        if self.random.random() < self.speaks:
            yield h.Said(self.random.choice(list(h.Word)), self.random.choice(ROLES))
        if self.random.random() < self.speaks:
            yield h.Pinned(("release.toml",))
        if self.random.random() < self.speaks:
            self.is_deaf = not self.is_deaf
            yield h.Listened(not self.is_deaf, "it is down")
        if self.random.random() < (0.2 if self.is_unheard else self.speaks):
            yield h.Unheard("" if self.is_unheard else "a card is lost")
        if self.differs and self.random.random() < 0.1:
            yield h.Pinned(())
        if Block.WORD in ramp.blocks and self.random.random() < 0.1:
            yield h.Said(h.Word.GO, self.random.choice([*sorted(self.holders), "CEO"]))
        if Block.WORD in ramp.blocks and self.random.random() < 0.1:
            yield h.Said(h.Word.RESUME, "whoever was paged")
        if not self.approves and self.random.random() < 0.05:
            self.approves = True
            yield h.Said(h.Word.GO, "CEO")

    def asked(self, ask: o.AskSignOff, at_min: float) -> list[tuple[float, h.Event]]:
        """When what comes of it: a sign-off, maybe late, or a card that is lost; or it expires."""
        if not self.signs:
            return []
        expired = (at_min + 60, h.AskVoided(ask.moment, CODE, "it expired"))
        nobody = (at_min + 10, h.Unanswered(ask.moment, CODE))
        if self.random.random() < self.loses or self.random.random() >= self.signs:
            return [nobody, expired]
        after_min = self.random.choice((0.0, 4.0, 30.0))
        signed = h.SignedOff(ask.moment, CODE, "CEO", ask.blocks, "1.2")
        return [*([nobody] if after_min > 10 else []), (at_min + after_min, signed)]

    def hear(self, event: h.Event, ramp: Ramp) -> None:
        """What is true once `event` happened to `ramp`."""
        match event:
            case h.Said(h.Word.ROLLBACK) if ramp.is_out:
                self.back = True
            case h.Said(h.Word.HOLD | h.Word.ROLLBACK, by):
                self.holders.add(by)
            case h.Said(h.Word.GO, by):
                self.holders.discard(by)
            case h.Said(h.Word.RESUME):
                self.holders.clear()
            case h.Pinned(differs):
                self.differs = bool(differs)
            case h.Unheard(why):
                self.is_unheard = bool(why)
            case h.SignedOff() if event.moment == ramp.moment:
                self._signed(event, ramp)

    def against(self) -> Iterator[str]:
        """Why traffic may not rise, by what they say and do."""
        if not self.approves:
            yield "without the approvals"
        if self.holders:
            yield "against the word of somebody who said HOLD"
        if self.back:
            yield "against the word of somebody who said ROLLBACK"
        if self.differs:
            yield "by a release file that is not what the ramp began with"
        if self.is_unheard:
            yield "while #ship-room does not hear"

    def _signed(self, event: h.SignedOff, ramp: Ramp) -> None:
        if "GATE" in event.blocks:
            self.approves, self.is_signed = True, ramp.is_out and ramp.phase is Phase.ENDING
        if "WORD" in event.blocks:
            self.holders.clear()
        self.differs = self.differs and "PINS" not in event.blocks
