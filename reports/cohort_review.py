"""I4: the 7-day cohort review: who looks at what until when, and the figures of the days that are there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ramp.cohorts import DAYS, USER, Interval, UserDay, cohorts, days_of, difference, mean, share
from ramp.roster import Person

FILE, FIGURES_FILE = "cohort-review.md", "cohort-figures.md"
# Whose each part is, by the domains of the roster.
PARTS = {"Funnels": "app/API", "Conversion": "app/API", "ARPU": "payments", "Unit economics": "cost/markup"}


def opened(version: str, opened_at: datetime, roster: Sequence[Person]) -> str:
    """The review as it begins, as Markdown."""
    owners = {row.domain: f"{row.dri}, backup {row.backup}" for row in roster}
    lines = [f"# 7-day cohort review of {version}", "", f"Opened {opened_at:%Y-%m-%d}. Users count by the slice that"]
    lines[-1] += " they met first, for seven days from then; the suite's own probes and load are left out."
    lines += ["", "| part | owner | first look | closes |", "| --- | --- | --- | --- |"]
    first, closes = opened_at + timedelta(days=1), opened_at + timedelta(days=DAYS)
    for part, domain in PARTS.items():
        owner = owners.get(domain, f"{{{{owner: {domain} DRI}}}}")
        lines.append(f"| {part} | {owner} | {first:%Y-%m-%d} | {closes:%Y-%m-%d} |")
    lines += ["", "Each day, and on the last: python -m ramp close --cohorts EXPORT writes the figures: docs/close.md"]
    return "\n".join(lines) + "\n"


def figures(version: str, steps: Sequence[str], rows: Sequence[UserDay]) -> str:
    """What the days that are there say, canary beside control, each with its 95 % interval, as Markdown."""
    days, of = days_of(rows), cohorts(rows)
    canary, control = of["canary"], of["control"]
    ours = sum(row.traffic != USER for row in rows)
    lines = [f"# Cohorts of {version}: {days} of {DAYS} days", ""]
    lines += [
        f"{canary.users:,} users met the canary first, {control.users:,} control. {ours:,} rows of the suite's own"
        " probes and load are left out. In brackets the 95 % interval; * where it excludes 0.",
        "",
        "| | canary | control | difference |",
        "| --- | --- | --- | --- |",
    ]
    for step, k, of_control in zip(steps, canary.steps, control.steps, strict=True):
        name = f"{'conversion' if step == steps[-1] else 'funnel'}: {step}"
        lines.append(_shares(name, (k, canary.users), (of_control, control.users)))
    for name, ones, others in (
        ("ARPU", canary.revenue_cents, control.revenue_cents),
        ("cost per user", canary.cost_cents, control.cost_cents),
        ("margin per user", canary.margin_cents, control.margin_cents),
    ):
        gap = difference(ones, others)
        lines.append(f"| {name} | {_usd(mean(ones))} | {_usd(mean(others))} | {_usd(gap, '+')}{_mark(gap)} |")
    lines.append(f"| markup | {_times(canary.markup)} | {_times(control.markup)} | |")
    left = f"{DAYS - days} more to come: the same command with a newer export." if days < DAYS else "All are there."
    return "\n".join([*lines, "", left]) + "\n"


def _shares(name: str, canary: tuple[int, int], control: tuple[int, int]) -> str:
    gap = difference(*([1] * k + [0] * (n - k) for k, n in (canary, control)))
    said = [f"{each.value:.2%} [{each.low:.2%}, {each.high:.2%}]" for each in (share(*canary), share(*control))]
    apart = f"{100 * gap.value:+.2f} points [{100 * gap.low:+.2f}, {100 * gap.high:+.2f}]"
    return f"| {name} | {said[0]} | {said[1]} | {apart}{_mark(gap)} |"


def _mark(gap: Interval) -> str:
    return "" if gap.is_zero_within else " *"


def _usd(cents: Interval, sign: str = "") -> str:
    value, low, high = (f"{each / 100:{sign},.4f}" for each in (cents.value, cents.low, cents.high))
    return f"${value} [{low}, {high}]"


def _times(markup: float | None) -> str:
    return "no cost" if markup is None else f"{markup:.2f}x"
