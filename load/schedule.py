"""When one user's requests are due: at a constant rate, whatever became of the requests before."""


class Arrivals:
    """One request every `interval_s` from `first_s` on, on the monotonic clock. A user who was kept waiting sends what
    fell due meanwhile at once, and each counts its latency from when it was due."""

    def __init__(self, first_s: float, interval_s: float) -> None:
        self._first_s = first_s
        self._interval_s = interval_s
        self._taken = 0

    @property
    def next_s(self) -> float:
        """When the next request is due. Counted from the first, so that rounding never adds up."""
        return self._first_s + self._taken * self._interval_s

    def take(self) -> float:
        """The time at which the request that is sent now was due."""
        due_s = self.next_s
        self._taken += 1
        return due_s

    def due_by(self, now_s: float) -> int:
        """How many were due by `now_s`, sent or not."""
        return int((now_s - self._first_s) // self._interval_s) + 1 if now_s >= self._first_s else 0
