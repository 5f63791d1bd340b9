"""One process conducts a run: it holds the lock in the run's folder."""

from pathlib import Path

from filelock import FileLock, Timeout

LOCK = "conducted.lock"


class Conducted(Exception):
    """Another process conducts this run."""


class Lease:
    """The right to conduct the run in `folder`; the system takes it back when the process that holds it ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = FileLock(folder / LOCK, timeout=0)

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


def is_held(folder: Path) -> bool:
    """Whether a process conducts the run in `folder`."""
    lease = Lease(folder)
    try:
        lease.take()
    except Conducted:
        return True
    lease.give_back()
    return False
