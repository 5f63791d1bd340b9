"""What is wrong at its root: which check saw what first, with the owner's sentence that it is about."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ramp.decision import INTERRUPTED
from ramp.plan import Plan
from ramp.verdict import Colour, Trigger, Verdict, worst


@dataclass(frozen=True, kw_only=True)
class RootCause:
    """`check` saw `said` at `at_utc`, before any other, and has since; `owner_says` is the sentence that it breaks."""

    check: str
    at_utc: str
    said: str
    owner_says: str


def root_cause(
    plan: Plan, records: Iterable[Mapping[str, Any]], moment: str, verdicts: Sequence[Verdict], at_utc: str
) -> RootCause | None:
    """Of what is not GREEN among `verdicts` of `moment`, judged at `at_utc`; None where all is."""
    wrong = [each for each in worst(list(verdicts)) if each.colour is not Colour.GREEN and not _is_unjudged(each)]
    if not wrong:
        return None
    known = {verdict.check: verdict for verdict in wrong}
    first = _first_look(records, moment, known)
    if first is None:
        return RootCause(check=wrong[0].check, at_utc=at_utc, said=wrong[0].why, owner_says=_owner(plan, wrong[0]))
    verdict = known[first["event"]["check"]]
    return RootCause(
        check=verdict.check,
        at_utc=first["at_utc"],
        said=first["event"]["reason"] or verdict.why,
        owner_says=_owner(plan, verdict),
    )


def _is_unjudged(verdict: Verdict) -> bool:
    """What the operator interrupted before it was judged is the cause of nothing."""
    return verdict.colour is Colour.NO_DATA and verdict.why.startswith(INTERRUPTED)


def _first_look(
    records: Iterable[Mapping[str, Any]], moment: str, known: Mapping[str, Verdict]
) -> Mapping[str, Any] | None:
    """The first look at `moment` for one of `known` since which traffic could not rise at any."""
    first, at = None, ""
    for record in records:
        if record["kind"] == "ordered" and record["what"] == "SetWeight":
            first, at = None, record["order"]["moment"]
        elif record["kind"] == "happened" and record["event"]["what"] == "Looked" and at == moment:
            is_wrong = record["event"]["outlook"] != "within"
            first = (first or _named(record, known)) if is_wrong else None
    return first


def _named(record: Mapping[str, Any], known: Mapping[str, Verdict]) -> Mapping[str, Any] | None:
    """A look that saw nothing yet saw nothing break: it is no beginning of what was seen since."""
    verdict, event = known.get(record["event"]["check"]), record["event"]
    if verdict is None:
        return None
    saw_nothing = event["reason"].startswith(f"{verdict.check} {Colour.NO_DATA.word} ")
    return None if saw_nothing and verdict.colour is not Colour.NO_DATA else record


def _owner(plan: Plan, verdict: Verdict) -> str:
    """The trigger's where one fired, else that of a trigger which the check watches for, else the check's first."""
    if verdict.trigger in plan.sentences:
        return f"{verdict.trigger}: {plan.sentences[verdict.trigger]}"
    said = plan.owner_says(verdict.check) if verdict.check in plan.checks else ()
    return next((sentence for sentence in said if sentence.partition(":")[0] in list(Trigger)), said[0] if said else "")
