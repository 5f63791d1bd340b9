"""Where people find the page of a run, and what brings it there."""

from typing import Annotated

from pydantic import model_validator

from ramp.allowed import allowed
from ramp.forms import Command, Url
from ramp.validation import Row

PAGE = "{page}"


class PublishedPage(Row):
    """Cards lead to `url`. `copy_argv` brings the page there, its file in the place of `{page}`, after it was written,
    at most every `every_s` seconds and for no longer than `timeout_s`."""

    url: Url
    copy_argv: Command
    every_s: Annotated[float, allowed("a page is of the last look, or of one shortly before", least=1, most=900)] = 15
    timeout_s: Annotated[float, allowed("a page that comes later is of no use", over=0, most=120)] = 20

    @model_validator(mode="after")
    def _leads_to_the_page(self) -> "PublishedPage":
        if not self.url.startswith("https://"):
            raise ValueError("url should begin with https://: people follow it from a card")
        if not any(PAGE in argument for argument in self.copy_argv[1:]):
            raise ValueError("copy_argv should say {page} where the file of the page belongs")
        return self
