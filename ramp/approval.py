"""A person's signed word: what of which release was approved, by whom and until when, and why it does not count."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from ramp.forms import AtUtc, Commit, FilePath, Text, Version, shaped
from ramp.validation import Row
from ramp.verdict import Verdict

Sha256 = Annotated[str, shaped(r"[0-9a-f]{64}", "a SHA-256, 64 hexadecimal digits, as sha256sum prints it")]
# As allowed_signers names people; without what is a pattern there, or an option of a command.
Signer = Annotated[str, shaped(r"[A-Za-z0-9][A-Za-z0-9._@+-]*", "dana.whitfield, a name in allowed_signers")]
_USED = "approval "
_SKEW = timedelta(minutes=1)


class Approval(Row):
    """The file that is signed. `of` is what it approves, such as "posture", `sha256` the digest of that; `once` is a
    word of its own, by which one approval serves one question."""

    of: Text
    by: Signer
    version: Version
    commit: Commit
    sha256: Sha256
    once: Annotated[str, shaped(r"[A-Za-z0-9_-]{16,64}", "16 random letters and digits or more")]
    signed_at_utc: AtUtc
    expires_at_utc: AtUtc


class SignOffKey(Row):
    """Who may sign off in a signed file, as allowed_signers names that person, and the file of the keys."""

    by: Signer
    allowed_signers: FilePath


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What must be approved: `sha256` is that of what is there now. An approval is good for `lasts` at the longest."""

    of: str
    by: str
    version: str
    commit: str
    sha256: str
    lasts: timedelta

    @property
    def namespace(self) -> str:
        """What a signature is made for (`ssh-keygen -Y sign -n`): none for one thing is good for another."""
        return f"shiproom-{self.of}"

    @property
    def use(self) -> str:
        return f"{self.of} of {self.version}, commit {self.commit[:12]}, sha256 {self.sha256[:12]}"


@dataclass(frozen=True, kw_only=True)
class Approved:
    """An approval that counts: by whom, with which key (its fingerprint), and what it was used for."""

    by: str
    key: str
    once: str
    use: str
    expires_at_utc: datetime

    @property
    def note(self) -> str:
        """What a verdict tells of it; `used_in` reads it back."""
        return f"{_USED}{self.once} used for {self.use}"


def used_in(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """The approvals that earlier verdicts rested on, each with what it was used for."""
    notes = (note for verdict in verdicts for note in verdict.notes if note.startswith(_USED))
    pairs = (note.removeprefix(_USED).partition(" used for ") for note in notes)
    return {once: use for once, said, use in pairs if said}


def wrong_with(approval: Approval, asked: Asked, now: datetime, used: Mapping[str, str]) -> Iterator[str]:
    """Why `approval`, whoever signed it, is none of what is `asked` at `now`; `used` are those that served before."""
    if approval.of != asked.of:
        yield f"it approves {approval.of}, not {asked.of}"
    if approval.by != asked.by:
        yield f"it is in the name of {approval.by}, not of {asked.by}"
    if (approval.version, approval.commit) != (asked.version, asked.commit):
        yield f"it is of another release ({approval.version}, commit {approval.commit[:12]})"
    if approval.sha256 != asked.sha256:
        yield f"it approves another {asked.of} (sha256 {approval.sha256[:12]}, here is {asked.sha256[:12]})"
    if approval.once in used and used[approval.once] != asked.use:
        yield f"it was used before, for {used[approval.once]}"
    if approval.signed_at_utc > now + _SKEW:
        yield f"it was signed at {_at(approval.signed_at_utc)}, which is still to come"
    if approval.expires_at_utc <= now:
        yield f"it expired at {_at(approval.expires_at_utc)}"
    if not timedelta() < approval.expires_at_utc - approval.signed_at_utc <= asked.lasts:
        hours = asked.lasts / timedelta(hours=1)
        yield f"it is to last until {_at(approval.expires_at_utc)}, and may for {hours:g} h after it was signed"


def _at(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%MZ}"
