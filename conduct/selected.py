"""What a command selects: moments by -m, checks by -k. What selects nothing is told, with what to type."""

from collections.abc import Iterable, Sequence

from ramp.plan import Plan
from ramp.validation import Invalid, closest, nearest


def must_be_known(expression: str, names: Iterable[str], markers: Sequence[str], moments: Sequence[str]) -> None:
    """Raises Invalid for each of the `names` in the `expression` of -m that is none of the `markers`, of which the
    `moments` are some."""
    unknown = sorted(set(names) - set(markers))
    if unknown:
        raise Invalid(f"-m {expression}", [_no_moment(name, moments) for name in unknown])


def must_select(expression: str, names: Iterable[str], chosen: Sequence[str], moments: Sequence[str]) -> None:
    """Raises Invalid where the `expression` of -m names moments and none is `chosen`."""
    named = [moment for moment in moments if moment in set(names)]
    if named and not chosen:
        why = "no moment is all of that; several are selected as in"
        raise Invalid(f"-m {expression}", [f"{why} -m '{' or '.join(named)}'"])


def nothing_judged(plan: Plan, moments: Sequence[str], keyword: str) -> str:
    """Why nothing was judged at `moments`, where `keyword` is what -k says."""
    said = f"nothing was judged at {', '.join(moments)}: HOLD"
    if not keyword:
        return said
    checks = list(dict.fromkeys(check for moment in moments for check in plan.required(moment)))
    return f"{said}. -k '{keyword}' selects no check.{nearest(keyword, checks)} Checks: {', '.join(checks)}."


def _no_moment(name: str, moments: Sequence[str]) -> str:
    close = closest(name, moments)
    typed = f" Did you mean '{close}'? Type: pytest -m {close}." if close else ""
    return f"there is no moment '{name}'.{typed} Moments: {', '.join(moments)}."
