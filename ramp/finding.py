"""What a gate found at one look, and the verdict that it is put into words as."""

from datetime import datetime
from typing import NamedTuple, Protocol

from ramp.verdict import Colour, Trigger, Verdict, Words


class Facts(Protocol):
    """The numbers behind a finding. `words` reads nothing more: it is arithmetic and text."""

    def words(self) -> Words: ...


class Finding(NamedTuple):
    """How one gate stands at one look, `at`; `facts` are what `explain` tells of it.

    `open_breach` is whether traffic must not rise: a limit is broken or was until lately, or control is likely better.
    `thin` is whether it is no GREEN for want of nothing but time: too few samples, or a grade that is not reached yet.
    A trigger is remembered until the stage ends.
    """

    check: str
    moment: str
    at: datetime
    colour: Colour
    facts: Facts
    trigger: Trigger | None = None
    tag_ceo: bool = False
    page_ceo: bool = False
    page_security: bool = False
    open_breach: bool = False
    thin: bool = False
    blind_min: float = 0.0
    red_min: float = 0.0


def explain(finding: Finding) -> Verdict:
    """The verdict of `finding`. It is given no data, so that words can neither raise nor change a colour."""
    return Verdict(
        check=finding.check,
        moment=finding.moment,
        colour=finding.colour,
        trigger=finding.trigger,
        tag_ceo=finding.tag_ceo,
        page_ceo=finding.page_ceo,
        page_security=finding.page_security,
        open_breach=finding.open_breach,
        thin=finding.thin,
        blind_min=finding.blind_min,
        red_min=finding.red_min,
        **_words(finding),
    )


def in_brief(finding: Finding) -> Verdict:
    """The verdict of `finding`, in words only where something is wrong: what a GREEN gate would have seen costs more
    than the judging."""
    return explain(finding) if finding.colour else wordless(finding)


def wordless(finding: Finding) -> Verdict:
    """The verdict of `finding` without any words: for what reads its colour and flags alone."""
    return explain(finding._replace(facts=_NO_WORDS))


def _words(finding: Finding) -> Words:
    """A mistake in a sentence must cost the sentence only, never a trigger."""
    try:
        return finding.facts.words()
    except Exception as error:
        return Words(why=f"its numbers could not be put into words ({type(error).__name__}); the colour stands")


class Told(NamedTuple):
    """Facts that are in words already."""

    said: Words

    def words(self) -> Words:
        return self.said


_NO_WORDS = Told(Words(why=""))


class Doubted(NamedTuple):
    """What is found now, after a look, `at`, at which a trigger may have fired unseen, and `why` that is not known."""

    at: datetime
    why: str
    now: Finding

    def words(self) -> Words:
        said = _words(self.now)
        return {**said, "why": f"at {self.at:%H:%M}Z {self.why}; {said['why']}"}


class Contradicted(NamedTuple):
    """What is found now, in the light of a contradiction in what was read."""

    contradiction: str
    now: Finding

    def words(self) -> Words:
        said = _words(self.now)
        return {**said, "why": f"{self.contradiction} ({said['why']})"}


class FiredEarlier(NamedTuple):
    """A trigger that fired at an earlier look of the stage, and what is found now."""

    then: Finding
    now: Finding

    def words(self) -> Words:
        said = _words(self.now)
        why = f"{self.then.trigger} fired at {self.then.at:%H:%M}Z: {_words(self.then)['why']}; now {said['why']}"
        return {**said, "why": why}
