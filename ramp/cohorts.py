"""I4: what users did in the seven days after they met a slice first: funnels, conversion, ARPU and unit economics."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import hypot, sqrt
from statistics import NormalDist

from ramp.evidence import wilson
from ramp.observation import SLICES, Slice

DAYS = 7
CONFIDENCE_RATIO = 0.95
USERS_LEAST = 30  # of a slice, for the normal distribution to say anything of a mean
USER, OURS = "user", ("probe", "load")  # who a row is of: only users count


@dataclass(frozen=True, kw_only=True)
class UserDay:
    """What a user did on one day, 1 to 7, after meeting `slice` first. `steps` are those of the funnel that were
    taken, in its order. `line` is where it stands in the export, which names nobody."""

    line: int
    user: str
    slice: Slice
    traffic: str
    day: int
    steps: tuple[bool, ...]
    revenue_cents: int
    cost_cents: int


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value with its 95 % interval; None where too few users give none."""

    value: float
    low: float | None
    high: float | None

    @property
    def is_apart(self) -> bool:
        """Whether the interval is known and excludes 0."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """The users of one slice: how many of them have all days, how many took each step of the funnel, and revenue and
    cost of each, in cents."""

    whole: int
    steps: tuple[int, ...]
    revenue_cents: tuple[int, ...]
    cost_cents: tuple[int, ...]

    @property
    def users(self) -> int:
        return len(self.revenue_cents)

    @property
    def margin_cents(self) -> tuple[int, ...]:
        return tuple(r - c for r, c in zip(self.revenue_cents, self.cost_cents, strict=True))

    @property
    def markup(self) -> float | None:
        cost = sum(self.cost_cents)
        return sum(self.revenue_cents) / cost if cost else None


def wrong_with(rows: Sequence[UserDay]) -> list[str]:
    """Why `rows` cannot be compared: a user twice on a day, or in two slices; a day without a slice."""
    problems, seen, of = [], dict[tuple[str, int], int](), dict[str, Slice]()
    for row in _of_users(rows):
        if (key := (row.user, row.day)) in seen:
            problems.append(f"line {row.line}: has the user of line {seen[key]} a second time for day {row.day}.")
        elif of.setdefault(row.user, row.slice) != row.slice:
            problems.append(f"line {row.line}: has a user in {row.slice} who met {of[row.user]} first.")
        seen.setdefault(key, row.line)
    days = {(row.day, row.slice) for row in _of_users(rows)}
    if not days:
        return [*problems, "holds no row of a user."]
    lacking = [(day, slice) for day in range(1, days_of(rows) + 1) for slice in SLICES if (day, slice) not in days]
    return problems + [f"day {day} has no user of {slice}." for day, slice in lacking]


def days_of(rows: Iterable[UserDay]) -> int:
    """The newest day that is there."""
    return max(row.day for row in _of_users(rows))


def cohorts(rows: Sequence[UserDay]) -> Mapping[Slice, Cohort]:
    """By slice, of rows with which nothing is wrong."""
    found = {}
    for slice in SLICES:
        by_user: dict[str, list[UserDay]] = {}
        for row in _of_users(rows):
            if row.slice == slice:
                by_user.setdefault(row.user, []).append(row)
        taken = [tuple(any(step) for step in zip(*(row.steps for row in of), strict=True)) for of in by_user.values()]
        found[slice] = Cohort(
            whole=sum(len(of) == days_of(rows) for of in by_user.values()),
            steps=tuple(map(sum, zip(*taken, strict=True))),
            revenue_cents=tuple(sum(row.revenue_cents for row in of) for of in by_user.values()),
            cost_cents=tuple(sum(row.cost_cents for row in of) for of in by_user.values()),
        )
    return found


def share(k: int, n: int) -> Interval:
    """A share of users, with Wilson's interval."""
    low, high = wilson(k, n, CONFIDENCE_RATIO)
    return Interval(value=k / n, low=low, high=high)


def difference_of_shares(canary: tuple[int, int], control: tuple[int, int]) -> Interval:
    """Of two shares (k of n), by Newcombe's interval, which is made of Wilson's two: it is wide where users are few,
    also where all or none of them took the step."""
    (k, n), (of_k, of_n) = canary, control
    low, high = wilson(k, n, CONFIDENCE_RATIO)
    of_low, of_high = wilson(of_k, of_n, CONFIDENCE_RATIO)
    one, other = k / n, of_k / of_n
    below, above = hypot(one - low, of_high - other), hypot(high - one, other - of_low)
    return Interval(value=one - other, low=one - other - below, high=one - other + above)


def mean(cents: Sequence[int]) -> Interval:
    """A mean by user, with the interval of the normal distribution."""
    return _around(sum(cents) / len(cents), _variance_of_mean(cents), len(cents))


def difference(canary: Sequence[int], control: Sequence[int]) -> Interval:
    """The mean of canary less that of control (Welch)."""
    value = sum(canary) / len(canary) - sum(control) / len(control)
    variance = _variance_of_mean(canary) + _variance_of_mean(control)
    return _around(value, variance, min(len(canary), len(control)))


def _around(value: float, variance: float, users: int) -> Interval:
    half = _Z * sqrt(variance)
    known = users >= USERS_LEAST
    return Interval(value=value, low=value - half if known else None, high=value + half if known else None)


_Z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE_RATIO) / 2)


def _of_users(rows: Iterable[UserDay]) -> list[UserDay]:
    return [row for row in rows if row.traffic == USER]


def _variance_of_mean(values: Sequence[int]) -> float:
    n = len(values)
    if n < 2:
        return 0.0
    middle = sum(values) / n
    return sum((value - middle) ** 2 for value in values) / (n - 1) / n
