"""A sign-off in a file, for where #ship-room cannot be used: the conductor writes it, and the CEO signs it."""

from datetime import datetime, timedelta
from pathlib import Path

from conduct.run import Run
from fixtures.approvals.signed_file import SignedFile
from ramp.approval import Approved, Asked
from ramp.sign_off import Ask
from ramp.who_is_told import CEO

OF, FOLDER = "sign-off", "sign-off"


def draft_of(run: Run, ask: Ask) -> Path | None:
    """Writes the file that is to be signed for `ask`; None where nobody is named who signs, or it cannot be written."""
    signs = run.release.sign_off
    if signs is None or ask.by != (CEO,):
        return None
    file, at = _file(run, ask), "%Y-%m-%dT%H:%M:%SZ"
    said = {
        "of": OF, "by": signs.by, "version": ask.version, "commit": ask.commit, "sha256": ask.digest, "once": ask.nonce,
    }  # fmt: skip
    lines = [f'{name} = "{value}"' for name, value in said.items()]
    lines += [f"signed_at_utc = {ask.expires_at_utc - _lasts(run):{at}}", f"expires_at_utc = {ask.expires_at_utc:{at}}"]
    lines += [f"# {name}: {colour}" for name, colour in ask.accepts]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError:
        return None
    return file


def signed(run: Run, ask: Ask, now: datetime) -> Approved | None:
    """The signature on the file of `ask`; None while there is none. Raises Refused, NoEvidence."""
    signs = run.release.sign_off
    if signs is None or ask.by != (CEO,):
        return None
    file = SignedFile(file=_file(run, ask), allowed_signers=Path(signs.allowed_signers))
    asked = Asked(
        of=OF, by=signs.by, version=ask.version, commit=ask.commit, sha256=ask.digest,
        lasts=_lasts(run) + timedelta(seconds=1),  # the file has whole seconds
    )  # fmt: skip
    return file.approved(asked, now, {})


def signature_of(run: Run, ask: Ask) -> Path:
    """Where its signature is looked for."""
    file = _file(run, ask)
    return file.with_name(f"{file.name}.sig")


def _file(run: Run, ask: Ask) -> Path:
    return run.folder / FOLDER / f"{ask.code}.toml"


def _lasts(run: Run) -> timedelta:
    return timedelta(minutes=run.plan.signoff.expires_min)
