"""A verdict in a line of a card: what was measured beside its limit and control, with digits that tell them apart."""

from collections.abc import Sequence

from ramp.plan import Plan, Probe
from ramp.units import Unit, show
from ramp.verdict import Colour, Verdict
from reports.slack_text import plain

CIRCLES = {Colour.GREEN: "🟢", Colour.YELLOW: "🟡", Colour.NO_DATA: "⚪", Colour.RED: "🔴"}
WHY_CHARACTERS = 200
# Of these the limit is the least that is due; of all others the most.
_AT_LEAST = ("payments", "cache", "markup", "payments_settle", "prewarm", "roster", "dashboards", "monitors", "stable")
_MORE_DIGITS = 5


def row(plan: Plan, verdict: Verdict, *, why: bool) -> list[str]:
    """`🔴 *RED* payments 98.70 %, limit ≥ 99.50 %, control 99.81 %`, and below it `why`, if asked for."""
    of = plan.checks.get(verdict.check)
    name = f"{of.ids[0]} {verdict.check}" if isinstance(of, Probe) and of.ids else verdict.check
    numbers = measured(verdict)
    head = f"{CIRCLES[verdict.colour]} *{verdict.colour.word}* {plain(name, 60)} {plain(numbers, 120)}".rstrip()
    return [head, *([f"> {plain(verdict.why, WHY_CHARACTERS)}"] if why else [])]


def measured(verdict: Verdict) -> str:
    """`198.0 ms, limit ≤ 120.0 ms, control 57.0 ms`; empty where nothing was."""
    if verdict.value is None:
        return ""
    given = [verdict.value, verdict.limit, verdict.control]
    value, limit, control = told_apart([each for each in given if each is not None], verdict.unit, given)
    sign = "≥" if verdict.check in _AT_LEAST else "≤"
    said = [value, *([f"limit {sign} {limit}"] if limit else []), *([f"control {control}"] if control else [])]
    return ", ".join(said)


def told_apart(numbers: Sequence[float], unit: Unit, given: Sequence[float | None]) -> list[str]:
    """`given` as text, "" where there is none, with as many digits as it takes for different `numbers` to look it."""
    different = len(set(numbers))
    more = next((more for more in range(_MORE_DIGITS) if len({show(n, unit, more) for n in numbers}) == different), 0)
    return ["" if each is None else show(each, unit, more) for each in given]
