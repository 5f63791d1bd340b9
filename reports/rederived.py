"""Decisions found again: what a journal says was decided is what its verdicts and its plan come to."""

import json
from collections.abc import Mapping
from typing import Any

from ramp.circumstances import Circumstances, decided
from ramp.plan import Plan
from ramp.privacy.masking import scrubbed
from ramp.room import Room, ask_of
from ramp.sign_off import SignedOff
from ramp.verdict import Verdict
from reports.chain import canonical
from reports.recorded_plan import plan_of
from reports.suite import suite

_SAID_CHARACTERS_MAX = 120


class Rederiving:
    """Follows a journal from its first record. Each method raises ValueError, saying what is wrong with its record."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._run: Mapping[str, Any] | None = None
        self._given: dict[str, dict[str, Verdict]] = {}
        self._room = Room()

    def follow(self, record: Mapping[str, Any]) -> None:
        """Takes the next record. One of the run begins all of its moments anew: a process that died left halves."""
        match record["kind"]:
            case "plan":
                self._plans[record["digest"]] = plan_of(record)
            case "run":
                self._run, self._given = record, {}
            case "verdict":
                self._hear(Verdict.from_record(record))
            case "decision":
                self._find_again(record)
            case "asked_sign_off":
                _must_be_its_code(record)
        self._room.follow(record)

    def _hear(self, verdict: Verdict) -> None:
        given = self._given.setdefault(verdict.moment, {})
        if verdict.check in given:
            raise ValueError(f"gives {verdict.check} a second verdict for one decision at {verdict.moment}")
        given[verdict.check] = verdict

    def _find_again(self, record: Mapping[str, Any]) -> None:
        moment, plan = record["moment"], self._plan_of_run()
        given = self._given.pop(moment, {})
        if moment not in {each.id for each in plan.moments}:
            raise ValueError(f"decides {moment}, which is no moment of the run's plan")
        if wrong := sorted(set(plan.required(moment)) ^ given.keys()):
            raise ValueError(f"decides {moment} by other verdicts than the plan requires: {', '.join(wrong)}")
        self._must_be_signed_off(moment, Circumstances.from_record(record).signed_off)
        again = decided(plan, moment, given, Circumstances.from_record(record)).record()
        for name, came in json.loads(canonical(again)).items():
            if record[name] != came and record[name] != scrubbed(came):
                raise ValueError(_differs(record, name, came) + self._of_another_suite())

    def _must_be_signed_off(self, moment: str, by: SignedOff | None) -> None:
        if by is not None and by != self._room.in_force.get(moment):
            raise ValueError(f"decides {moment} by a sign-off ({by.code}) that nobody gave")

    def _plan_of_run(self) -> Plan:
        if self._run is None:
            raise ValueError("decides something before anything says what the run is about")
        plan = self._plans.get(self._run["plan"])
        if plan is None:
            raise ValueError("decides by a plan that does not stand in the journal")
        return plan

    def _of_another_suite(self) -> str:
        assert self._run is not None
        if self._run["suite"] == suite():
            return ""
        return f". Another version of the suite decided it ({self._run['suite'][:12]}): read it with that one"


def _must_be_its_code(record: Mapping[str, Any]) -> None:
    if record["code"] != ask_of(record).code:
        raise ValueError(
            f"asks for a sign-off of {record['moment']} with a code that does not stand for what it accepts"
        )


def _differs(record: Mapping[str, Any], name: str, came: Any) -> str:
    if name == "action":
        return f"says {record['action']} at {record['moment']}, and its verdicts come to {came}"
    said = f"gives the {record['action']} at {record['moment']} another {name} than its verdicts come to"
    return f"{said}: {_short(record[name])} instead of {_short(came)}"


def _short(said: Any) -> str:
    text = said if isinstance(said, str) else ", ".join(said) or "nothing"
    return text if len(text) <= _SAID_CHARACTERS_MAX else f"{text[:_SAID_CHARACTERS_MAX]}..."
