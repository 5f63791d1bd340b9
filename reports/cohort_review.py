"""I4: the 7-day cohort review: who looks at what until when, and the figures of the days that are there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from ramp.roster import Person

FILE = "cohort-review.md"
DAYS = 7
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
