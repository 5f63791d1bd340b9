"""H1: one incident a release and cause: whom it calls, and when it is over. Roles, never people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ramp.decision import Action, Decision
from ramp.verdict import Colour, Verdict
from ramp.who_is_told import CEO

CONDUCTOR, NO_DATA, SIGN_OFF = "conductor", "no-data", "sign-off"


def cause_of(decision: Decision, verdicts: Sequence[Verdict], is_open: Collection[str] = ()) -> str:
    """What the incident of `decision` is about: the check that broke first; one whose incident is open, if it is still
    among what holds; NO DATA, whatever lacks it; else a sign-off that is due."""
    because = [verdict for verdict in verdicts if verdict.check in decision.because]
    red = next((verdict.check for verdict in because if verdict.colour is Colour.RED), None)
    if red:
        return red
    if goes_on := next((verdict.check for verdict in because if verdict.check in is_open), None):
        return goes_on
    if any(verdict.colour is Colour.NO_DATA for verdict in because) or not because:
        return NO_DATA
    return SIGN_OFF if decision.action is Action.HOLD else because[0].check


def is_over(cause: str, decision: Decision, verdicts: Sequence[Verdict]) -> bool:
    """Whether the incident of `cause`, which is open, ends with `decision`: what goes on ends all; else a check that is
    neither RED nor NO DATA any more ends its own."""
    if decision.action is Action.CONTINUE:
        return True
    if cause == NO_DATA:
        return not any(verdict.colour is Colour.NO_DATA for verdict in verdicts)
    of = [verdict for verdict in verdicts if verdict.check == cause]
    return bool(of) and all(verdict.colour in (Colour.GREEN, Colour.YELLOW) for verdict in of)


def open_causes(records: Iterable[Mapping[str, Any]], version: str) -> tuple[str, ...]:
    """The causes of `version` whose incident the pager accepted and did not end, by the records of a journal."""
    last: dict[str, str] = {}
    for record in records:
        key = str(record.get("dedup_key", ""))
        if record["kind"] in ("page", "event_page") and record.get("posted") is True and key.startswith(f"{version}/"):
            last[key.removeprefix(f"{version}/")] = str(record.get("event", "trigger"))
    return tuple(cause for cause, event in last.items() if event == "trigger")


def called_by(roles: Collection[str], *, own_key_of_ceo: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whom the common routing key calls, and whom the CEO's own."""
    if not own_key_of_ceo:
        return tuple(roles), ()
    return tuple(role for role in roles if role != CEO), tuple(role for role in roles if role == CEO)
