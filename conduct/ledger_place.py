"""Where the cap ledger of a live release is: one place for each release and account, whatever folder a run is in."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from fixtures.payments.store import LedgerUnavailable
from ramp.live_guard import is_live
from ramp.release import Release
from ramp.target import Target

_VERSION_DAY = slice(1, 9)  # of vYYYYMMDD.X
_ZONES = timedelta(days=1)  # whoever named the version may have been ahead of UTC, or made it the evening before


def ledger_in(folder: Path) -> str:
    return f"sqlite:///{folder.resolve() / 'ledger.db'}"


def ledger_of(release: Release, target: Target, run_folder: Path) -> str:
    """The address of the one ledger of a live release and its account: what `[real.ledger]` names, else a file in the
    user's state folder, which is made. It never depends on the run. Raises LedgerUnavailable."""
    if target.ledger:
        return _named(target.ledger.postgres_env)
    folder = _state_folder() / "shiproom" / "ledgers" / release.version / _account(release, target)
    if folder.is_relative_to(run_folder.resolve()):
        raise LedgerUnavailable(
            f"the payment ledger would be in {folder}, which is inside the run folder and ends with it: set "
            "XDG_STATE_HOME to a folder that stays"
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerUnavailable(f"the payment ledger's folder {folder} cannot be made: {error.strerror}") from None
    return ledger_in(folder)


def since(release: Release, at: datetime) -> datetime:
    """From when on the payments of `release` are listed at the processor: its GO. Where the release file says none that
    has come, the day before the version's own, and two days back at the least."""
    if release.go_at_utc and release.go_at_utc <= at:
        return release.go_at_utc
    try:
        day = datetime.strptime(release.version[_VERSION_DAY], "%Y%m%d").replace(tzinfo=UTC) - _ZONES
    except ValueError:
        day = at
    return min(day, at - 2 * _ZONES)


def _named(environment_name: str) -> str:
    url = os.environ.get(environment_name)
    if not url:
        raise LedgerUnavailable(
            f"the payment ledger's address is not known: [real.ledger] in the release file says that the environment "
            f"variable {environment_name} holds it, and that is not set"
        )
    if not url.startswith("postgresql://"):
        raise LedgerUnavailable(
            f"the payment ledger's address in {environment_name} is no postgresql:// address; without [real.ledger] "
            "the ledger is a file in the user's state folder"
        )
    return url


def _state_folder() -> Path:
    """XDG_STATE_HOME where it is absolute, else ~/.local/state (XDG Base Directory Specification)."""
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    if given.is_absolute():
        return given.resolve()
    try:
        return (Path.home() / ".local" / "state").resolve()
    except RuntimeError:
        raise LedgerUnavailable(
            "the payment ledger has no place: this user has no home folder; set XDG_STATE_HOME"
        ) from None


def _account(release: Release, target: Target) -> Path:
    """The processor's address, and whose money it is: a customer belongs to one account, and a key may be changed. What
    a test key pays is nobody's money, and has a ledger of its own."""
    host = urlsplit(target.stripe_url).netloc.rpartition("@")[2].replace(":", "_")
    live = release.live and is_live(os.environ.get(target.stripe_key_env, ""))
    return Path(host) / (release.live.customer if live and release.live else "test")
