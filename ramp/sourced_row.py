"""A row of the directive: where it comes from, and whether it applies to this release."""

from typing import Annotated

from pydantic import Field, model_validator

from ramp.forms import Text
from ramp.validation import Row, nearest

WhyNot = Annotated[Text, Field(max_length=200)]


class SourcedRow(Row):
    """A row that says where it comes from: a requirement id, or "assumption" with a note for the owner.

    `not_enforced_yet` are those of its fields that nothing but this file knows of yet.
    """

    source: Text
    serves: tuple[Text, ...] = ()
    note: Text | None = None
    not_enforced_yet: tuple[Text, ...] = ()

    @model_validator(mode="after")
    def _assumptions_carry_a_note(self) -> "SourcedRow":
        if self.source == "assumption" and not self.note:
            raise ValueError('an assumption needs a "note" that the owner can acknowledge')
        return self

    @model_validator(mode="after")
    def _says_of_itself_what_is_not_enforced(self) -> "SourcedRow":
        for name in self.not_enforced_yet:
            if name not in self.what_it_asks:
                raise ValueError(
                    f"not_enforced_yet has '{name}', which the row has not.{nearest(name, self.what_it_asks)}"
                )
        return self

    @property
    def what_it_asks(self) -> tuple[str, ...]:
        """The names of what the row asks for, beside where it comes from."""
        return tuple(name for name in type(self).model_fields if name not in Waivable.model_fields)

    @property
    def ids(self) -> tuple[str, ...]:
        """The requirement ids that this row serves."""
        return (() if self.source == "assumption" else (self.source,)) + self.serves


class Waivable(SourcedRow):
    """A row that may say `applies = false`, with the owner's `reason`: a moment, a probe or a gate. It is then neither
    asked for nor judged, which every card says."""

    applies: bool = True
    reason: WhyNot | None = None

    @model_validator(mode="after")
    def _what_does_not_apply_says_why(self) -> "Waivable":
        must_say_why(self.applies, self.reason)
        return self


class Line(Row):
    """Whether one of the owner's sentences applies."""

    applies: bool = True
    reason: WhyNot | None = None

    @model_validator(mode="after")
    def _what_does_not_apply_says_why(self) -> "Line":
        must_say_why(self.applies, self.reason)
        return self


def must_say_why(applies: bool, reason: str | None) -> None:
    """Raises ValueError."""
    if not applies and reason is None:
        raise ValueError('applies = false needs the owner\'s reason, for example reason = "there is no cache"')
    if applies and reason is not None:
        raise ValueError("has a reason and applies: write applies = false, or take the reason out")
