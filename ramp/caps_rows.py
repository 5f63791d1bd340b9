"""How a real target says which payment caps it enforces: rows of the release file."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from ramp.access import Access
from ramp.allowed import allowed
from ramp.forms import Command, Url
from ramp.validation import Row


class CapsPage(Row):
    """Where the release's own payment path says which caps it enforces: a page of JSON with the fields of
    `ramp.caps.Caps`, all of them. At `trial_url` it takes payments in test mode, and is offered one over the caps."""

    url: Url
    access: Access | None = None
    trial_url: Url | None = None


class CapsCommand(Row):
    """The same by a command that prints them."""

    argv: Command
    timeout_s: Annotated[float, allowed("printing three numbers takes no minute", over=0, most=60)] = 10
    trial_url: Url | None = None


def _by_command(row: Any) -> str:
    is_command = "argv" in row if isinstance(row, dict) else isinstance(row, CapsCommand)
    return "CapsCommand" if is_command else "CapsPage"


CapsTold = Annotated[
    Annotated[CapsPage, Tag("CapsPage")] | Annotated[CapsCommand, Tag("CapsCommand")], Discriminator(_by_command)
]
