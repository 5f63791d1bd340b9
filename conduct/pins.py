"""What a ramp is pinned to at its beginning: plan, release file and commit, by digest."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from conduct.run import Run


def pins(run: Run) -> dict[str, str]:
    """The digests as they are now; what cannot be read is another one than anything that could be."""
    files = {"plan": run.site.plan_file, "release file": run.site.release_file}
    if run.release.sign_off:  # who may sign off is pinned too
        files["allowed signers"] = Path(run.release.sign_off.allowed_signers)
    return {name: _digest(file) for name, file in files.items()}


def differing(before: Mapping[str, str], run: Run) -> tuple[str, ...]:
    """The names of what is no more what it was."""
    now = pins(run)
    return tuple(name for name in before if now.get(name) != before[name])


def _digest(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
