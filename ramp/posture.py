"""C1: the privacy posture: what is collected of people, why, for how long and who processes it."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from ramp.allowed import allowed
from ramp.approval import Sha256, Signer
from ramp.forms import AtUtc, FilePath, Text, distinct
from ramp.validation import Row

Law = Literal["FERPA", "COPPA"]


class Collected(Row):
    """One field that the product keeps of a person. `laws` are those that know it, [] where neither does; nothing is
    kept for 0 days."""

    name: Text
    purpose: Text
    retention_days: Annotated[int, allowed("nobody keeps a field for a century", least=1, most=36_500)]
    processors: tuple[Text, ...]
    laws: Annotated[tuple[Law, ...], distinct("has {} twice")]


class Posture(Row):
    """The posture file."""

    fields: Annotated[tuple[Collected, ...], Field(min_length=1), distinct("has {0.name} twice", lambda of: of.name)]

    @model_validator(mode="after")
    def _says_something_of_the_laws(self) -> "Posture":
        if not any(field.laws for field in self.fields):
            raise ValueError('no field has "FERPA" or "COPPA" among its laws, so it is no posture of either')
        return self

    def under(self, law: Law) -> tuple[str, ...]:
        """The names of the fields that `law` knows."""
        return tuple(field.name for field in self.fields if law in field.laws)


class Security(Row):
    """Where the security lead's sign-off stands. `posture` is the file, `approved_sha256` the digest of it that was
    approved last; `sign_off_by`, as allowed_signers names that person, signs for this release at `sign_off_at_utc`:
    `approval`, with its signature beside it in a file of that name and `.sig`."""

    posture: FilePath
    approved_sha256: Sha256 | None = None
    sign_off_by: Signer | None = None
    sign_off_at_utc: AtUtc | None = None
    approval: FilePath | None = None
    allowed_signers: FilePath | None = None

    @model_validator(mode="after")
    def _an_approval_can_be_checked(self) -> "Security":
        if self.approval and not (self.allowed_signers and self.sign_off_by):
            raise ValueError("an approval needs allowed_signers and sign_off_by: whose signature it must bear")
        return self
