"""GREEN, YELLOW, RED and NO DATA in pytest's own words: how a check ends, and what its line says."""

from collections.abc import Callable, Generator

import pytest

from ramp.facts import Fact
from ramp.verdict import Colour, Verdict
from reports import verdicts
from reports.verdicts import attach, check_of, missing, said, taken_back


@pytest.fixture
def tell_fact(request: pytest.FixtureRequest) -> Callable[[Fact], None]:
    """`tell_fact(fact)`: what the check found, in numbers, whatever it settles on."""
    return lambda fact: verdicts.attach_fact(request.node, fact)


@pytest.fixture
def settle(request: pytest.FixtureRequest) -> Callable[[Verdict], None]:
    """`settle(verdict)` is how a check ends: it records the verdict, then fails on RED and NO DATA."""
    return lambda verdict: verdicts.settle(request.node, verdict)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A check that ends without a verdict gets one, NO DATA, and says it in one line; so does one that crashes after
    it has found GREEN or YELLOW."""
    report = yield
    check = check_of(item)
    if check is None:
        return report
    verdict = said(report)
    if call.excinfo is not None and (verdict is None or verdict.colour in (Colour.GREEN, Colour.YELLOW)):
        error = call.excinfo.value
        verdict = taken_back(item, verdict, error, call.when) if verdict else missing(item, *check, error)
        attach(item, verdict)
        report.user_properties = list(item.user_properties)
    if verdict is not None and call.excinfo is not None and verdict.reason in str(call.excinfo.value):
        report.longrepr = verdict.reason
    return report


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, tuple[str, dict[str, bool]]] | None:
    """GREEN, YELLOW, RED and NO DATA in pytest's own progress and summary."""
    verdict = said(report) if isinstance(report, pytest.TestReport) else None
    if verdict is None or (report.when != "call" and report.outcome == "passed"):
        return None
    word = verdict.colour.word
    markup = {"GREEN": "green", "YELLOW": "yellow", "NO DATA": "purple", "RED": "red"}[word]
    return word, word[0], (word, {markup: True})
