"""Verdicts on their way through pytest: from a check, across xdist, to the controller."""

import json
import traceback
from pathlib import Path

import pytest

from ramp.facts import Fact
from ramp.observation import NoEvidence
from ramp.plan import Plan
from ramp.release import Release
from ramp.verdict import Colour, Verdict, no_data
from reports import allure_results

LABELS = pytest.StashKey[tuple[Plan, Release]]()
PROPERTY, FACT = "verdict", "fact"


class Red(AssertionError):
    """A check found what must stop the ramp. The message is the verdict's sentence."""


def check_of(item: pytest.Item) -> tuple[str, str] | None:
    """The check and moment that a test is, or None for a test that is no check."""
    marker = item.get_closest_marker("check")
    callspec = getattr(item, "callspec", None)
    if marker is None or callspec is None or "moment" not in callspec.params:
        return None
    return marker.args[0], callspec.params["moment"]


def settle(item: pytest.Item, verdict: Verdict) -> None:
    """Records the verdict, then raises Red or NoEvidence where the check must not pass."""
    attach(item, verdict)
    if verdict.colour is Colour.RED:
        raise Red(verdict.reason)
    if verdict.colour is Colour.NO_DATA:
        raise NoEvidence(verdict.reason)


def attach(item: pytest.Item, verdict: Verdict) -> None:
    item.user_properties.append((PROPERTY, json.dumps(verdict.record(), ensure_ascii=False)))
    plan, release = item.config.stash[LABELS]
    allure_results.label(plan, release, verdict.check, verdict.moment, getattr(item, "function", None).__doc__)
    allure_results.settle(verdict)


def attach_fact(item: pytest.Item, fact: Fact) -> None:
    item.user_properties.append((FACT, json.dumps(fact.record(), ensure_ascii=False)))


def missing(item: pytest.Item, check: str, moment: str, error: BaseException) -> Verdict:
    """What a check without a verdict says: NoEvidence its reason, any other exception that it crashed, and where."""
    reason = error.reason if isinstance(error, NoEvidence) else f"the check {_crashed(error, item.config.rootpath)}"
    return no_data(check, moment, reason)


def taken_back(item: pytest.Item, verdict: Verdict, error: BaseException, when: str) -> Verdict:
    """NO DATA instead of a verdict after which the check crashed, `when` pytest calls setup, call or teardown."""
    crashed = _crashed(error, item.config.rootpath)
    why = f"the check {crashed}, in its {when} after it had found {verdict.colour.word}"
    return no_data(verdict.check, verdict.moment, why)


def _crashed(error: BaseException, project: Path) -> str:
    """`crashed with KeyError at checks/test_gates.py, line 31`: the innermost place in the project, or else of all."""
    how = "was skipped" if isinstance(error, pytest.skip.Exception) else f"crashed with {type(error).__name__}"
    places = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [(file.relative_to(project), line) for file, line in places if _is_ours(file, project)]
    file, line = (own or places or [(Path("?"), 0)])[-1]
    return f"{how} at {file if own else file.name}, line {line}"


def _is_ours(file: Path, project: Path) -> bool:
    """Not what is installed, which may lie within the checkout."""
    return file.is_relative_to(project) and "site-packages" not in file.parts


def said(report: pytest.TestReport) -> Verdict | None:
    """The verdict that a report carries."""
    found = [str(value) for name, value in report.user_properties if name == PROPERTY]
    return Verdict.from_record(json.loads(found[-1])) if found else None


class Collected:
    """The controller's view: by moment and check, the verdict of each test that ran to its end, and what it found.

    A test that failed although its verdict was fine (in its teardown, say) is NO DATA: only a whole pass counts.
    """

    def __init__(self) -> None:
        self.verdicts: dict[str, dict[str, Verdict]] = {}
        self.facts: dict[str, dict[str, Fact]] = {}

    def add(self, report: pytest.TestReport) -> None:
        for name, value in report.user_properties:
            if name == FACT:
                fact = Fact.from_record(json.loads(str(value)))
                self.facts.setdefault(fact.moment, {})[fact.check] = fact
        verdict = said(report)
        if verdict is None:
            return
        if report.outcome != "passed" and verdict.colour in (Colour.GREEN, Colour.YELLOW):
            why = f"the check failed in its {report.when} after it had found {verdict.colour.word}"
            verdict = no_data(verdict.check, verdict.moment, why)
        of_moment = self.verdicts.setdefault(verdict.moment, {})
        before = of_moment.get(verdict.check)
        if before is None or verdict.colour >= before.colour:
            of_moment[verdict.check] = verdict
