"""One process conducts a run, and one a release: it holds the lock in the run's folder, and the one beside it. While it
hears what is said it holds a third."""

from collections.abc import Collection
from hashlib import sha256
from pathlib import Path

from filelock import FileLock, Timeout

LOCK, HEARS = "conducted.lock", "hears.lock"


class Conducted(Exception):
    """Another process conducts this run."""


class Lease:
    """The right to conduct the run in `folder`; the system takes it back when the process that holds it ends."""

    def __init__(self, folder: Path, lock: str = LOCK) -> None:
        self._folder = folder
        self._lock = FileLock(folder / lock, timeout=0)

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def take(self) -> None:
        """Raises Conducted where another process holds it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire()
        except Timeout:
            raise Conducted(f"another process conducts {self._folder}; wait for it or choose another --run") from None

    def give_back(self) -> None:
        """Twice is fine."""
        if self._lock.is_locked:
            self._lock.release()


class ReleaseLease:
    """The right to conduct the ramp of one commit of a release on a real target, whichever folder its run is in:
    `runs_beside` are those in which runs of it are kept."""

    def __init__(self, version: str, commit: str, runs_beside: Collection[Path]) -> None:
        self._release, self._folders = f"{version} ({commit[:12]})", sorted({each.resolve() for each in runs_beside})
        name = f"conducted-{sha256(f'{version} {commit}'.encode()).hexdigest()[:12]}.lock"
        self._locks = [FileLock(folder / name, timeout=0) for folder in self._folders]

    def __enter__(self) -> None:
        self.take()

    def __exit__(self, *_: object) -> None:
        self.give_back()

    def take(self) -> None:
        """Raises Conducted where another process holds it."""
        for folder, lock in zip(self._folders, self._locks, strict=True):
            folder.mkdir(parents=True, exist_ok=True)
            try:
                lock.acquire()
            except Timeout:
                self.give_back()
                held = (each.parent for each in folder.glob(f"*/{LOCK}") if is_held(each.parent))
                where = next(held, folder)
                speak = f"speak to it: python -m ramp status --run={where}"
                raise Conducted(f"another process conducts {self._release} in {where}; {speak}") from None

    def give_back(self) -> None:
        """Twice is fine."""
        for lock in self._locks:
            if lock.is_locked:
                lock.release()


def is_held(folder: Path, lock: str = LOCK) -> bool:
    """Whether a process conducts the run in `folder`, or hears what is said to it."""
    lease = Lease(folder, lock)
    try:
        lease.take()
    except Conducted:
        return True
    lease.give_back()
    return False
