"""B4: the one-pager that is pinned in #ship-room, made from the release file, its repository and the plan."""

from collections.abc import Iterator
from typing import NamedTuple

from ramp.plan import Plan
from ramp.release import Release
from ramp.repository import TaggedCommit
from ramp.units import Unit, show


class Item(NamedTuple):
    """One line; `text` is None where the release does not say it, and `how` is how to."""

    label: str
    text: str | None
    how: str = ""


def one_pager(
    plan: Plan, release: Release, tagged: TaggedCommit | None, rollback_command: str | None
) -> tuple[Item, ...]:
    """Every line that the owner asks for; `rollback_command` is the one that would be run."""
    commit = f"{release.version}, commit {release.commit}"
    return (
        Item("Scope", release.scope.strip() or None, 'scope = "what changes for users"'),
        Item("Release", commit),
        Item("Data changes or migrations", _migrations(release, tagged), "migrations = true or false"),
        Item("Rollback", rollback_command, 'rollback_command = "the command"'),
        Item("Runbook", str(release.runbook_url) if release.runbook_url else None, 'runbook_url = "https://..."'),
        Item("Canary routing key", _routing_key(release)),
        Item("Blast radius", "; ".join(_blast_radius(plan))),
    )


def page_text(items: tuple[Item, ...]) -> str:
    """As it is posted and pinned: one line an item."""
    return "\n".join(f"{item.label}: {item.text}" for item in items)


def missing(items: tuple[Item, ...]) -> list[str]:
    return [f"{item.label} is missing: write {item.how} in the release file" for item in items if item.text is None]


def _migrations(release: Release, tagged: TaggedCommit | None) -> str | None:
    if release.migrations is None:
        return None
    if tagged is None or tagged.migrations is None:
        return "Y" if release.migrations else "N"
    files = f" ({', '.join(tagged.migrations)})" if tagged.migrations else ""
    return f"{'Y' if release.migrations else 'N'}{files}, since {tagged.previous}"


def _routing_key(release: Release) -> str:
    key = release.canary
    asks = f"{key.header}: {key.canary} asks the canary, {key.header}: {key.control} asks control"
    return f"{asks}; users split by {key.user_header}"


def _blast_radius(plan: Plan) -> Iterator[str]:
    stages = [f"{stage.traffic_pct} % for {stage.hold_min:g} min" for stage in plan.stages]
    yield f"{', '.join(stages)}; at each the rest of the users is excluded and stays on control"
    caps = plan.caps
    amounts = [show(cents, Unit.CENTS) for cents in (caps.amount_cents_max, caps.total_cents_max)]
    yield f"at most {caps.count_max} payments, {amounts[0]} each, {amounts[1]} in total"
    yield f"rolled back within {plan.rollback.budget_s:g} s, without an executive"
