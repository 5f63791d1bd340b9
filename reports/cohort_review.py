"""I4: the 7-day cohort review: who looks at what until when, and the figures of the days that are there."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from ramp.cohorts import (
    DAYS,
    USER,
    USERS_LEAST,
    Interval,
    UserDay,
    cohorts,
    days_of,
    difference,
    difference_of_shares,
    mean,
    share,
)
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
        f"Users by the slice that they met first: canary {canary.users:,}, control {control.users:,}. Rows of the"
        f" suite's own probes and load that are left out: {ours:,}."
        " In brackets the 95 % interval; * where it excludes 0.",
        "",
        f"Users who have a row for each day: canary {canary.whole / canary.users:.0%}, control"
        f" {control.whole / control.users:.0%}. Days without one count as nothing, so the two should be alike.",
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
        one, other = _told(mean(ones), _usd), _told(mean(others), _usd)
        lines.append(f"| {name} | {one} | {other} | {_gap(difference(ones, others), _usd_more)} |")
    lines.append(f"| markup | {_times(canary.markup)} | {_times(control.markup)} | |")
    left = f"{DAYS - days} more to come: the same command with a newer export." if days < DAYS else "All are there."
    return "\n".join([*lines, "", left]) + "\n"


def _shares(name: str, canary: tuple[int, int], control: tuple[int, int]) -> str:
    one, other = (_told(share(*each), "{:.2%}".format) for each in (canary, control))
    return f"| {name} | {one} | {other} | {_gap(difference_of_shares(canary, control), _points)} |"


def _gap(gap: Interval, shown: Callable[[float], str]) -> str:
    """A difference, with a mark where it is one by its interval."""
    return f"{_told(gap, shown)}{' *' if gap.is_apart else ''}"


def _told(of: Interval, shown: Callable[[float], str]) -> str:
    if of.low is None or of.high is None:
        return f"{shown(of.value)} [not known under {USERS_LEAST} users]"
    return f"{shown(of.value)} [{shown(of.low)}, {shown(of.high)}]"


def _points(ratio: float) -> str:
    return f"{100 * ratio:+.2f} points"


def _usd(cents: float) -> str:
    return f"{'-' if cents < 0 else ''}${abs(cents) / 100:,.4f}"


def _usd_more(cents: float) -> str:
    return f"{'-' if cents < 0 else '+'}${abs(cents) / 100:,.4f}"


def _times(markup: float | None) -> str:
    return "no cost" if markup is None else f"{markup:.2f}x"
