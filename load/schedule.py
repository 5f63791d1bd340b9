"""When requests are due, at a constant rate whatever became of those before, and what a request owes to whom."""

from typing import NamedTuple

TURN_S = 0.002


class Arrivals:
    """The requests of one aim in this process: one every `interval_s` from `first_s` on, on the monotonic clock.

    All connections of the aim share it, and whichever is free takes the next. A request waits only where every one of
    them was busy when it fell due.
    """

    def __init__(self, first_s: float, interval_s: float) -> None:
        self._first_s = first_s
        self._interval_s = interval_s
        self._taken = 0

    def take(self) -> float:
        """The time at which the next request is due, which may be past. Counted from the first, so that rounding never
        adds up."""
        due_s = self._first_s + self._taken * self._interval_s
        self._taken += 1
        return due_s

    def due_by(self, now_s: float) -> int:
        """How many were due by `now_s`, sent or not."""
        return int((now_s - self._first_s) // self._interval_s) + 1 if now_s >= self._first_s else 0


class Timing(NamedTuple):
    """`corrected_s` is the system's: from when the request could have left, had this process always been prompt, and
    before that from when it was due, had a connection been free. `service_s` counts from when it did leave. `lag_s` is
    this process's own: how much later than it could it began to send."""

    corrected_s: float
    service_s: float
    lag_s: float

    @property
    def waited_s(self) -> float:
        """From when it was due until a connection was free."""
        return self.corrected_s - self.service_s


class Connection:
    """One connection of an aim's pool. It sends one request at a time."""

    def __init__(self, arrivals: Arrivals, now_s: float) -> None:
        self._arrivals = arrivals
        self._free_s = self._ended_s = now_s
        self.due_s = now_s

    def take(self) -> float:
        """The time at which the request that it sends next is due."""
        self.due_s = self._arrivals.take()
        return self.due_s

    def timed(self, woke_s: float, sent_s: float, ended_s: float) -> Timing:
        """Of the request that was taken last. What this process did between `woke_s`, when it turned to the request,
        and `sent_s` is nobody's latency.

        A connection is free again when its answer is there: an answer that came late because the request left late
        keeps nobody else waiting in these sums, as in a queue whose server is prompt (Lindley's recursion). Where all
        connections are busy all the time, making the next request ready (at most 2 ms either side) is no lag.
        """
        could_s = max(self.due_s, self._free_s)
        if self.due_s < self._ended_s:
            could_s = max(self.due_s, self._free_s + min(woke_s - self._ended_s, TURN_S))
        service_s = ended_s - sent_s
        self._free_s, self._ended_s = could_s + min(sent_s - woke_s, TURN_S) + service_s, ended_s
        return Timing(could_s - self.due_s + service_s, service_s, max(woke_s - could_s, 0.0))

    def is_free_again(self, now_s: float) -> None:
        """After work of this process's own, which is no lag."""
        self._free_s = self._ended_s = now_s
