"""How series that are about both slices are told to be one's: by the values of a label."""

import re
from typing import Annotated

from pydantic import AfterValidator, model_validator

from ramp.forms import shaped
from ramp.observation import Slice
from ramp.validation import Row


def _label(name: str) -> str:
    if not re.fullmatch(r"[a-zA-Z_]\w*", name, re.ASCII) or name == "le":
        raise ValueError("should look like http_route, the name of a label")
    return name


LabelName = Annotated[str, AfterValidator(_label)]
SliceValue = Annotated[
    str, shaped(r"[^\"'`\\{}\s]+( +[^\"'`\\{}\s]+)*", "canary, the value of a label, without quotes")
]


class SlicesTold(Row):
    """How series are told to be a slice's: by the two values of `label`, or of the place {slice} in a selector."""

    label: LabelName | None = None
    canary: SliceValue = "canary"
    control: SliceValue = "control"

    @model_validator(mode="after")
    def _they_differ(self) -> "SlicesTold":
        if self.canary == self.control:
            raise ValueError(f"canary and control are both '{self.canary}', so that they would always be equal")
        return self

    def value(self, slice: Slice) -> str:
        return self.canary if slice == "canary" else self.control
