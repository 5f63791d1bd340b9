"""I1, I2, I5: what a release's own organisation closes it with, in the release file."""

from typing import Annotated

from pydantic import Field, model_validator

from ramp.allowed import allowed
from ramp.approval import Signer
from ramp.forms import FilePath, Text
from ramp.validation import Row

Argv = Annotated[tuple[Text, ...], Field(min_length=1)]


class CloseOut(Row):
    """`[close]`: commands without a shell. `caps_are_lifted` and `lock_is_removed` say with status 0 that it is so,
    with 1 that it is not yet: what a command says of itself proves nothing. `freeze_by`, as `allowed_signers` names the
    incident commander, signs the freeze, which CI reads in `freeze_file`; without one it is in the run folder."""

    lift_caps: Argv | None = None
    caps_are_lifted: Argv | None = None
    remove_lock: Argv | None = None
    lock_is_removed: Argv | None = None
    timeout_s: Annotated[float, allowed("a command that takes longer hangs", over=0, most=600)] = 60
    freeze_by: Signer | None = None
    allowed_signers: FilePath | None = None
    freeze_file: FilePath | None = None

    @model_validator(mode="after")
    def _what_is_done_can_be_asked_for(self) -> "CloseOut":
        pairs = {"lift_caps": "caps_are_lifted", "remove_lock": "lock_is_removed"}
        for does, asks in pairs.items():
            if (getattr(self, does) is None) != (getattr(self, asks) is None):
                raise ValueError(f"{does} and {asks} belong together: one does it, the other says that it is so")
        if (self.freeze_by is None) != (self.allowed_signers is None):
            raise ValueError("freeze_by and allowed_signers belong together: who signs the freeze, and with which key")
        return self
